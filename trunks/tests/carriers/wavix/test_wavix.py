"""What is particular to Wavix."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.wavix import for_sale as sales
from trunks.carriers.wavix import forwarding, payloads
from trunks.carriers.wavix.adapter import Wavix
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.features import Stage
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, LineStatus, MadeTrunk, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.sandbox import CarrierSandbox

NUMBER = E164("+12065550400")
OTHER = E164("+12065550401")
TRUNK = "+@192.0.2.1:5060,192.0.2.2:5070"


def answering(*answers: httpx2.Response) -> tuple[Wavix, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Wavix, {"api_key": "k"}, answers)


def ok(body: Any, status: int = 200) -> httpx2.Response:
    """Write an answer."""
    return httpx2.Response(status, json=body)


def refused(status: int, message: str = "Record not found") -> httpx2.Response:
    """Write a refusal."""
    return ok({"success": False, "message": message}, status)


def for_sale(number: str = NUMBER, **more: Any) -> dict[str, Any]:
    """Write a number that is for sale."""
    return {
        "id": int(number[1:]),
        "number": number[1:],
        "activation_fee": "0.5",
        "monthly_fee": "1.05",
        "city": "Seattle",
        "country_short_name": "US",
        "require_docs": [],
        "sms_enabled": True,
        **more,
    }


def in_city(*rows: dict[str, Any], pages: int = 1, page: int = 1) -> httpx2.Response:
    """Write a page of a city."""
    told = {"current_page": page, "per_page": 50, "total": len(rows), "total_pages": pages}
    return ok({"dids": list(rows), "pagination": told})


def cart(*numbers: str) -> httpx2.Response:
    """Write what is in the cart."""
    return ok({"dids": [for_sale(number) for number in numbers], "doc_types": []})


def listed(*rows: dict[str, Any], total: int | None = None) -> httpx2.Response:
    """Write a list of our numbers."""
    count = len(rows) if total is None else total
    return ok({"items": list(rows), "pagination": {"total": count}})


def mine(number: str = NUMBER, **more: Any) -> dict[str, Any]:
    """Write one of our numbers."""
    return {"id": 7, "number": number[1:], "status": "active", "destination": [], **more}


def destination(text: str, transport: int = 1, priority: int = 1, **more: Any) -> dict[str, Any]:
    """Write a place to which calls go."""
    return {"destination": text, "transport": transport, "priority": priority, **more}


DONE = {"success": True}
ADDED = ok([for_sale()])
BOUGHT = ok(DONE, 201)


def order(carrier: Wavix) -> Any:
    """Buy the number."""
    return carrier.order([NUMBER], reference="r", binding="", deadline=Deadline(5))


def said(seen: list[httpx2.Request]) -> list[tuple[str, str]]:
    """Give what was called."""
    return [(request.method, request.url.path.removeprefix("/v1/")) for request in seen]


class TestNumbers:
    @pytest.mark.parametrize("number", ["+12065550400", "+442079460350", "+541139862174"])
    def test_are_written_without_a_plus_and_read_back(self, number: str) -> None:
        written = payloads.written(E164(number))

        assert written == number[1:]
        assert {payloads.number_of(one) for one in (written, int(written))} == {number}

    def test_are_of_the_type_that_their_digits_say(self) -> None:
        told = {"+12065550400": "LOCAL", "+447400123456": "MOBILE", "+448081570350": "TOLL_FREE"}

        assert {number: payloads.type_of(E164(number)) for number in told} == told


COUNTRIES = {
    "countries": [
        {"id": 1, "name": "USA", "has_provinces_or_states": True},
        {"id": 2, "name": "United Kingdom", "has_provinces_or_states": False},
    ]
}
REGIONS = {"regions": [{"id": 11, "name": "Oregon"}, {"id": 12, "name": "Washington"}]}


def cities(*codes: Any) -> httpx2.Response:
    """Write cities with these area codes."""
    rows = [{"id": 20 + n, "name": f"City {n}", "area_code": code} for n, code in enumerate(codes)]
    return ok({"cities": rows})


def search(carrier: Wavix, **wanted: Any) -> list[str]:
    """Search, and give the numbers."""
    asked = Wanted(**{"country": "US", **wanted})
    return [offer.number for offer in carrier.search(asked, deadline=Deadline(5))]


class TestSearch:
    # The description has a number; the documentation writes NPA-NXX.
    @pytest.mark.parametrize("code", [206555, "206-555", "206555", 206, None])
    def test_by_area_code_is_one_for_cities(self, code: Any) -> None:
        carrier, seen = answering(
            ok(COUNTRIES), ok(REGIONS), cities(503555), cities(code), in_city(for_sale())
        )

        assert search(carrier, area_code="206") == [NUMBER]
        assert [path for _, path in said(seen)] == [
            "buy/countries",
            "buy/countries/1/regions",
            "buy/countries/1/regions/11/cities",
            "buy/countries/1/regions/12/cities",
            "buy/countries/1/cities/20/dids",
        ]
        assert dict(seen[-1].url.params) == {"page": "1", "per_page": "50"}

    def test_a_price_that_is_not_told_is_none(self) -> None:
        found = in_city(for_sale(activation_fee=None, monthly_fee=None))
        carrier, _ = answering(ok(COUNTRIES), ok(REGIONS), cities(206555), found)

        (offer,) = carrier.search(Wanted(country="US", region="WA"), deadline=Deadline(5))
        assert (offer.setup, offer.monthly) == (None, None)

    @pytest.mark.parametrize("region", ["WA", "wa", "Washington"])
    def test_takes_a_region_by_name_or_code(self, region: str) -> None:
        carrier, seen = answering(
            ok(COUNTRIES), ok(REGIONS), cities(206555), in_city(for_sale(require_docs=[2]))
        )

        (offer,) = carrier.search(Wanted(country="US", region=region), deadline=Deadline(5))

        assert (offer.region, offer.locality, offer.needs_documents) == ("WA", "Seattle", True)
        assert (str(offer.setup), str(offer.monthly)) == ("0.50 USD", "1.05 USD")
        assert "regions/12/cities" in str(seen[2].url)

    @pytest.mark.parametrize("locality", ["Detroit", "DETROIT, MI"])
    def test_takes_a_city_with_or_without_its_state(self, locality: str) -> None:
        told = ok({"cities": [{"id": 20, "name": "DETROIT, MI", "area_code": 313555}]})
        carrier, _ = answering(ok(COUNTRIES), ok(REGIONS), told, in_city(for_sale()))

        assert search(carrier, region="WA", locality=locality) == [NUMBER]

    def test_asks_for_places_once(self) -> None:
        carrier, seen = answering(
            ok(COUNTRIES), cities(20), *[in_city(for_sale("+442079460350"))] * 2
        )
        for _ in range(2):
            search(carrier, country="GB")

        assert [path for _, path in said(seen)][-2:] == ["buy/countries/2/cities/20/dids"] * 2

    @pytest.mark.parametrize(
        ("wanted", "calls"),
        [
            ({"type": NumberType.TOLL_FREE}, 0),
            ({"capabilities": frozenset({Capability.MMS})}, 0),
            ({"country": "FJ"}, 1),
            ({"country": "GB", "region": "Kent"}, 1),
            ({"region": "Texas"}, 2),
        ],
    )
    def test_finds_nothing_without_an_error(self, wanted: dict[str, Any], calls: int) -> None:
        carrier, seen = answering(ok(COUNTRIES), ok(REGIONS))

        assert search(carrier, **wanted) == []
        assert len(seen) == calls

    def test_leaves_out_what_was_not_asked_for(self) -> None:
        rows = [
            for_sale(),
            for_sale(OTHER, sms_enabled=False),
            for_sale("+12065550402", country_short_name="CA"),
            for_sale("+15035550400"),
        ]
        carrier, seen = answering(ok(COUNTRIES), ok(REGIONS), cities(206555), in_city(*rows))

        can = frozenset({Capability.SMS})
        assert search(carrier, region="OR", area_code="206", capabilities=can) == [NUMBER]
        assert seen[-1].url.params["text_enabled_only"] == "true"

    def test_reads_pages_until_there_are_enough(self) -> None:
        pages = [in_city(for_sale(f"+1206555040{n}"), page=n, pages=9) for n in (1, 2, 3)]
        carrier, seen = answering(ok(COUNTRIES), ok(REGIONS), cities(206555), *pages)

        assert len(search(carrier, region="WA", limit=2)) == 2
        assert seen[-1].url.params["page"] == "2"

    def test_ends_after_a_number_of_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sales, "MOST_READS", 3)
        carrier, seen = answering(
            ok(COUNTRIES), cities(20, 113, 114, 115), *[in_city(page=1, pages=1)] * 4
        )

        assert search(carrier, country="GB", contains="9999") == []
        assert len(seen) == 5


class TestCart:
    def test_is_filled_checked_and_emptied_by_name(self) -> None:
        carrier, seen = answering(cart(), ADDED, cart(NUMBER), BOUGHT, listed(mine()))

        (line,) = order(carrier).numbers
        assert (line.number, line.status, line.carrier_reference) == (NUMBER, "BOUGHT", "7")
        assert said(seen) == [
            ("GET", "buy/cart"),
            ("PUT", "buy/cart"),
            ("GET", "buy/cart"),
            ("POST", "buy/cart/checkout"),
            ("GET", "numbers"),
        ]
        for place in (1, 3):
            assert json.loads(seen[place].content) == {"ids": [NUMBER[1:]]}

    # Somebody may take a leftover out in the same moment.
    @pytest.mark.parametrize("gone", [ok(DONE), refused(404)])
    def test_loses_its_leftovers_first(self, gone: httpx2.Response) -> None:
        carrier, seen = answering(
            cart(OTHER, NUMBER), gone, ADDED, cart(NUMBER), BOUGHT, listed(mine())
        )
        order(carrier)

        assert said(seen)[1] == ("DELETE", "buy/cart")
        assert json.loads(seen[1].content) == {"ids": [OTHER[1:]]}

    def test_with_anything_else_in_it_is_not_checked_out(self) -> None:
        carrier, seen = answering(cart(), ADDED, cart(NUMBER, OTHER))

        with pytest.raises(Unavailable, match="somebody else"):
            order(carrier)
        assert "POST" not in {method for method, _ in said(seen)}

    @pytest.mark.parametrize("answers", [(cart(), refused(404)), (cart(), ok([]), cart())])
    def test_without_the_number_says_that_it_is_gone(
        self, answers: tuple[httpx2.Response, ...]
    ) -> None:
        carrier, _ = answering(*answers)

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is Reason.NUMBER_GONE

    @pytest.mark.parametrize("before", [(), (cart(),), (cart(OTHER),), (cart(), ADDED)])
    def test_in_trouble_has_bought_nothing(self, before: tuple[httpx2.Response, ...]) -> None:
        carrier, seen = answering(*before, *[ok({}, 500)] * 3)

        with pytest.raises(Unavailable):
            order(carrier)
        assert len(seen) == len(before) + 3

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (refused(404), Reason.NUMBER_GONE),
            (refused(402, "Payment required"), Reason.NO_FUNDS),
            (refused(422, "Insufficient funds"), Reason.NO_FUNDS),
            (refused(422, "Missing or invalid parameter ids"), Reason.INVALID),
            (refused(409, "Conflict"), Reason.OTHER),
        ],
    )
    def test_says_no_at_the_checkout(self, answer: httpx2.Response, reason: Reason) -> None:
        carrier, _ = answering(cart(), ADDED, cart(NUMBER), answer)

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is reason

    @pytest.mark.parametrize(
        "answer",
        [ok({"success": False}, 201), ok({}, 201), ok([], 201), ok({}, 500), ok("x", 422)],
    )
    def test_leaves_the_outcome_unknown_and_is_not_checked_out_again(
        self, answer: httpx2.Response
    ) -> None:
        carrier, seen = answering(cart(), ADDED, cart(NUMBER), answer)

        with pytest.raises(OutcomeUnknown):
            order(carrier)
        assert len(seen) == 4

    @pytest.mark.parametrize("after", [[listed()], [listed(mine(OTHER))], [ok({}, 500)] * 3])
    def test_that_was_checked_out_stays_so_whatever_the_list_says(
        self, after: list[httpx2.Response]
    ) -> None:
        carrier, _ = answering(cart(), ADDED, cart(NUMBER), BOUGHT, *after)

        (line,) = order(carrier).numbers
        assert line.status is LineStatus.PENDING

    def test_without_permission_needs_a_person(self) -> None:
        carrier, _ = answering(refused(403, "The service is not provisioned"))

        with pytest.raises(Misconfigured):
            order(carrier)


class TestOwned:
    def test_is_looked_for_by_digits_and_compared(self) -> None:
        carrier, seen = answering(listed(mine(f"{NUMBER}9"), mine(id=8, status="inactive")))

        found = carrier.owned_number(NUMBER, deadline=Deadline(5))

        assert found is not None
        assert (found.carrier_reference, found.active) == ("8", False)
        assert seen[0].url.params["search"] == NUMBER[1:]

    @pytest.mark.parametrize(
        "second", [listed(total=2), listed(mine(OTHER), total=3), listed(mine(), total=2)]
    )
    def test_that_changes_meanwhile_is_an_error(self, second: httpx2.Response) -> None:
        carrier, _ = answering(listed(mine(), total=2), second, listed(total=3))

        with pytest.raises(Unavailable):
            carrier.owned(deadline=Deadline(5))

    def test_is_given_back_by_its_digits(self) -> None:
        carrier, seen = answering(ok(DONE))
        carrier.release(NUMBER, carrier_reference="7", deadline=Deadline(5))

        assert dict(seen[0].url.params) == {"dids": NUMBER[1:]}


def bind(carrier: Wavix, trunk: str) -> None:
    """Deliver the number to a trunk."""
    carrier.bind(NUMBER, carrier_reference="7", trunk_reference=trunk, deadline=Deadline(5))


class TestBinding:
    SPEC = TrunkSpec(
        name="Main",
        gateways=(
            GatewaySpec(host="192.0.2.2", port=5070, priority=2),
            GatewaySpec(host="192.0.2.1", priority=1),
        ),
    )

    def test_writes_the_gateways_on_the_number(self) -> None:
        carrier, seen = answering(ok(mine()))
        trunk = carrier.create_trunk(self.SPEC, reference="r", deadline=Deadline(5))
        bind(carrier, trunk.carrier_reference)

        assert trunk.carrier_reference == TRUNK
        assert json.loads(seen[0].content) == {
            "destinations": [
                destination("+12065550400@192.0.2.1:5060"),
                destination("+12065550400@192.0.2.2:5070", priority=2),
            ]
        }

    def test_finds_a_login_though_the_list_goes_on(self) -> None:
        row = {"id": 7, "name": "67758", "label": "r Ours"}
        told = {"current_page": 1, "per_page": 1, "total": 2, "total_pages": 2}
        carrier, seen = answering(ok({"sip_trunks": [row], "pagination": told}))

        made = carrier.find_trunk(reference="r", deadline=Deadline(5))

        assert made == MadeTrunk(carrier_reference="7", login="67758")
        assert len(seen) == 1

    def test_names_a_trunk_that_somebody_made_there(self) -> None:
        carrier, seen = answering(ok({"id": 293, "name": "67758"}), ok(mine()))
        bind(carrier, "293")

        sent = destination("67758", transport=5, trunk_id=293)
        assert json.loads(seen[1].content) == {"destinations": [sent]}
        assert forwarding.reference_from([sent], NUMBER) == "293"

    def test_to_a_trunk_that_is_not_there_is_refused(self) -> None:
        for reference, answers in (("293", [refused(404)]), ("x", []), ("+@a:1;tls;x", [])):
            carrier, _ = answering(*answers)
            with pytest.raises(Rejected) as caught:
                bind(carrier, reference)
            assert caught.value.reason is Reason.INVALID

    def test_believes_no_answer_about_another_number(self) -> None:
        carrier, _ = answering(ok(mine(OTHER)), ok(mine(OTHER)))

        with pytest.raises(OutcomeUnknown):
            bind(carrier, "")
        with pytest.raises(Rejected) as caught:
            carrier.binding_of(NUMBER, carrier_reference="7", deadline=Deadline(5))
        assert caught.value.reason is Reason.NOT_FOUND

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([], ""),
            ([destination("sip:12065550400@pbx.example:5060")], "@pbx.example:5060"),
            ([destination("2065550400@pbx.example")], "n@pbx.example:5060"),
            ([destination("+12065550400@[2001:db8::1]:5070")], "+@[2001:db8::1]:5070"),
            (
                [destination("+12065550400@b:2", priority=9), destination("+12065550400@a:1")],
                "+@a:1,b:2",
            ),
            ([destination("[did]@pbx.example")], "1:[did]@pbx.example"),
            ([destination("13125550100", transport=4)], "4:13125550100"),
            (
                [destination("+12065550400@a:1"), destination("67758", transport=5, trunk_id=2)],
                "1:+12065550400@a:1,5:67758",
            ),
        ],
    )
    def test_is_read_as_it_stands(self, rows: list[dict[str, Any]], expected: str) -> None:
        assert forwarding.reference_from(rows, NUMBER) == expected

    def test_refuses_what_an_address_cannot_say(self) -> None:
        carrier, seen = answering()
        by_tls = GatewaySpec(host="a", transport=Transport.TLS)
        for gateways in ((by_tls,), (GatewaySpec(host="a b:c,d"),), ()):
            spec = TrunkSpec(name="x", gateways=gateways, did_format=DidFormat.E164)
            with pytest.raises(Rejected):
                carrier.create_trunk(spec, reference="r", deadline=Deadline(5))
        assert seen == []


class TestSharedCart:
    def test_of_a_person_at_the_carrier_is_not_bought(self) -> None:
        sandbox = CarrierSandbox()
        carrier = sandbox.adapter("wavix")
        assert isinstance(carrier, Wavix)
        first, second = search(carrier, country="CA", area_code="416", limit=2)
        body = payloads.ids_body([E164(second)])
        carrier.wire.call(
            "PUT", "buy/cart", json=body, parse=lambda _body: None, deadline=Deadline(5)
        )
        carrier.order([E164(first)], reference="r", binding="", deadline=Deadline(5))

        assert sandbox.purchases() == {first: 1}
        sandbox.close()


class TestMessages:
    HOOK = "https://pbx.example/texts"

    def route(self, carrier: Wavix, address: str) -> Any:
        return carrier.route_messages(NUMBER, address, carrier_reference="7", deadline=Deadline(5))

    def test_are_switched_off_without_an_address(self) -> None:
        there = mine(sms_enabled=False, sms_relay_url=self.HOOK)
        carrier, seen = answering(ok(there))

        assert self.route(carrier, "").stage is Stage.ABSENT
        assert json.loads(seen[0].content) == {"sms_enabled": False}

    def test_a_number_that_stays_without_them_takes_none(self) -> None:
        carrier, _ = answering(ok(mine(sms_enabled=False, sms_relay_url=self.HOOK)))
        with pytest.raises(Rejected, match="takes no messages"):
            self.route(carrier, self.HOOK)

    def test_the_answer_about_another_number_is_not_trusted(self) -> None:
        other = mine("+14165550999", sms_enabled=True, sms_relay_url=self.HOOK)
        carrier, _ = answering(ok(other))
        with pytest.raises(OutcomeUnknown):
            self.route(carrier, self.HOOK)

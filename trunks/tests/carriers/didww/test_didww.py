"""What is particular to DIDWW."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.didww import coverage, payloads
from trunks.carriers.didww.adapter import Didww
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, LineStatus, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers

NUMBER = E164("+13125550900")
DIGITS = "13125550900"
UNITS = [("u-0", 0, "0.40"), ("u-9", 2, "9.00"), ("u-2", 2, "1.10")]


def answering(*answers: httpx2.Response) -> tuple[Didww, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Didww, {"api_key": "k"}, answers)


def ok(data: Any, *included: dict[str, Any], status: int = 200, **meta: Any) -> httpx2.Response:
    """Write an answer."""
    total = len(data) if isinstance(data, list) else 1
    told = {"total_records": total, "api_version": "2026-04-16", **meta}
    return httpx2.Response(status, json={"data": data, "included": list(included), "meta": told})


def refused(status: int, title: str = "", pointer: str = "") -> httpx2.Response:
    """Write a refusal."""
    error = {"title": title, "detail": title, "code": "100", "status": str(status)}
    return httpx2.Response(status, json={"errors": [{**error, "source": {"pointer": pointer}}]})


def row(kind: str, id_: str, links: dict[str, Any] | None = None, **told: Any) -> dict[str, Any]:
    """Write a row."""
    relationships = {name: {"data": data} for name, data in (links or {}).items()}
    return {"type": kind, "id": id_, "attributes": told, "relationships": relationships}


def offer(number: str = DIGITS, *, listed: bool = True) -> list[dict[str, Any]]:
    """Write a number for sale, and all that has to be included with it."""
    units = [
        row(
            "stock_keeping_units",
            id_,
            setup_price="0.50",
            monthly_price=price,
            channels_included_count=channels,
        )
        for id_, channels, price in UNITS
    ]
    named = [{"type": "stock_keeping_units", "id": unit["id"]} for unit in units]
    group = row(
        "did_groups",
        "g-1",
        {"stock_keeping_units": named, "region": None},
        features=["voice_in", "sms_in", "new_thing"],
        area_name="Chicago",
    )
    group["meta"] = {"needs_registration": True}
    did = row(
        "available_dids",
        f"a-{number}",
        {"did_group": {"type": "did_groups", "id": "g-1"}},
        number=number,
    )
    return [did, group, *units]


def owned(**more: Any) -> dict[str, Any]:
    """Write one of our numbers."""
    told = {"number": DIGITS, "terminated": False, "blocked": False, "awaiting_registration": False}
    links = {"voice_in_trunk": None, "voice_in_trunk_group": None, "order": None}
    return row("dids", "d-1", {**links, **more.pop("links", {})}, **{**told, **more})


def order_row(status: str = "completed") -> dict[str, Any]:
    """Write an order of ours."""
    return row("orders", "o-1", status=status, external_reference_id="r")


def order(carrier: Didww) -> Any:
    """Buy the number."""
    return carrier.order([NUMBER], reference="r", binding="", deadline=Deadline(5))


class TestNumbers:
    @pytest.mark.parametrize("number", ["+13125550900", "+442079460700"])
    def test_are_written_without_a_plus_and_read_back(self, number: str) -> None:
        assert payloads.written(E164(number)) == number[1:]
        assert payloads.number_of(number[1:]) == number

    @pytest.mark.parametrize(
        ("name", "type_"),
        [
            ("Local", NumberType.LOCAL),
            ("Toll-free", NumberType.TOLL_FREE),
            ("Shared Cost", NumberType.SHARED_COST),
            ("Global", None),
        ],
    )
    def test_types_are_known_by_name(self, name: str, type_: NumberType | None) -> None:
        assert payloads.type_of(name) is type_


class TestSearch:
    COUNTRY = ok([row("countries", "c-1", iso="US", name="United States", prefix="1")])
    KINDS = ok([row("did_group_types", "t-1", name="Local")])

    def test_asks_by_identifiers_which_it_keeps(self) -> None:
        numbers = offer()
        page = ok(numbers[:1], *numbers[1:])
        carrier, seen = answering(self.COUNTRY, self.KINDS, page, page)

        wanted = Wanted(country="US", area_code="312")
        (found,), again = (carrier.search(wanted, deadline=Deadline(5)) for _ in range(2))

        assert again == [found]
        assert (str(found.monthly), str(found.setup)) == ("1.10 USD", "0.50 USD")
        assert found.capabilities == {Capability.VOICE, Capability.SMS}
        assert (found.locality, found.needs_documents) == ("Chicago", True)
        assert [request.url.path.rpartition("/")[2] for request in seen] == [
            *("countries", "did_group_types", "available_dids", "available_dids")
        ]
        assert dict(seen[2].url.params) == {
            "filter[country.id]": "c-1",
            "filter[did_group_type.id]": "t-1",
            "filter[number_contains]": "1312",
            "include": "did_group.stock_keeping_units,did_group.region",
        }

    def test_reads_a_list_that_counts_what_it_does_not_show(self) -> None:
        numbers = offer()
        told: dict[str, Any] = {"total_records": None, "total_count": 4711}
        carrier, seen = answering(self.COUNTRY, self.KINDS, ok(numbers[:1], *numbers[1:], **told))

        wanted = Wanted(country="US", capabilities=frozenset({Capability.SMS}))
        (found,) = carrier.search(wanted, deadline=Deadline(5))
        assert found.number == NUMBER
        assert seen[2].url.params["filter[did_group.features]"] == "sms_in,p2p,a2p"

    def test_leaves_out_what_is_sold_to_nobody(self) -> None:
        did, group, *_units = offer()
        group["relationships"]["stock_keeping_units"]["data"] = []
        carrier, _ = answering(self.COUNTRY, self.KINDS, ok([did], group))

        assert carrier.search(Wanted(country="US"), deadline=Deadline(5)) == []

    @pytest.mark.parametrize(
        ("wanted", "answers"),
        [
            ({"country": "ZZ"}, [ok([]), KINDS]),
            ({"type": NumberType.MOBILE}, [COUNTRY, KINDS]),
            ({"region": "Atlantis"}, [COUNTRY, KINDS, ok([])]),
            ({"locality": "Atlantis"}, [COUNTRY, KINDS, ok([])]),
        ],
    )
    def test_of_what_it_does_not_have_it_finds_nothing(
        self, wanted: dict[str, Any], answers: list[httpx2.Response]
    ) -> None:
        carrier, seen = answering(*answers)

        found = carrier.search(Wanted(**{"country": "US", **wanted}), deadline=Deadline(5))
        assert found == []
        assert len(seen) == len(answers)

    def test_another_version_of_the_interface_needs_a_person(self) -> None:
        carrier, _ = answering(ok([], api_version="2022-05-10"))

        with pytest.raises(Misconfigured, match="2022-05-10"):
            carrier.search(Wanted(country="US"), deadline=Deadline(5))

    def test_pins_version_and_format(self) -> None:
        carrier, seen = answering(ok([]), ok([]))
        coverage.places(carrier.wire, Wanted(country="US"), Deadline(5))

        headers = seen[0].headers
        assert headers["x-didww-api-version"] == "2026-04-16"
        assert headers["accept"] == "application/vnd.api+json"


class TestOrder:
    def answers(self, *more: httpx2.Response) -> list[httpx2.Response]:
        numbers = offer()
        return [ok([]), ok(numbers[:1], *numbers[1:]), *more]

    def test_names_the_number_and_takes_no_other(self) -> None:
        placed = ok(order_row("pending"), status=201)
        carrier, seen = answering(*self.answers(placed))

        (line,) = order(carrier).numbers
        assert line.status is LineStatus.PENDING
        assert json.loads(seen[2].content)["data"]["attributes"] == {
            "allow_back_ordering": False,
            "external_reference_id": "r",
            "items": [
                {
                    "type": "did_order_items",
                    "attributes": {"available_did_id": f"a-{DIGITS}", "sku_id": "u-2"},
                }
            ],
        }

    def test_buys_what_we_hold_by_its_reservation(self) -> None:
        did, *rest = offer()
        link = {"available_did": {"type": "available_dids", "id": did["id"]}}
        held = ok(
            [row("did_reservations", "h-1", link, expires_at="2026-11-27T18:00:00Z")], did, *rest
        )
        carrier, seen = answering(held, ok(order_row("pending"), status=201))
        order(carrier)

        (item,) = json.loads(seen[1].content)["data"]["attributes"]["items"]
        assert item["attributes"] == {"did_reservation_id": "h-1", "sku_id": "u-2"}

    def test_what_is_not_for_sale_is_not_ordered(self) -> None:
        carrier, seen = answering(ok([]), ok([]))

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is Reason.NUMBER_GONE
        assert {request.method for request in seen} == {"GET"}

    def test_a_placed_order_stays_placed_whatever_comes_after_it(self) -> None:
        placed = ok(order_row(), status=201)
        carrier, _ = answering(*self.answers(placed, *[httpx2.Response(500)] * 3))

        result = order(carrier)
        assert (result.carrier_reference, result.numbers[0].status) == ("o-1", LineStatus.PENDING)

    @pytest.mark.parametrize("told", [{}, {"status": None}])
    def test_a_placed_order_stays_placed_though_it_tells_no_status(
        self, told: dict[str, None]
    ) -> None:
        carrier, _ = answering(*self.answers(ok(row("orders", "o-1", **told), status=201)))

        (line,) = order(carrier).numbers
        assert (line.status, line.word) == (LineStatus.PENDING, "(empty)")

    @pytest.mark.parametrize("body", [b"", b"{}", b'{"data": null}', b"[]"])
    def test_an_answer_that_is_none_decides_nothing(self, body: bytes) -> None:
        carrier, _ = answering(*self.answers(httpx2.Response(201, content=body)))

        with pytest.raises(OutcomeUnknown):
            order(carrier)

    @pytest.mark.parametrize(
        ("answers", "reason"),
        [
            ([refused(400, "Insufficient balance")], Reason.NO_FUNDS),
            ([refused(400, "Insufficient funds")], Reason.NO_FUNDS),
            ([refused(422, "is invalid", "/data/x/available_did_id")], Reason.NUMBER_GONE),
            ([refused(422, "is invalid"), ok([])], Reason.NUMBER_GONE),
            ([refused(422, "is invalid"), *[httpx2.Response(500)] * 3], Reason.INVALID),
        ],
    )
    def test_refusals_are_told_apart(self, answers: list[httpx2.Response], reason: Reason) -> None:
        carrier, _ = answering(*self.answers(*answers))

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is reason

    @pytest.mark.parametrize(
        ("status", "dids", "expected"),
        [
            ("pending", None, (LineStatus.PENDING, "", "")),
            ("canceled", None, (LineStatus.FAILED, "", "")),
            ("under-review", None, (LineStatus.PENDING, "", "under-review")),
            ("", None, (LineStatus.PENDING, "", "(empty)")),
            ("completed", [owned()], (LineStatus.BOUGHT, "d-1", "")),
            ("completed", [], (LineStatus.PENDING, "", "")),
            (
                "completed",
                [owned(number="13125550999")],
                (LineStatus.PENDING, "", "another number"),
            ),
        ],
    )
    def test_numbers_of_an_order_are_asked_for_by_the_order(
        self, status: str, dids: Any, expected: tuple[LineStatus, str, str]
    ) -> None:
        more = [] if dids is None else [ok(dids)]
        carrier, _ = answering(ok([order_row(status)]), *more)

        found = carrier.find_order(reference="r", numbers=[NUMBER], deadline=Deadline(5))
        assert found is not None
        (line,) = found.numbers
        assert (line.status, line.carrier_reference, line.word) == expected


class TestHold:
    @pytest.mark.parametrize(
        ("name", "at"),
        [
            ("expires_at", "2018-12-28T16:22:00.417Z"),
            ("expire_at", "2018-12-28T16:22:00.417Z"),
            ("expires_at", "2018-12-28 16:22:00.417"),
        ],
    )
    def test_lasts_as_long_as_the_carrier_says(self, name: str, at: str) -> None:
        numbers = offer()
        told: dict[str, Any] = {name: at}
        made = row("did_reservations", "h-1", **told)
        carrier, seen = answering(ok(numbers[:1], *numbers[1:]), ok(made, status=201))

        hold = carrier.hold([NUMBER], reference="r", deadline=Deadline(5))

        assert (hold.carrier_reference, hold.numbers) == ("h-1", (NUMBER,))
        assert str(hold.until) == "2018-12-28 16:22:00.417000+00:00"
        assert json.loads(seen[1].content)["data"]["attributes"] == {"description": "r"}

    def test_of_what_is_not_for_sale_is_none(self) -> None:
        carrier, _ = answering(ok([]))

        hold = carrier.hold([NUMBER], reference="r", deadline=Deadline(5))
        assert (hold.numbers, hold.until) == ((), None)

    def test_of_one_too_many_is_refused(self) -> None:
        numbers = offer()
        carrier, _ = answering(
            ok(numbers[:1], *numbers[1:]), refused(422, "You can have 10 reservations")
        )

        with pytest.raises(Rejected, match="10 reservations"):
            carrier.hold([NUMBER], reference="r", deadline=Deadline(5))


class TestOwned:
    @pytest.mark.parametrize(
        "told", [{"terminated": True}, {"pending_removal": True}, {"billing_cycles_count": 0}]
    )
    def test_what_waits_for_its_end_is_ours_no_more(self, told: dict[str, Any]) -> None:
        carrier, _ = answering(ok([owned(**told)]))

        assert carrier.owned(deadline=Deadline(5)) == []

    @pytest.mark.parametrize("cycles", [None, 3])
    def test_what_has_cycles_left_is_ours(self, cycles: int | None) -> None:
        carrier, _ = answering(ok([owned(billing_cycles_count=cycles)]))

        assert len(carrier.owned(deadline=Deadline(5))) == 1

    @pytest.mark.parametrize("flag", ["blocked", "awaiting_registration"])
    def test_what_is_not_in_service_is_ours_all_the_same(self, flag: str) -> None:
        carrier, _ = answering(ok([owned(**{flag: True})]))

        (mine,) = carrier.owned(deadline=Deadline(5))
        assert not mine.active

    def test_our_reference_comes_with_the_order(self) -> None:
        links = {"order": {"type": "orders", "id": "o-1"}}
        carrier, _ = answering(ok([owned(links=links)], order_row()))

        (mine,) = carrier.owned(deadline=Deadline(5))
        assert mine.our_reference == "r"

    def test_a_list_that_changes_while_it_is_read_is_an_error(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(payloads, "LARGEST_PAGE", 1)
        carrier, _ = answering(
            ok([owned()], total_records=2), ok([owned()], total_records=3), ok([])
        )

        with pytest.raises(Unavailable, match="changed"):
            carrier.owned(deadline=Deadline(5))


class TestBind:
    def test_takes_a_number_off_the_trunk_that_somebody_else_set(self) -> None:
        links = {"voice_in_trunk": {"type": "voice_in_trunks", "id": "t-1"}}
        carrier, seen = answering(ok(owned(links=links)), ok(owned()))
        carrier.bind(NUMBER, carrier_reference="d-1", trunk_reference="", deadline=Deadline(5))

        assert json.loads(seen[1].content)["data"] == {
            "type": "dids",
            "id": "d-1",
            "relationships": {"voice_in_trunk": {"data": None}},
        }

    def test_a_group_that_is_gone_is_not_a_number_that_is_gone(self) -> None:
        carrier, _ = answering(ok(owned()), refused(404))

        with pytest.raises(Rejected) as caught:
            carrier.bind(NUMBER, carrier_reference="d-1", trunk_reference="g", deadline=Deadline(5))
        assert caught.value.reason is Reason.INVALID


class TestTrunk:
    def test_is_a_group_of_trunks_that_dial_the_called_number(self) -> None:
        gateways = (GatewaySpec(host="pbx.example.net", transport=Transport.TLS, port=5061),)
        spec = TrunkSpec(name="x", gateways=gateways, did_format=DidFormat.E164)
        trunk, group = row("voice_in_trunks", "t-1"), row("voice_in_trunk_groups", "g-1")
        carrier, seen = answering(ok([]), ok(trunk, status=201), ok([]), ok(group, status=201))

        made = carrier.create_trunk(spec, reference="r", deadline=Deadline(5))

        assert made.carrier_reference == "g-1"
        sip = json.loads(seen[1].content)["data"]["attributes"]["configuration"]["attributes"]
        assert (sip["username"], sip["transport_protocol_id"]) == ("{DID}", 3)
        members = json.loads(seen[3].content)["data"]["relationships"]["voice_in_trunks"]
        assert members == {"data": [{"type": "voice_in_trunks", "id": "t-1"}]}

    @pytest.mark.parametrize("more", [{"did_format": DidFormat.NATIONAL}, {"gateways": ()}])
    def test_of_another_kind_is_refused_before_anything_is_made(self, more: dict[str, Any]) -> None:
        carrier, seen = answering()
        known = {"gateways": (GatewaySpec(host="192.0.2.1"),), "did_format": DidFormat.E164}

        with pytest.raises(Rejected):
            carrier.create_trunk(
                TrunkSpec(name="x", **{**known, **more}), reference="r", deadline=Deadline(5)
            )
        assert seen == []

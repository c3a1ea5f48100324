"""What is particular to QuestBlue."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.questblue import payloads
from trunks.carriers.questblue.adapter import QuestBlue
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.http import LONGEST_PAUSE
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, LineStatus, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers

NUMBER = E164("+12065550600")
DID = "2065550600"
NAME = payloads.trunk_name("r")


def answering(*answers: httpx2.Response) -> tuple[QuestBlue, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    signed_in = {"username": "u", "password": "pass-word", "security_key": "k"}
    return carriers.answering(QuestBlue, signed_in, answers)


def said(body: Any = None, status: int = 200) -> httpx2.Response:
    """Write an answer; without a body where nothing is told."""
    return httpx2.Response(status) if body is None else httpx2.Response(status, json=body)


def refused(words: Any, status: int = 206) -> httpx2.Response:
    """Write a refusal, which has a good status."""
    return said({"error": words}, status)


def listed(rows: Any, total: int | None = None) -> httpx2.Response:
    """Write a page of a list."""
    pages = {"current_page": 1, "total_pages": 1}
    return said({"data": rows, "total": len(rows) if total is None else total, **pages})


def mine(**settings: Any) -> httpx2.Response:
    """Write the answer about one of our numbers."""
    return listed({DID: {"status": "active", **settings}})


def order(carrier: QuestBlue, binding: str = "") -> Any:
    """Buy the number."""
    return carrier.order([NUMBER], reference="r", binding=binding, deadline=Deadline(5))


class TestNumbers:
    @pytest.mark.parametrize("number", ["+12065550600", "+18005550600"])
    def test_are_written_with_ten_digits_and_read_with_eleven_too(self, number: str) -> None:
        did = payloads.did_of(E164(number))

        assert did == number[2:]
        assert {payloads.number_of(one) for one in (did, int(did), f"1{did}")} == {number}


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "kind", "mask"),
        [
            ({"area_code": "206", "prefix": "555"}, "local", "206555*"),
            ({"area_code": "206", "contains": "06"}, "local", "206*06*"),
            ({"contains": "0600"}, "local", "*0600*"),
            ({"type": NumberType.TOLL_FREE, "area_code": "800"}, "tf", "800*"),
        ],
    )
    def test_says_what_is_wanted(self, wanted: dict[str, Any], kind: str, mask: str) -> None:
        carrier, seen = answering(said({"data": [], "total": 0}))

        assert carrier.search(Wanted(country="US", **wanted), deadline=Deadline(5)) == []
        assert dict(seen[0].url.params) == {"type": kind, "mask": mask, "total_list": "20"}
        assert seen[0].headers["security-key"] == "k"
        signed_in = base64.b64encode(b"u:pass-word").decode()
        assert seen[0].headers["authorization"] == f"Basic {signed_in}"

    @pytest.mark.parametrize(
        "wanted",
        [
            {},
            {"contains": "06"},
            {"area_code": "206", "country": "CA"},
            {"area_code": "206", "locality": "Seattle"},
            {"area_code": "206", "region": "WA"},
            {"area_code": "206", "type": NumberType.MOBILE},
            {"area_code": "206", "capabilities": frozenset({Capability.SMS})},
        ],
    )
    def test_asks_for_nothing_that_it_could_not_promise(self, wanted: dict[str, Any]) -> None:
        carrier, seen = answering()

        found = carrier.search(Wanted(**{"country": "US", **wanted}), deadline=Deadline(5))
        assert (found, seen) == ([], [])

    def test_leaves_out_what_was_not_asked_for(self) -> None:
        offers = said({"data": [DID, 12065550601, "4255550602"], "total": 3})
        carrier, _ = answering(offers, refused("No"))

        found = carrier.search(Wanted(country="US", area_code="206"), deadline=Deadline(5))
        assert [one.number for one in found] == [NUMBER, "+12065550601"]
        assert {(one.monthly, one.setup) for one in found} == {(None, None)}

    def test_reads_what_a_local_number_costs_and_keeps_it(self) -> None:
        offers = said({"data": [DID], "total": 1})
        rates = {"local_did_cost": "0.85", "inbound_call_rate": "0.006", "ccrf": "2"}
        carrier, seen = answering(offers, said(rates), offers)
        wanted = Wanted(country="US", area_code="206")

        found = [carrier.search(wanted, deadline=Deadline(5))[0] for _ in range(2)]
        assert [str(one.monthly) for one in found] == ["0.85 USD", "0.85 USD"]
        assert [request.url.path.rsplit("/", 1)[1] for request in seen].count("rates") == 1

    def test_toll_free_numbers_have_no_price_in_the_rates(self) -> None:
        carrier, seen = answering(said({"data": ["8005550600"], "total": 1}))
        wanted = Wanted(country="US", type=NumberType.TOLL_FREE, area_code="800")

        (found,) = carrier.search(wanted, deadline=Deadline(5))
        assert (found.monthly, len(seen)) == (None, 1)

    def test_nothing_found_may_be_a_refusal(self) -> None:
        wanted = Wanted(country="US", area_code="206")
        nothing = (refused("No DIDs found"), refused("No numbers available"))
        carrier, _ = answering(*nothing, refused("Bad mask"))

        for _ in nothing:
            assert carrier.search(wanted, deadline=Deadline(5)) == []
        with pytest.raises(Rejected, match="Bad mask"):
            carrier.search(wanted, deadline=Deadline(5))


class TestOrder:
    def test_says_everything_in_the_query_and_in_the_body(self) -> None:
        carrier, seen = answering(said())

        (line,) = order(carrier, binding="pbx").numbers
        assert (line.status, line.carrier_reference) == (LineStatus.BOUGHT, DID)
        assert dict(seen[0].url.params) == {"did": DID, "note": "r", "route2trunk": "pbx"}
        told = {"did": int(DID), "note": "r", "route2trunk": "pbx"}
        assert json.loads(seen[0].content) == told

    @pytest.mark.parametrize("status", [200, 202])
    def test_with_a_warning_is_bought(self, status: int) -> None:
        carrier, seen = answering(said({"warning": ["E911 is not set"]}, status))

        (line,) = order(carrier).numbers
        assert (line.status, len(seen)) == (LineStatus.BOUGHT, 1)

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, b"[]"),
            (200, b"<html>"),
            (202, b"{}"),
            (202, b'{"data": null}'),
            (206, b""),
            (206, b"{}"),
            (206, b'{"error": null}'),
            (206, b'{"warning": ["x"]}'),
            (400, b""),
        ],
    )
    def test_that_is_neither_done_nor_refused_is_unknown(self, status: int, body: bytes) -> None:
        carrier, seen = answering(httpx2.Response(status, content=body))

        with pytest.raises(OutcomeUnknown):
            order(carrier)
        assert len(seen) == 1

    @pytest.mark.parametrize("status", [200, 202, 206, 400])
    def test_with_an_error_is_refused_whatever_the_status(self, status: int) -> None:
        carrier, _ = answering(refused("Insufficient funds", status))

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is Reason.NO_FUNDS

    @pytest.mark.parametrize(
        ("for_sale", "reason"),
        [
            (said({"data": [], "total": 0}), Reason.NUMBER_GONE),
            (refused("No DIDs found"), Reason.NUMBER_GONE),
            (said({"data": [DID], "total": 1}), Reason.OTHER),
            (refused("Something else"), Reason.OTHER),
        ],
    )
    def test_refused_in_unknown_words_is_looked_up(
        self, for_sale: httpx2.Response, reason: Reason
    ) -> None:
        carrier, seen = answering(refused("Order failed"), for_sale)

        with pytest.raises(Rejected, match="Order failed") as caught:
            order(carrier)
        assert caught.value.reason is reason
        assert seen[1].url.params["mask"] == f"{DID}*"

    def test_looks_a_toll_free_number_up_as_one(self) -> None:
        assert payloads.exactly(E164("+18665550600")).type is NumberType.TOLL_FREE

    @pytest.mark.parametrize(
        ("settings", "found"),
        [
            ({"note": "r"}, True),
            ({"note": ""}, True),
            (["active", "r"], True),
            ({"note": "s"}, False),
        ],
    )
    def test_is_found_by_its_note_or_where_none_is_shown(
        self, settings: Any, *, found: bool
    ) -> None:
        carrier, _ = answering(listed({DID: settings}))

        there = carrier.find_order(reference="r", numbers=[NUMBER], deadline=Deadline(5))
        assert (there is not None) is found


class TestOwned:
    def test_goes_through_all_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(payloads, "LARGEST_PAGE", 2)
        rows: list[tuple[str, Any]] = [(f"206555060{end}", {}) for end in range(3)]
        carrier, seen = answering(listed(dict(rows[:2]), 3), listed(dict(rows[2:]), 3))

        assert len(carrier.owned(deadline=Deadline(5))) == 3
        asked = [(one.url.params["page"], one.url.params["per_page"]) for one in seen]
        assert asked == [("1", "2"), ("2", "2")]

    def test_a_list_may_name_its_rows_itself(self) -> None:
        rows = [{"did": int(DID), "route2trunk": NAME, "note": "r"}]
        carrier, _ = answering(listed(rows), listed([{"trunk": NAME}]))

        (mine,) = carrier.owned(deadline=Deadline(5))
        assert (mine.number, mine.trunk_reference, mine.our_reference) == (NUMBER, NAME, "r")
        assert carrier.find_trunk(reference="r", deadline=Deadline(5)) is not None

    @pytest.mark.parametrize("nothing", [listed({}), listed([]), refused("No records found")])
    def test_nothing_has_several_spellings(self, nothing: httpx2.Response) -> None:
        carrier, _ = answering(nothing)

        assert carrier.owned(deadline=Deadline(5)) == []

    @pytest.mark.parametrize(
        "pages",
        [
            (listed({DID: {}}, 2), listed({DID: {}}, 2)),
            (listed({DID: {}}, 2), listed({}, 2)),
            (listed({}, 2),),
        ],
    )
    def test_a_list_that_does_not_add_up_is_an_error(
        self, pages: tuple[httpx2.Response, ...]
    ) -> None:
        carrier, _ = answering(*pages)

        with pytest.raises(Unavailable, match="changed"):
            carrier.owned(deadline=Deadline(5))

    def test_a_number_that_is_none_is_no_error_of_ours(self) -> None:
        carrier, _ = answering(listed({"settings": {}}))

        with pytest.raises(Unavailable, match="cannot be read"):
            # Too short for another attempt.
            carrier.owned_number(NUMBER, deadline=Deadline(LONGEST_PAUSE))

    def test_what_is_found_is_there_though_the_list_does_not_add_up(self) -> None:
        carrier, _ = answering(listed({DID: {}}, 5))

        assert carrier.owned_number(NUMBER, deadline=Deadline(5)) is not None

    @pytest.mark.parametrize(
        "words", ["Try later", "The list is not available now", "No service available"]
    )
    def test_a_refusal_in_other_words_is_no_empty_list(self, words: str) -> None:
        carrier, _ = answering(*[refused(words)] * 3)

        with pytest.raises(Rejected):
            carrier.owned(deadline=Deadline(5))
        with pytest.raises(Rejected):
            carrier.find_order(reference="r", numbers=[NUMBER], deadline=Deadline(5))
        with pytest.raises(Rejected):
            carrier.find_trunk(reference="r", deadline=Deadline(5))

    def test_one_is_chosen_from_what_the_pattern_finds(self) -> None:
        carrier, seen = answering(listed({"2065550601": {}, f"1{DID}": {"route2trunk": "pbx"}}))

        there = carrier.owned_number(NUMBER, deadline=Deadline(5))
        assert there is not None
        assert (there.number, there.trunk_reference) == (NUMBER, "pbx")
        assert seen[0].url.params["did"] == DID

    def test_settings_without_names_say_what_is_ours_and_not_where_it_goes(self) -> None:
        carrier, _ = answering(*[listed({DID: ["active", "pbx"]})] * 2)

        (there,) = carrier.owned(deadline=Deadline(5))
        assert (there.number, there.trunk_reference) == (NUMBER, "")
        with pytest.raises(Unavailable):
            carrier.binding_of(NUMBER, carrier_reference="", deadline=Deadline(5))


class TestRelease:
    @pytest.mark.parametrize(
        ("there", "reason"),
        [(listed({}), Reason.NOT_FOUND), (mine(), Reason.OTHER)],
    )
    def test_refused_says_whether_the_number_is_ours(
        self, there: httpx2.Response, reason: Reason
    ) -> None:
        carrier, _ = answering(refused("DID not available"), there)

        with pytest.raises(Rejected) as caught:
            carrier.release(NUMBER, carrier_reference="", deadline=Deadline(5))
        assert caught.value.reason is reason


class TestBind:
    def bind(self, carrier: QuestBlue, trunk: str) -> None:
        carrier.bind(NUMBER, carrier_reference="", trunk_reference=trunk, deadline=Deadline(5))

    def test_to_a_trunk_that_is_off_is_not_a_number_that_is_gone(self) -> None:
        carrier, _ = answering(mine(), refused("Trunk does not exist"))

        with pytest.raises(Rejected) as caught:
            self.bind(carrier, "pbx")
        assert caught.value.reason is Reason.INVALID

    def test_to_nothing_is_read_back(self) -> None:
        carrier, seen = answering(mine(route2trunk="pbx"), said(), mine(route2trunk=None))
        self.bind(carrier, "")

        assert json.loads(seen[1].content) == {"did": int(DID), "route2trunk": ""}

    def test_to_nothing_that_is_ignored_needs_a_person(self) -> None:
        carrier, _ = answering(mine(route2trunk="pbx"), said(), mine(route2trunk="pbx"))

        with pytest.raises(Rejected, match="keeps the number"):
            self.bind(carrier, "")


class TestTrunk:
    GATEWAY = GatewaySpec(host="192.0.2.1")

    def make(self, carrier: QuestBlue, *gateways: GatewaySpec) -> str:
        spec = TrunkSpec(name="x", gateways=gateways, did_format=DidFormat.E164)
        return carrier.create_trunk(spec, reference="r", deadline=Deadline(5)).carrier_reference

    def test_has_a_name_made_of_our_reference(self) -> None:
        carrier, seen = answering(refused("No trunks found"), said())

        assert self.make(carrier, self.GATEWAY) == NAME
        assert json.loads(seen[1].content) == {"trunk": NAME, "ip_address": "192.0.2.1"}
        assert len(NAME) == 30
        assert NAME.isalnum()

    def test_that_is_there_is_kept(self) -> None:
        carrier, seen = answering(listed({NAME: ["static"]}))

        assert self.make(carrier, self.GATEWAY) == NAME
        assert len(seen) == 1

    @pytest.mark.parametrize(
        "gateways",
        [
            (),
            (GATEWAY, GatewaySpec(host="192.0.2.2")),
            (GatewaySpec(host="192.0.2.1", port=5070),),
            (GatewaySpec(host="192.0.2.1", transport=Transport.TLS),),
            (GatewaySpec(host="pbx.example"),),
            (GatewaySpec(host="2001:db8::1"),),
        ],
    )
    def test_of_another_kind_is_refused_before_anything_is_made(
        self, gateways: tuple[GatewaySpec, ...]
    ) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected):
            self.make(carrier, *gateways)
        assert seen == []


def test_what_is_given_on_credit_may_be_spent_too() -> None:
    carrier, _ = answering(said({"data": {"balance": "-1.50", "allowed_credit": 20}}))

    assert str(carrier.balance(deadline=Deadline(5))) == "18.50 USD"

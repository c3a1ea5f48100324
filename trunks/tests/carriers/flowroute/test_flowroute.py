"""What is particular to Flowroute."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.flowroute import payloads
from trunks.carriers.flowroute.adapter import Flowroute
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, LineStatus, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers

NUMBER = E164("+12065550700")
ID = "12065550700"


def answering(*answers: httpx2.Response) -> tuple[Flowroute, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Flowroute, {"access_key": "a", "secret_key": "s"}, answers)


def ok(body: Any, status: int = 200) -> httpx2.Response:
    """Write an answer."""
    return httpx2.Response(status, json=body)


def refused(status: int, detail: str = "") -> httpx2.Response:
    """Write a refusal."""
    return ok({"errors": [{"id": "1", "status": status, "title": "No", "detail": detail}]}, status)


def row(id_: str = ID, **links: str | None) -> dict[str, Any]:
    """Write one of our numbers, with its routes."""
    linked = {
        name: {"data": None if route is None else {"type": "route", "id": route}}
        for name, route in links.items()
    }
    return {"type": "number", "id": id_, "attributes": {}, "relationships": linked}


def owned(primary: str | None, failover: str | None = None) -> httpx2.Response:
    """Write the answer about one of our numbers."""
    return ok({"data": row(primary_route=primary, failover_route=failover)})


def offer(id_: str = ID, **told: Any) -> dict[str, Any]:
    """Write a number for sale."""
    facts = {"number_type": "standard", "state": "wa", "rate_center": "SEATTLE", "value": int(id_)}
    costs = {"monthly_cost": 1.25, "setup_cost": 1}
    return {"id": id_, "type": "number", "attributes": {**facts, **costs, **told}}


def order(carrier: Flowroute) -> Any:
    """Buy the number."""
    return carrier.order([NUMBER], reference="r", binding="", deadline=Deadline(5))


class TestNumbers:
    @pytest.mark.parametrize("number", ["+12065550700", "+18005550700", "+442079460000"])
    def test_are_written_without_a_plus_and_read_back(self, number: str) -> None:
        written = payloads.path_of(E164(number))

        assert written == number[1:]
        assert {payloads.number_of(one) for one in (written, int(written), number)} == {number}


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({"area_code": "206", "prefix": "555"}, {"starts_with": "1206555"}),
            ({"contains": "0700"}, {"contains": "0700"}),
            ({"region": "WA", "country": "CA"}, {"state": "WA", "iso_country": "CA"}),
            ({"type": NumberType.TOLL_FREE}, {"number_type": "toll-free"}),
            ({"limit": 500}, {"limit": "200"}),
        ],
    )
    def test_says_what_is_wanted(self, wanted: dict[str, Any], expected: dict[str, str]) -> None:
        told = dict(payloads.search_params(Wanted(**{"country": "US", **wanted})))

        usual = {"iso_country": "US", "number_type": "longcode", "limit": "20"}
        assert told == {**usual, **expected}

    @pytest.mark.parametrize(
        "wanted",
        [
            {"country": "GB"},
            {"locality": "Seattle"},
            {"type": NumberType.MOBILE},
            {"capabilities": frozenset({Capability.FAX})},
        ],
    )
    def test_asks_for_nothing_that_it_could_not_promise(self, wanted: dict[str, Any]) -> None:
        carrier, seen = answering()

        found = carrier.search(Wanted(**{"country": "US", **wanted}), deadline=Deadline(5))
        assert (found, seen) == ([], [])

    def test_reads_both_vocabularies_and_leaves_out_what_was_not_asked_for(self) -> None:
        rows = [
            offer(),
            offer("12065550701", number_type="longcode", monthly_cost="1.25"),
            offer("12065550702", number_type="inum"),
            offer("18005550703", number_type="tollfree"),
            offer("12045550704"),
        ]
        carrier, _ = answering(ok({"data": rows}))

        found = carrier.search(Wanted(country="US"), deadline=Deadline(5))

        assert [one.number[-4:] for one in found] == ["0700", "0701"]
        assert {(str(one.monthly), str(one.setup)) for one in found} == {("1.25 USD", "1.00 USD")}

    def test_nothing_found_may_be_a_404(self) -> None:
        carrier, _ = answering(refused(404))

        assert carrier.search(Wanted(country="US"), deadline=Deadline(5)) == []


class TestOrder:
    @pytest.mark.parametrize("body", [b"", b"{}", b'{"errors": []}', b"messages: failed", b"\xff"])
    def test_207_is_bought_whatever_it_says(self, body: bytes) -> None:
        carrier, seen = answering(httpx2.Response(207, content=body))

        (line,) = order(carrier).numbers
        assert (line.status, line.carrier_reference) == (LineStatus.BOUGHT, ID)
        assert [request.method for request in seen] == ["POST"]
        assert seen[0].content == b""

    @pytest.mark.parametrize("body", [None, [], {}, {"data": None}, {"data": {"id": "1"}}])
    def test_201_about_nothing_we_know_decides_nothing(self, body: Any) -> None:
        carrier, _ = answering(ok(body, 201))

        with pytest.raises(OutcomeUnknown):
            order(carrier)

    @pytest.mark.parametrize(
        ("status", "detail", "reason"),
        [
            (404, "", Reason.NUMBER_GONE),
            (422, "Insufficient funds", Reason.NO_FUNDS),
            (402, "", Reason.NO_FUNDS),
            (422, "Invalid number", Reason.INVALID),
            (405, "", Reason.NOT_ALLOWED),
            (415, "", Reason.OTHER),
        ],
    )
    def test_refusals_are_told_apart(self, status: int, detail: str, reason: Reason) -> None:
        carrier, _ = answering(refused(status, detail))

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is reason


class TestOwned:
    def test_objects_inside_a_data_of_their_own_are_read_too(self) -> None:
        """Read them as the file of 2018 prints them."""
        inner = row()
        inner["relationships"] = {"failover_route": {"data": "7"}}
        carrier, _ = answering(ok({"data": [{"data": inner}], "links": {"self": "x"}}))

        (mine,) = carrier.owned(deadline=Deadline(5))
        assert (mine.number, mine.trunk_reference) == (NUMBER, "")

    @pytest.mark.parametrize("says_next", [True, False])
    def test_the_next_page_is_asked_for_by_offset_only(
        self, monkeypatch: pytest.MonkeyPatch, *, says_next: bool
    ) -> None:
        monkeypatch.setattr(payloads, "LARGEST_PAGE", 2)
        evil = {"next": "https://evil.example/steal?offset=9"} if says_next else {"self": "x"}
        rows = [row(f"1206555070{end}") for end in range(3)]
        carrier, seen = answering(
            ok({"data": rows[:2], "links": evil}), ok({"data": rows[2:], "links": {}})
        )

        assert len(carrier.owned(deadline=Deadline(5))) == 3
        assert [dict(request.url.params)["offset"] for request in seen] == ["0", "2"]
        assert {request.url.host for request in seen} == {"api.flowroute.com"}

    def test_a_full_last_page_may_be_followed_by_a_404(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(payloads, "LARGEST_PAGE", 2)
        rows = [row(), row("12065550701")]
        carrier, _ = answering(ok({"data": rows}), refused(404))

        assert len(carrier.owned(deadline=Deadline(5))) == 2

    def test_a_page_that_was_named_and_is_not_there_is_an_error(self) -> None:
        carrier, _ = answering(ok({"data": [row()], "links": {"next": "x"}}), refused(404))

        with pytest.raises(Unavailable, match="a page less"):
            carrier.owned(deadline=Deadline(5))

    def test_a_404_is_no_empty_list_of_numbers(self) -> None:
        carrier, _ = answering(refused(404))

        with pytest.raises(Rejected):
            carrier.owned(deadline=Deadline(5))

    def test_a_number_listed_twice_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(payloads, "LARGEST_PAGE", 2)
        other = row("12065550701")
        carrier, _ = answering(
            ok({"data": [row(), other]}),
            ok({"data": [row("12065550702"), row()]}),
            ok({"data": []}),
        )

        with pytest.raises(Unavailable, match="changed"):
            carrier.owned(deadline=Deadline(5))

    def test_a_list_that_runs_in_circles_is_an_error(self) -> None:
        again = {"data": [row()], "links": {"next": "x"}}
        carrier, _ = answering(ok(again), ok(again))

        with pytest.raises(Unavailable, match="twice"):
            carrier.owned(deadline=Deadline(5))

    @pytest.mark.parametrize(
        ("primary", "failover", "expected"),
        [
            (None, None, ""),
            ("0", None, ""),
            ("0", "8", ""),
            ("7", None, "7"),
            ("7", "8", "7,8"),
        ],
    )
    def test_two_routes_are_one_reference(
        self, primary: str | None, failover: str | None, expected: str
    ) -> None:
        carrier, _ = answering(owned(primary, failover))

        bound = carrier.binding_of(NUMBER, carrier_reference=ID, deadline=Deadline(5))
        assert bound == expected


class TestBind:
    def bind(self, carrier: Flowroute, trunk: str) -> None:
        carrier.bind(NUMBER, carrier_reference="", trunk_reference=trunk, deadline=Deadline(5))

    @pytest.mark.parametrize(
        ("there", "trunk", "writes"),
        [
            ((None, None), "7,8", ["PATCH failover_route 8", "PATCH primary_route 7"]),
            (("0", None), "7", ["PATCH primary_route 7"]),
            (("7", "8"), "7", ["DELETE failover_route"]),
            (("7", "8"), "7,8", []),
            (("7", "8"), "", ["DELETE failover_route", "DELETE primary_route"]),
            (("7", None), "9", ["PATCH primary_route 9"]),
            (("0", None), "", []),
            # What a call that was cut off left behind.
            (("0", "8"), "9", ["DELETE failover_route", "PATCH primary_route 9"]),
            (("0", "8"), "", ["DELETE failover_route"]),
            ((None, "8"), "7,8", ["PATCH primary_route 7"]),
        ],
    )
    def test_writes_what_differs(
        self, there: tuple[str | None, str | None], trunk: str, writes: list[str]
    ) -> None:
        carrier, seen = answering(owned(*there), *(httpx2.Response(204) for _ in writes))
        self.bind(carrier, trunk)

        assert [told(request) for request in seen[1:]] == writes

    def test_a_route_that_is_gone_is_not_a_number_that_is_gone(self) -> None:
        carrier, _ = answering(owned(None), refused(404))

        with pytest.raises(Rejected) as caught:
            self.bind(carrier, "7")
        assert caught.value.reason is Reason.INVALID


def told(request: httpx2.Request) -> str:
    """Say in short what a request asked for."""
    name = request.url.path.rpartition("/")[2]
    route = json.loads(request.content)["data"]["id"] if request.content else ""
    return f"{request.method} {name} {route}".strip()


class TestTrunk:
    GATEWAYS = (
        GatewaySpec(host="192.0.2.2", port=5070, priority=2),
        GatewaySpec(host="2001:db8::1"),
    )

    def make(self, carrier: Flowroute, **more: Any) -> str:
        spec = TrunkSpec(
            **{"name": "x", "gateways": self.GATEWAYS, "did_format": DidFormat.E164, **more}
        )
        return carrier.create_trunk(spec, reference="r", deadline=Deadline(5)).carrier_reference

    @pytest.mark.parametrize("none", [ok({"data": []}), refused(404)])
    def test_is_a_route_for_each_gateway_in_their_order(self, none: httpx2.Response) -> None:
        made = [ok({"data": {"id": id_, "type": "route"}}, 201) for id_ in ("7", "8")]
        carrier, seen = answering(none, *made)

        assert self.make(carrier) == "7,8"
        sent = [json.loads(request.content)["data"]["attributes"] for request in seen[1:]]
        assert sent == [
            {"route_type": "host", "value": "[2001:db8::1]:5060", "alias": "x r 1"},
            {"route_type": "host", "value": "192.0.2.2:5070", "alias": "x r 2"},
        ]
        assert seen[1].headers["content-type"] == "application/vnd.api+json"

    def test_is_looked_up_where_the_answer_does_not_name_it(self) -> None:
        there = {"id": 9, "type": "route", "attributes": {"alias": "x r 1"}}
        carrier, _ = answering(
            ok({"data": []}), httpx2.Response(201), ok({"data": [{"data": there}]})
        )

        assert self.make(carrier, gateways=self.GATEWAYS[:1]) == "9"

    def test_is_uncertain_where_it_is_not_listed_either(self) -> None:
        carrier, _ = answering(ok({"data": []}), httpx2.Response(201), ok({"data": []}))

        with pytest.raises(OutcomeUnknown):
            self.make(carrier)

    @pytest.mark.parametrize(
        "more",
        [
            {"did_format": DidFormat.NATIONAL},
            {"gateways": ()},
            {"gateways": tuple(GatewaySpec(host=f"192.0.2.{end}") for end in range(3))},
            {"gateways": (GatewaySpec(host="192.0.2.1", transport=Transport.TLS),)},
        ],
    )
    def test_of_another_kind_is_refused_before_anything_is_made(self, more: dict[str, Any]) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected):
            self.make(carrier, **more)
        assert seen == []

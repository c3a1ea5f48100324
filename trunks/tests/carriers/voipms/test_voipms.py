"""What is particular to VoIP.ms."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.voipms import payloads
from trunks.carriers.voipms.adapter import VoipMs
from trunks.deadlines import Deadline
from trunks.errors import (
    CarrierError,
    Misconfigured,
    OutcomeUnknown,
    Reason,
    Rejected,
    SlowDown,
    Unavailable,
)
from trunks.numbering import Capability, NumberType
from trunks.offers import (
    GatewaySpec,
    LineStatus,
    MadeTrunk,
    Transport,
    TrunkSpec,
    Wanted,
)
from trunks.tests.carriers import answering as carriers

NUMBER = E164("+12065550550")
DID = "2065550550"


def answering(*answers: httpx2.Response) -> tuple[VoipMs, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    signed_in = {"api_username": "a@example.com", "api_password": "pass-word"}
    return carriers.answering(VoipMs, signed_in, answers)


def said(status: str = "success", **more: Any) -> httpx2.Response:
    """Write an answer, under the status that all have."""
    return httpx2.Response(200, json={"status": status, **more})


SERVERS = said(
    servers=[
        {"server_pop": 5, "server_recommended": "no"},
        {"server_pop": 6, "server_recommended": 0},
        {"server_pop": 7, "server_recommended": "yes"},
    ]
)


def asked(request: httpx2.Request) -> dict[str, str]:
    """Read what was asked for, without who asked."""
    told = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    assert (told.pop("api_username"), told.pop("api_password")) == ("a@example.com", "pass-word")
    return told


def row(**more: Any) -> dict[str, Any]:
    """Write one of our numbers."""
    usual = {"did": int(DID), "routing": "sys:noservice", "failover_unreachable": "none:"}
    return {**usual, "pop": 7, "dialtime": "60", "cnam": 0, "billing_type": "1", **more}


def offer(did: object = DID, **more: Any) -> dict[str, Any]:
    """Write a number for sale."""
    return {
        "did": did,
        "ratecenter": "SEATTLE",
        "state": "WA",
        "perminute_monthly": "0.85",
        "perminute_setup": 0.4,
        "flat_monthly": "4.25",
        "flat_setup": "0.40",
        **more,
    }


def order(carrier: VoipMs, number: E164 = NUMBER, binding: str = "") -> Any:
    """Buy a number."""
    return carrier.order([number], reference="r", binding=binding, deadline=Deadline(5))


class TestNumbers:
    @pytest.mark.parametrize(
        ("number", "did"),
        [("+12065550550", DID), ("+18005550550", "8005550550"), ("+442079460800", "442079460800")],
    )
    def test_are_written_without_their_country_in_north_america_only(
        self, number: str, did: str
    ) -> None:
        assert payloads.did_of(E164(number)) == did
        assert {payloads.number_of(one) for one in (did, int(did), number)} == {number}

    def test_which_are_none_are_an_error(self) -> None:
        with pytest.raises(ValueError, match=r"E\.164"):
            payloads.number_of("pbx")


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "method", "form"),
        [
            (
                {"area_code": "206", "prefix": "555"},
                "searchDIDsUSA",
                {"type": "starts", "query": "206555"},
            ),
            ({"contains": "0550"}, "searchDIDsUSA", {"type": "contains", "query": "0550"}),
            ({}, "searchDIDsUSA", {"type": "contains", "query": "2"}),
            (
                {"country": "CA", "region": "ON", "contains": "5"},
                "searchDIDsCAN",
                {"province": "ON", "type": "contains", "query": "5"},
            ),
            ({"region": "WA"}, "getDIDsUSA", {"state": "WA"}),
            (
                {"region": "ON", "country": "CA", "capabilities": frozenset({Capability.SMS})},
                "getDIDsCAN",
                {"province": "ON"},
            ),
            (
                {"type": NumberType.TOLL_FREE, "area_code": "800"},
                "searchTollFreeUSA",
                {"type": "starts", "query": "800"},
            ),
            (
                {"type": NumberType.TOLL_FREE, "country": "CA", "contains": "7"},
                "searchTollFreeCanUS",
                {"type": "contains", "query": "7"},
            ),
        ],
    )
    def test_asks_the_method_that_can_promise_it(
        self, wanted: dict[str, Any], method: str, form: dict[str, str]
    ) -> None:
        carrier, seen = answering(said("no_did"))

        found = carrier.search(Wanted(**{"country": "US", **wanted}), deadline=Deadline(5))
        assert found == []
        assert asked(seen[0]) == {"method": method, **form}
        assert (seen[0].method, str(seen[0].url)) == ("POST", "https://voip.ms/api/v1/rest.php")

    @pytest.mark.parametrize(
        "wanted",
        [
            {"country": "GB"},
            {"locality": "Seattle"},
            {"type": NumberType.MOBILE},
            {"type": NumberType.TOLL_FREE, "region": "WA"},
            {"capabilities": frozenset({Capability.MMS})},
            {"capabilities": frozenset({Capability.SMS}), "area_code": "206"},
        ],
    )
    def test_asks_for_nothing_that_it_could_not_promise(self, wanted: dict[str, Any]) -> None:
        carrier, seen = answering()

        found = carrier.search(Wanted(**{"country": "US", **wanted}), deadline=Deadline(5))
        assert (found, seen) == ([], [])

    def test_reads_text_and_numbers_and_leaves_out_what_was_not_asked_for(self) -> None:
        rows = [offer(), offer(2065550551, sms=1), offer("2065550552", sms="0"), offer(4255550553)]
        carrier, _ = answering(said(dids=rows))

        found = carrier.search(Wanted(country="US", area_code="206"), deadline=Deadline(5))

        assert [one.number[-4:] for one in found] == ["0550", "0551", "0552"]
        assert [Capability.SMS in one.capabilities for one in found] == [False, True, False]
        assert {(str(one.monthly), str(one.setup)) for one in found} == {("0.85 USD", "0.40 USD")}

    def test_toll_free_numbers_have_one_price(self) -> None:
        carrier, _ = answering(said(dids=[{"did": 8005550550, "monthly": "0.99", "setup": 1}]))

        wanted = Wanted(country="US", type=NumberType.TOLL_FREE)
        (found,) = carrier.search(wanted, deadline=Deadline(5))
        assert (str(found.monthly), str(found.setup)) == ("0.99 USD", "1.00 USD")

    @pytest.mark.parametrize("status", ["no_did", "no_numbers", "invalid_state", "invalid_query"])
    def test_finds_nothing_where_there_is_nothing(self, status: str) -> None:
        carrier, _ = answering(said(status))

        assert carrier.search(Wanted(country="US"), deadline=Deadline(5)) == []


class TestStatus:
    """A good HTTP status says nothing."""

    @pytest.mark.parametrize(
        ("status", "error", "reason"),
        [
            ("did_in_use", Rejected, Reason.NUMBER_GONE),
            ("invalid_did", Rejected, Reason.NUMBER_GONE),
            ("unsifficient_stock", Rejected, Reason.NUMBER_GONE),
            ("order_failed", Rejected, Reason.NUMBER_GONE),
            ("non_sufficient_funds", Rejected, Reason.NO_FUNDS),
            ("did_limit_reached", Rejected, Reason.NOT_ALLOWED),
            ("invalid_routing_header", Rejected, Reason.INVALID),
            ("missing_serverpop", Rejected, Reason.INVALID),
            ("note_toolong", Rejected, Reason.INVALID),
            ("invalid_credentials", Misconfigured, None),
            ("missing_credentials", Misconfigured, None),
            ("api_not_enabled", Misconfigured, None),
            ("ip_not_enabled", Misconfigured, None),
            ("method_maintenance", Unavailable, None),
            ("api_limit_exceeded", SlowDown, None),
            ("unavailable_info", OutcomeUnknown, None),
            ("existing_did", OutcomeUnknown, None),
            ("Success", OutcomeUnknown, None),
            ("", OutcomeUnknown, None),
        ],
    )
    def test_of_an_order_says_what_may_be_done_next(
        self, status: str, error: type[CarrierError], reason: Reason | None
    ) -> None:
        carrier, seen = answering(SERVERS, said(status))

        with pytest.raises(error) as caught:
            order(carrier)
        assert type(caught.value) is error
        assert getattr(caught.value, "reason", None) is reason
        assert len(seen) == 2

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"status": 1}', b"<html>", b"{}"])
    def test_that_is_none_leaves_the_outcome_of_an_order_unknown(self, body: bytes) -> None:
        carrier, _ = answering(SERVERS, httpx2.Response(200, content=body))

        with pytest.raises(OutcomeUnknown):
            order(carrier)

    def test_tells_whose_address_must_be_let_in(self) -> None:
        carrier, _ = answering(said("ip_not_enabled"))

        with pytest.raises(Misconfigured, match="list of IP addresses"):
            carrier.balance(deadline=Deadline(5))

    def test_asks_for_a_rest_by_the_minute(self) -> None:
        carrier, seen = answering(said("api_limit_exceeded"))

        with pytest.raises(SlowDown) as caught:
            carrier.balance(deadline=Deadline(5))
        assert (caught.value.retry_after, len(seen)) == (60.0, 1)

    def test_that_decides_nothing_has_a_read_repeated(self) -> None:
        carrier, seen = answering(
            said("unavailable_info"), said(balance={"current_balance": "1.5"})
        )

        assert str(carrier.balance(deadline=Deadline(5))) == "1.50 USD"
        assert len(seen) == 2

    @pytest.mark.parametrize("status", ["success", "invalid_did"])
    def test_counts_also_under_a_bad_one(self, status: str) -> None:
        carrier, _ = answering(httpx2.Response(400, json={"status": status}))

        error = Rejected if status == "invalid_did" else OutcomeUnknown
        with pytest.raises(error):
            carrier.release(NUMBER, carrier_reference="", deadline=Deadline(5))


class TestOrder:
    def test_names_where_calls_go_and_a_recommended_server(self) -> None:
        carrier, seen = answering(SERVERS, said())

        (line,) = order(carrier, binding="6199,6200").numbers
        assert (line.status, line.carrier_reference) == (LineStatus.BOUGHT, DID)
        assert asked(seen[1]) == {
            "method": "orderDID",
            "did": DID,
            "routing": "sip:6199",
            "failover_unreachable": "sip:6200",
            "pop": "7",
            "dialtime": "60",
            "cnam": "0",
            "note": "r",
            "billing_type": "1",
        }

    def test_of_a_toll_free_number_is_another_method(self) -> None:
        carrier, seen = answering(SERVERS, said())

        order(carrier, E164("+18665550550"))
        told = asked(seen[1])
        assert (told["method"], told["routing"]) == ("orderTollFree", "sys:noservice")
        assert "billing_type" not in told

    def test_is_not_sent_where_no_server_can_be_named(self) -> None:
        carrier, seen = answering(*[said(servers=[])] * 3)

        with pytest.raises(Unavailable):
            order(carrier)
        assert {asked(request)["method"] for request in seen} == {"getServersInfo"}

    @pytest.mark.parametrize(
        ("note", "found"), [("r", True), ("", True), (None, True), ("s", False)]
    )
    def test_is_found_by_its_note_or_where_no_note_was_kept(
        self, note: str | None, *, found: bool
    ) -> None:
        carrier, _ = answering(said(dids=[row(note=note)]))

        there = carrier.find_order(reference="r", numbers=[NUMBER], deadline=Deadline(5))
        assert (there is not None) is found


class TestOwned:
    def test_a_number_listed_twice_is_an_error(self) -> None:
        carrier, _ = answering(said(dids=[row(), row(did=DID)]))

        with pytest.raises(Unavailable, match="twice"):
            carrier.owned(deadline=Deadline(5))

    def test_one_is_looked_for_among_all_that_are_answered(self) -> None:
        carrier, seen = answering(said(dids=[row(did=2065550551), row(note="mine")]))

        mine = carrier.owned_number(NUMBER, deadline=Deadline(5))
        assert mine is not None
        assert (mine.number, mine.our_reference) == (NUMBER, "mine")
        assert asked(seen[0]) == {"method": "getDIDsInfo", "did": DID}

    @pytest.mark.parametrize(
        ("routing", "failover", "expected"),
        [
            ("sip:7", "none:", "7"),
            ("sip:7", None, "7"),
            ("sip:7", "sip:8", "7,8"),
            ("account:100001_pbx", None, "account:100001_pbx"),
            ("account:100001_pbx", "sip:8", "account:100001_pbx,8"),
            ("sip:7", "account:100001_pbx", "7,account:100001_pbx"),
            ("fwd:100001", "sip:8", ""),
            ("none:", "", ""),
            ("sys:noservice", "none:", ""),
        ],
    )
    def test_an_address_and_its_failover_are_one_reference(
        self, routing: str, failover: str | None, expected: str
    ) -> None:
        there = row(routing=routing, failover_unreachable=failover)
        carrier, _ = answering(said(dids=[there]))

        bound = carrier.binding_of(NUMBER, carrier_reference="", deadline=Deadline(5))
        assert bound == expected


class TestBind:
    def bind(self, carrier: VoipMs, trunk: str) -> None:
        carrier.bind(NUMBER, carrier_reference="", trunk_reference=trunk, deadline=Deadline(5))

    @pytest.mark.parametrize("failover", [None, "", "none:"])
    def test_leaves_a_number_alone_but_for_its_routing(self, failover: str | None) -> None:
        carrier, seen = answering(said(dids=[row(failover_unreachable=failover)]), said())
        self.bind(carrier, "7")

        assert asked(seen[1]) == {"method": "setDIDRouting", "did": DID, "routing": "sip:7"}

    @pytest.mark.parametrize(
        ("trunk", "routing", "failover"),
        [
            ("account:100001_pbx", "account:100001_pbx", None),
            ("account:100001_pbx,8", "account:100001_pbx", "sip:8"),
            ("7,account:100001_pbx", "sip:7", "account:100001_pbx"),
        ],
    )
    def test_reaches_a_sub_account(self, trunk: str, routing: str, failover: str | None) -> None:
        carrier, seen = answering(said(dids=[row()]), said())
        self.bind(carrier, trunk)

        told = asked(seen[1])
        assert (told["routing"], told.get("failover_unreachable")) == (routing, failover)

    def test_says_that_a_sub_account_is_not_there(self) -> None:
        carrier, _ = answering(said(dids=[row()]), said("invalid_account"))
        with pytest.raises(Rejected) as caught:
            self.bind(carrier, "account:100001_gone")

        assert caught.value.reason is Reason.INVALID

    def test_sends_all_settings_back_where_the_failover_changes(self) -> None:
        kept = {"note": "r", "failover_busy": "vm:1", "voicemail": 0, "port_out_pin": "1234"}
        there = row(**kept, sms_enabled=1, callerid_prefix="", transcribe=None)
        carrier, seen = answering(said(dids=[there]), said())
        self.bind(carrier, "7,8")

        assert asked(seen[1]) == {
            "method": "setDIDInfo",
            "did": DID,
            "routing": "sip:7",
            "failover_unreachable": "sip:8",
            "pop": "7",
            "dialtime": "60",
            "cnam": "0",
            "billing_type": "1",
            **{name: str(value) for name, value in kept.items()},
        }

    def test_sends_settings_back_that_no_document_lists_and_as_words(self) -> None:
        shown = {"transcription_summary": "N", "transcription_redaction": "Y"}
        there = row(**shown, record_calls=1, voicemail_threshold="20", dialmode="x")
        carrier, seen = answering(said(dids=[there]), said())
        self.bind(carrier, "7,8")

        told = asked(seen[1])
        assert (told["record_calls"], told["voicemail_threshold"]) == ("1", "20")
        assert (told["transcription_summary"], told["transcription_redaction"]) == ("no", "yes")
        assert "dialmode" not in told

    @pytest.mark.parametrize("status", ["invalid_sipuri", "no_sipuri"])
    def test_to_an_address_that_is_gone_is_not_a_number_that_is_gone(self, status: str) -> None:
        carrier, _ = answering(said(dids=[row()]), said(status))

        with pytest.raises(Rejected) as caught:
            self.bind(carrier, "7")
        assert caught.value.reason is Reason.INVALID


class TestTrunk:
    GATEWAYS = (
        GatewaySpec(host="192.0.2.2", port=5070, priority=2),
        GatewaySpec(host="2001:db8::1"),
    )

    def make(self, carrier: VoipMs, **more: Any) -> str:
        spec = TrunkSpec(**{"name": "x", "gateways": self.GATEWAYS, **more})
        return carrier.create_trunk(spec, reference="r", deadline=Deadline(5)).carrier_reference

    @pytest.mark.parametrize(
        ("did_format", "user"),
        [
            (DidFormat.NATIONAL, "{DID}"),
            (DidFormat.E164, "1{DID}"),
            (DidFormat.PLUS_E164, "+1{DID}"),
        ],
    )
    def test_is_an_address_for_each_gateway_in_their_order(
        self, did_format: DidFormat, user: str
    ) -> None:
        listed = [
            {"sipuri": 8, "uri": "x", "description": "r 2"},
            {"sipuri": "7", "uri": "x", "description": "r 1"},
            {"sipuri": 9, "uri": "x", "description": None},
        ]
        carrier, seen = answering(said("no_sipuri"), said(), said(), said(sipuris=listed))

        assert self.make(carrier, did_format=did_format) == "7,8"
        assert [asked(request) for request in seen[1:3]] == [
            {"method": "setSIPURI", "uri": f"{user}@[2001:db8::1]:5060", "description": "r 1"},
            {"method": "setSIPURI", "uri": f"{user}@192.0.2.2:5070", "description": "r 2"},
        ]

    PASSWORD = "Right-Password-7"
    CODES = (
        {"protocols": [{"value": 3, "description": "IAX2"}, {"value": "1", "description": "SIP"}]},
        {
            "auth_types": [
                {"value": 2, "description": "Static IP Authentication"},
                {"value": 1, "description": "User/Password Authentication"},
            ]
        },
        {"device_types": [{"value": "1", "description": "Asterisk, IP PBX, Gateway"}]},
    )

    def register(self, carrier: VoipMs, **more: Any) -> MadeTrunk:
        wish = {"gateways": (), "did_format": DidFormat.NATIONAL, "password": self.PASSWORD, **more}
        return carrier.create_trunk(
            TrunkSpec(name="x", **wish), reference="ab-12", deadline=Deadline(5)
        )

    def test_where_we_register_is_a_sub_account_with_our_password(self) -> None:
        codes = [said(**code) for code in self.CODES]
        made = said(id=7, account="100001_tab12")
        carrier, seen = answering(said("no_account"), *codes, made)

        told = self.register(carrier)
        assert (told.carrier_reference, told.login) == ("account:100001_tab12", "100001_tab12")
        form = asked(seen[-1])
        assert form["method"] == "createSubAccount"
        assert (form["username"], form["password"]) == ("tab12", "Right-Password-7")
        assert form["description"] == "ab-12"
        kinds = (form["protocol"], form["auth_type"], form["device_type"])
        assert kinds == ("1", "1", "1")
        assert "ip" not in form

    @pytest.mark.parametrize("nothing", ["no_account", "no_subaccount"])
    def test_that_there_is_none_has_two_words(self, nothing: str) -> None:
        carrier, _ = answering(said("no_sipuri"), said(nothing))

        assert carrier.find_trunk(reference="ab-12", deadline=Deadline(5)) is None

    def test_whose_answer_was_lost_is_found_where_its_username_is_taken(self) -> None:
        codes = [said(**code) for code in self.CODES]
        row = {"id": 7, "account": "100001_tab12", "username": "tab12", "description": ""}
        late = (said("used_username"), said(accounts=[row]))
        carrier, _ = answering(said("no_account"), *codes, *late)

        assert self.register(carrier).login == "100001_tab12"

    def test_that_is_refused_stays_refused_with_the_word(self) -> None:
        codes = [said(**code) for code in self.CODES]
        late = (said("invalid_password_missing_number"), said("no_account"))
        carrier, _ = answering(said("no_account"), *codes, *late)

        with pytest.raises(Rejected, match="missing_number"):
            self.register(carrier)

    def test_of_a_kind_that_is_offered_no_more_is_for_a_person(self) -> None:
        carrier, seen = answering(said("no_account"), said(protocols=[]))

        with pytest.raises(Rejected, match="made by hand"):
            self.register(carrier)
        assert len(seen) == 2

    @pytest.mark.parametrize("more", [{"gateways": GATEWAYS}, {"did_format": DidFormat.PLUS_E164}])
    def test_where_we_register_has_ten_digits_and_no_gateways(self, more: dict[str, Any]) -> None:
        carrier, seen = answering()

        with pytest.raises(Rejected):
            self.register(carrier, **more)
        assert seen == []

    def test_is_uncertain_where_it_is_not_listed(self) -> None:
        carrier, _ = answering(said("no_sipuri"), said(), said("no_sipuri"))

        with pytest.raises(OutcomeUnknown):
            self.make(carrier, gateways=self.GATEWAYS[:1])

    @pytest.mark.parametrize(
        "more",
        [
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

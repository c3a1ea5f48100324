"""What is particular to Vonage."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.vonage import forwarding, payloads
from trunks.carriers.vonage.adapter import Vonage
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, SlowDown, Unavailable
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers

NUMBER = E164("+447700900000")
DONE = {"error-code": "200", "error-code-label": "success"}
ADDRESS = "Numbers from this country can be requested from the Dashboard: a local address"
TRUNK = "+@192.0.2.1:5060,pbx.example.net:5061;tls"
VALUE = "sip:+447700900000@192.0.2.1:5060,sip:+447700900000@pbx.example.net:5061;transport=tls"


def answering(*answers: httpx2.Response) -> tuple[Vonage, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Vonage, {"api_key": "k", "api_secret": "s"}, answers)


def ok(body: Any, status: int = 200) -> httpx2.Response:
    """Write an answer."""
    return httpx2.Response(status, json=body)


def refused(label: str = "method failed", code: str = "420", status: int = 420) -> httpx2.Response:
    """Write a refusal."""
    return ok({"error-code": code, "error-code-label": label}, status)


def listed(*rows: dict[str, Any]) -> httpx2.Response:
    """Write a list."""
    return ok({"count": len(rows), "numbers": list(rows)})


def row(number: str = NUMBER, **more: Any) -> dict[str, Any]:
    """Write one number of a list."""
    return {
        "country": "GB",
        "msisdn": number[1:],
        "type": "mobile-lvn",
        "features": ["VOICE"],
        **more,
    }


def form(request: httpx2.Request) -> dict[str, str]:
    """Read what was sent."""
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


def order(carrier: Vonage) -> Any:
    """Buy the number."""
    return carrier.order([NUMBER], reference="r", binding="", deadline=Deadline(5))


class TestNumbers:
    @pytest.mark.parametrize("number", ["+447700900000", "+14155550300", "+34910000000"])
    def test_are_written_without_a_plus_and_read_back(self, number: str) -> None:
        written = payloads.msisdn_of(E164(number))

        assert written == number[1:]
        assert {payloads.number_of(one) for one in (written, int(written), number)} == {number}


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({"area_code": "312"}, {"pattern": "1312", "search_pattern": "0", "size": "100"}),
            ({"contains": "2580"}, {"pattern": "2580", "search_pattern": "1", "size": "100"}),
            ({"country": "GB"}, {"type": "landline", "size": "20"}),
            (
                {"country": "GB", "type": NumberType.MOBILE, "limit": 500},
                {"type": "mobile-lvn", "size": "100"},
            ),
            (
                {"country": "GB", "prefix": "20", "contains": "7", "limit": 5},
                {"type": "landline", "pattern": "4420", "search_pattern": "0", "size": "100"},
            ),
            (
                {"capabilities": frozenset({Capability.VOICE, Capability.SMS})},
                {"features": "SMS,VOICE", "size": "100"},
            ),
            # The description and the SDK order all three differently.
            (
                {"capabilities": frozenset(set(Capability) - {Capability.FAX, "EMERGENCY"})},
                {"features": "SMS,MMS", "size": "100"},
            ),
        ],
    )
    def test_says_what_is_wanted(self, wanted: dict[str, Any], expected: dict[str, str]) -> None:
        told = dict(payloads.search_params(Wanted(**{"country": "US", **wanted}), 1))

        assert told.pop("country") == wanted.get("country", "US")
        assert told.pop("index") == "1"
        assert told == expected

    @pytest.mark.parametrize(
        "wanted",
        [
            {"locality": "Chicago"},
            {"region": "IL"},
            {"type": NumberType.MOBILE},
            {"type": NumberType.NATIONAL},
            {"capabilities": frozenset({Capability.FAX})},
        ],
    )
    def test_asks_for_nothing_that_it_could_not_promise(self, wanted: dict[str, Any]) -> None:
        carrier, seen = answering()

        assert carrier.search(Wanted(country="US", **wanted), deadline=Deadline(5)) == []
        assert seen == []

    def test_a_north_american_number_is_local_whatever_it_is_called(self) -> None:
        offers = listed(
            row("+14155550300", country="US", cost="0.90", features=["VOICE", "SMS"]),
            row("+14155550305", country="US", cost="0.90", type="landline"),
            row("+18005550305", country="US", cost="0.90", type="landline-toll-free"),
            row("+14155550310", country="US", cost="0.90", type="something-new"),
        )
        carrier, _ = answering(offers)

        found = carrier.search(Wanted(country="US"), deadline=Deadline(5))

        assert [offer.number[-4:] for offer in found] == ["0300", "0305"]
        assert {offer.type for offer in found} == {NumberType.LOCAL}
        assert (str(found[0].monthly), str(found[0].setup)) == ("0.90 EUR", "0.00 EUR")

    def test_reads_on_where_it_has_to_choose(self) -> None:
        offers = [row("+14155550300", country="US", cost="1")] * 100
        others = [row("+14155550301", country="US", cost="1")] * 99
        pages = [ok({"count": 900, "numbers": rows}) for rows in (offers, offers, others)]
        carrier, seen = answering(*pages)

        found = carrier.search(Wanted(country="US"), deadline=Deadline(5))

        # A number that moved to the next page meanwhile is one number.
        assert [offer.number[-4:] for offer in found] == ["0300", "0301"]
        assert [dict(request.url.params)["index"] for request in seen] == ["1", "2", "3"]

    @pytest.mark.parametrize("body", [{}, {"count": 0}])
    def test_nothing_is_told_by_silence(self, body: Any) -> None:
        carrier, _ = answering(ok(body))

        assert carrier.search(Wanted(country="GB"), deadline=Deadline(5)) == []


class TestOrder:
    def test_names_the_number_by_country_and_digits(self) -> None:
        carrier, seen = answering(ok(DONE))
        (line,) = order(carrier).numbers

        assert form(seen[0]) == {"country": "GB", "msisdn": "447700900000"}
        assert line.carrier_reference == "GB-447700900000"

    def test_a_good_status_may_carry_a_refusal(self) -> None:
        carrier, _ = answering(refused(ADDRESS, status=200))

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is Reason.DOCUMENTS_MISSING

    def test_credentials_may_be_refused_in_the_body(self) -> None:
        for status in (200, 420):
            carrier, _ = answering(refused("authentication failed", "401", status))
            with pytest.raises(Misconfigured):
                order(carrier)

    def test_the_pace_may_be_refused_in_the_body(self) -> None:
        carrier, _ = answering(refused("throttled", "429", 200))

        with pytest.raises(SlowDown):
            order(carrier)

    @pytest.mark.parametrize("body", [{}, [], {"error-code": "half-done"}, {"error-code": ""}])
    def test_a_word_of_no_description_decides_nothing(self, body: Any) -> None:
        carrier, _ = answering(ok(body))

        with pytest.raises(OutcomeUnknown):
            order(carrier)

    def test_a_refusal_that_says_success_decides_nothing(self) -> None:
        carrier, _ = answering(ok(DONE, 420))

        with pytest.raises(OutcomeUnknown):
            order(carrier)

    @pytest.mark.parametrize(
        ("answers", "reason"),
        [
            ([ok({"count": 0})], Reason.NUMBER_GONE),
            ([listed(row("+447700900001", cost="1.25"))], Reason.NUMBER_GONE),
            ([listed(row(cost="1.25")), ok({"value": 1.2, "autoReload": False})], Reason.NO_FUNDS),
            ([listed(row(cost="1.25")), ok({"value": 9, "autoReload": False})], Reason.OTHER),
            ([ok({}, 500)] * 3, Reason.OTHER),
        ],
    )
    def test_what_the_refusal_does_not_say_is_looked_up(
        self, answers: list[httpx2.Response], reason: Reason
    ) -> None:
        carrier, seen = answering(refused(), *answers)

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is reason
        assert [request.method for request in seen].count("POST") == 1

    @pytest.mark.parametrize(
        ("label", "reason"),
        [
            (ADDRESS, Reason.DOCUMENTS_MISSING),
            ("Insufficient credit", Reason.NO_FUNDS),
            ("The number is no longer for sale", Reason.NUMBER_GONE),
        ],
    )
    def test_prose_that_says_why_is_believed(self, label: str, reason: Reason) -> None:
        carrier, seen = answering(refused(label))

        with pytest.raises(Rejected) as caught:
            order(carrier)
        assert caught.value.reason is reason
        assert len(seen) == 1

    def test_problem_documents_of_newer_interfaces_are_read(self) -> None:
        body = {"type": "https://x/#out-of-credit", "title": "Low balance", "detail": "No credit"}

        assert payloads.refusal_from(402, body) == (Reason.NO_FUNDS, "No credit")
        assert payloads.refusal_from(404, {"title": "Gone"}) == (Reason.NOT_FOUND, "Gone")


class TestOwned:
    def test_short_codes_are_no_numbers_of_ours(self) -> None:
        short = {"country": "US", "msisdn": "98975", "type": "mobile-shortcode"}
        carrier, _ = answering(listed(short, row()))

        assert [mine.number for mine in carrier.owned(deadline=Deadline(5))] == [NUMBER]

    def test_a_list_that_grows_while_it_is_read_is_an_error(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(payloads, "LARGEST_PAGE", 1)
        carrier, _ = answering(
            ok({"count": 2, "numbers": [row()]}),
            ok({"count": 3, "numbers": [row("+447700900001")]}),
            ok({"count": 3, "numbers": [row("+447700900002")]}),
        )

        with pytest.raises(Unavailable, match="changed"):
            carrier.owned(deadline=Deadline(5))

    def test_a_number_listed_twice_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(payloads, "LARGEST_PAGE", 1)
        carrier, _ = answering(*[ok({"count": 2, "numbers": [row()]})] * 2)

        with pytest.raises(Unavailable, match="changed"):
            carrier.owned(deadline=Deadline(5))

    def test_one_number_is_found_on_its_page(self) -> None:
        carrier, _ = answering(ok({"count": 900, "numbers": [row()]}))

        assert carrier.owned_number(NUMBER, deadline=Deadline(5)) is not None

    def test_a_list_that_ends_too_early_is_an_error(self) -> None:
        carrier, _ = answering(ok({"count": 2, "numbers": [row()]}), ok({"count": 2}))

        with pytest.raises(Unavailable, match="changed"):
            carrier.owned(deadline=Deadline(5))

    def test_a_key_that_is_not_in_the_list_is_named_nothing_else(self) -> None:
        carrier, seen = answering(refused(), listed())

        with pytest.raises(Rejected) as caught:
            carrier.release(NUMBER, carrier_reference="GB-447700900000", deadline=Deadline(5))
        assert caught.value.reason is Reason.NOT_FOUND
        assert form(seen[0]) == {"country": "GB", "msisdn": "447700900000"}


class TestForwarding:
    SPEC = TrunkSpec(
        name="x",
        gateways=(
            GatewaySpec(host="pbx.example.net", port=5061, transport=Transport.TLS, priority=2),
            GatewaySpec(host="192.0.2.1"),
        ),
    )

    def test_a_trunk_is_short_for_what_stands_on_its_numbers(self) -> None:
        assert forwarding.reference_of(self.SPEC) == TRUNK
        assert forwarding.value_of(TRUNK, NUMBER) == VALUE
        assert forwarding.reference_from("sip", VALUE, NUMBER) == TRUNK

    @pytest.mark.parametrize("did_format", list(DidFormat))
    @pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "pbx.example.net"])
    def test_every_form_is_read_as_it_was_written(self, did_format: DidFormat, host: str) -> None:
        spec = TrunkSpec(name="x", gateways=(GatewaySpec(host=host),), did_format=did_format)
        reference = forwarding.reference_of(spec)
        value = forwarding.value_of(reference, NUMBER)

        assert forwarding.reference_from("sip", value, NUMBER) == reference

    @pytest.mark.parametrize(
        ("kind", "value", "expected"),
        [
            ("", "", ""),
            ("sip", "", ""),
            ("tel", "447700900001", "tel:447700900001"),
            ("app", "a-1", ""),
            ("sip", "sip:1234@pbx.example.net:5060", "sip:sip:1234@pbx.example.net:5060"),
            (
                "sip",
                VALUE.upper().replace("TLS", "tls"),
                "+@192.0.2.1:5060,PBX.EXAMPLE.NET:5061;tls",
            ),
            ("sip", VALUE + ",nonsense", f"sip:{VALUE},nonsense"[:80]),
        ],
    )
    def test_what_we_did_not_write_is_no_trunk_of_ours(
        self, kind: str, value: str, expected: str
    ) -> None:
        assert forwarding.reference_from(kind, value, NUMBER) == expected

    def test_what_does_not_fit_is_refused_before_anything_is_sent(self) -> None:
        carrier, seen = answering()
        long = tuple(GatewaySpec(host=f"{letter * 40}.example.net") for letter in "ab")
        odd = (GatewaySpec(host="a,b"),)

        for gateways in (long, odd):
            with pytest.raises(Rejected):
                carrier.create_trunk(
                    TrunkSpec(name="x", gateways=gateways), reference="r", deadline=Deadline(5)
                )
        assert seen == []

    @pytest.mark.parametrize("reference", ["x", "x@192.0.2.1:5060", "+@", "+@a:5060,b"])
    def test_a_reference_of_another_carrier_is_refused(self, reference: str) -> None:
        with pytest.raises(Rejected):
            forwarding.value_of(reference, NUMBER)


class TestBind:
    def bind(self, carrier: Vonage, trunk: str) -> None:
        carrier.bind(NUMBER, carrier_reference="", trunk_reference=trunk, deadline=Deadline(5))

    def test_repeats_what_is_on_the_number_already(self) -> None:
        hooks = {"moHttpUrl": "https://hook", "messagesCallbackType": "app"}
        carrier, seen = answering(listed(row(**hooks, messagesCallbackValue="a-1")), ok(DONE))
        self.bind(carrier, TRUNK)

        assert form(seen[1]) == {
            "country": "GB",
            "msisdn": "447700900000",
            "moHttpUrl": "https://hook",
            "app_id": "a-1",
            "voiceCallbackType": "sip",
            "voiceCallbackValue": VALUE,
        }

    @pytest.mark.parametrize("name", ["voiceStatusCallback", "voiceStatusCallbackUrl"])
    def test_repeats_the_address_that_is_told_when_a_call_ends(self, name: str) -> None:
        carrier, seen = answering(listed(row(**{name: "https://ended"})), ok(DONE))
        self.bind(carrier, TRUNK)

        assert form(seen[1])["voiceStatusCallback"] == "https://ended"

    def test_unbinds_where_an_update_takes_away_what_it_leaves_out(self) -> None:
        there = row(voiceCallbackType="sip", voiceCallbackValue=VALUE, app_id="a-1")
        carrier, seen = answering(listed(there), ok(DONE), listed(row()))
        self.bind(carrier, "")

        assert form(seen[1]) == {"country": "GB", "msisdn": "447700900000", "app_id": "a-1"}

    def test_unbinds_where_an_update_keeps_what_it_leaves_out(self) -> None:
        there = row(voiceCallbackType="sip", voiceCallbackValue=VALUE)
        carrier, seen = answering(listed(there), ok(DONE), listed(there), ok(DONE))
        self.bind(carrier, "")

        sent = form(seen[3])
        assert (sent["voiceCallbackType"], sent["voiceCallbackValue"]) == ("sip", "")


class TestBalance:
    @pytest.mark.parametrize("text", ["10.17127500", "10", "-0.5"])
    def test_is_never_a_binary_fraction(self, text: str) -> None:
        content = f'{{"value": {text}, "autoReload": false}}'.encode()
        carrier, _ = answering(httpx2.Response(200, content=content))

        assert str(carrier.balance(deadline=Deadline(5)).amount) == text


class TestMessages:
    HOOK = "https://pbx.example/texts"

    def route(self, carrier: Vonage, address: str) -> None:
        carrier.route_messages(NUMBER, address, carrier_reference="", deadline=Deadline(5))

    def test_repeats_where_calls_go(self) -> None:
        there = row(voiceCallbackType="tel", voiceCallbackValue="441", app_id="a-1")
        carrier, seen = answering(listed(there), ok(DONE))
        self.route(carrier, self.HOOK)

        assert form(seen[1]) == {
            "country": "GB",
            "msisdn": "447700900000",
            "moHttpUrl": self.HOOK,
            "app_id": "a-1",
            "voiceCallbackType": "tel",
            "voiceCallbackValue": "441",
        }

    def test_repeats_no_half_of_where_calls_go(self) -> None:
        carrier, seen = answering(listed(row(voiceCallbackType="app")), ok(DONE))
        self.route(carrier, self.HOOK)

        assert "voiceCallbackType" not in form(seen[1])

    def test_switches_messages_off_by_both_readings(self) -> None:
        there = listed(row(moHttpUrl=self.HOOK))
        carrier, seen = answering(there, ok(DONE), there, ok(DONE))
        self.route(carrier, "")

        assert "moHttpUrl" not in form(seen[1])
        assert form(seen[3])["moHttpUrl"] == ""

    def test_writes_nothing_where_they_go_there(self) -> None:
        carrier, seen = answering(listed(row(moHttpUrl=self.HOOK)))
        self.route(carrier, self.HOOK)

        assert len(seen) == 1

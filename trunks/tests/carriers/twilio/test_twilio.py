"""What is particular to Twilio."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx2
import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.twilio import payloads, webhooks
from trunks.carriers.twilio.adapter import Twilio
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.http import READ_ATTEMPTS
from trunks.numbering import Capability, NumberType
from trunks.offers import GatewaySpec, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers

NUMBER = E164("+14155550123")
SID = "AC" + "5" * 32
TOKEN = "12345"


def answering(*answers: httpx2.Response) -> tuple[Twilio, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Twilio, {"account_sid": SID, "auth_token": TOKEN}, answers)


def ok(body: Any, status: int = 200) -> httpx2.Response:
    """Write a good answer."""
    return httpx2.Response(status, json=body)


def owned(number: str = NUMBER, **more: Any) -> dict[str, Any]:
    """Write one of our numbers."""
    return {"sid": "PN1", "phone_number": number, "trunk_sid": None, "friendly_name": "r", **more}


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({"area_code": "312"}, {"AreaCode": "312"}),
            ({"area_code": "312", "prefix": "555"}, {"AreaCode": "312", "Contains": "+1312555"}),
            ({"country": "GB", "area_code": "20"}, {"Contains": "+4420"}),
            ({"contains": "2580"}, {"Contains": "2580"}),
            ({"contains": "7"}, {}),
            ({"locality": "Chicago", "region": "IL"}, {"InLocality": "Chicago", "InRegion": "IL"}),
            ({"capabilities": frozenset({Capability.SMS})}, {"SmsEnabled": "true"}),
        ],
    )
    def test_says_what_is_wanted(self, wanted: dict[str, Any], expected: dict[str, str]) -> None:
        told = dict(payloads.search_params(Wanted(**{"country": "US", **wanted})))

        told.pop("PageSize")
        assert told == expected

    def test_asks_for_more_where_one_pattern_cannot_say_all(self) -> None:
        wanted = Wanted(country="US", prefix="555", contains="01", limit=5)

        assert dict(payloads.search_params(wanted))["PageSize"] == str(payloads.LARGEST_PAGE)

    def test_prices_come_from_a_host_of_their_own(self) -> None:
        prices = {
            "price_unit": "usd",
            "phone_number_prices": [
                {"number_type": "local", "current_price": "1.15"},
                {"number_type": "toll free", "current_price": "2.15"},
            ],
        }
        offer = {
            "phone_number": "+18005550123",
            "iso_country": "US",
            "capabilities": {"voice": True, "SMS": True, "mms": False},
            "address_requirements": "any",
        }
        carrier, seen = answering(ok(prices), ok({"available_phone_numbers": [offer]}))

        (found,) = carrier.search(
            Wanted(country="US", type=NumberType.TOLL_FREE), deadline=Deadline(5)
        )

        assert str(found.monthly) == "2.15 USD"
        assert str(found.setup) == "0.00 USD"
        assert found.needs_documents
        assert found.capabilities == {Capability.VOICE, Capability.SMS}
        assert [request.url.host for request in seen] == ["pricing.twilio.com", "api.twilio.com"]
        assert seen[1].url.path.endswith(f"/Accounts/{SID}/AvailablePhoneNumbers/US/TollFree.json")

    @pytest.mark.parametrize(("status", "times"), [(403, 1), (404, 1), (500, READ_ATTEMPTS)])
    def test_shows_numbers_without_a_price_where_the_prices_fail(
        self, status: int, times: int
    ) -> None:
        refused = httpx2.Response(status, json={"code": 20003, "message": "No"})
        offers = ok({"available_phone_numbers": [{"phone_number": NUMBER}]})
        carrier, _ = answering(*[refused] * times, offers)

        (found,) = carrier.search(Wanted(country="FR"), deadline=Deadline(5))
        assert (found.number, found.monthly) == (NUMBER, None)

    def test_reads_an_offer_that_tells_its_number_alone(self) -> None:
        told = {"capabilities": None, "address_requirements": None, "iso_country": "US"}
        rows = [{"phone_number": NUMBER}, {"phone_number": NUMBER, **told}]
        wanted = Wanted(country="US")

        for offer in payloads.found_numbers_from({"available_phone_numbers": rows}, wanted, None):
            assert (offer.number, offer.country, offer.capabilities) == (NUMBER, "US", frozenset())
            assert not offer.needs_documents


class TestOrder:
    def test_our_reference_is_the_friendly_name(self) -> None:
        carrier, seen = answering(ok(owned(), 201))
        carrier.order([NUMBER], reference="r-1", binding="TK1", deadline=Deadline(5))

        sent = seen[0].content.decode()
        assert sent == "PhoneNumber=%2B14155550123&FriendlyName=r-1&TrunkSid=TK1"

    def test_an_answer_about_another_number_is_none(self) -> None:
        carrier, _ = answering(ok(owned("+14155550199"), 201))

        with pytest.raises(OutcomeUnknown):
            carrier.order([NUMBER], reference="r", binding="", deadline=Deadline(5))

    def test_takes_one_number_a_call(self) -> None:
        carrier, seen = answering()

        with pytest.raises(ValueError, match="too many values"):
            carrier.order([NUMBER, NUMBER], reference="r", binding="", deadline=Deadline(5))
        assert seen == []


class TestOwned:
    def test_credentials_never_follow_the_address_of_the_next_page(self) -> None:
        evil = "https://evil.example/steal?Page=1&PageSize=2&PageToken=PA1&Other=x"
        carrier, seen = answering(
            ok({"incoming_phone_numbers": [owned()], "next_page_uri": evil}),
            ok({"incoming_phone_numbers": [], "next_page_uri": None}),
        )
        carrier.owned(deadline=Deadline(5))

        assert [request.url.host for request in seen] == ["api.twilio.com"] * 2
        assert dict(seen[1].url.params) == {"Page": "1", "PageSize": "2", "PageToken": "PA1"}

    def test_a_list_that_runs_in_circles_is_an_error(self) -> None:
        again = {"incoming_phone_numbers": [], "next_page_uri": "/x?Page=1&PageSize=2"}
        carrier, _ = answering(*[ok(again) for _ in range(3)])

        with pytest.raises(Unavailable, match="twice"):
            carrier.owned(deadline=Deadline(5))


class TestTrunk:
    def test_writes_a_gateway_as_a_sip_address(self) -> None:
        gateway = GatewaySpec(host="pbx.example.net", port=5061, transport=Transport.TLS)

        assert payloads.sip_url(gateway) == "sip:pbx.example.net:5061;transport=tls"
        assert payloads.sip_url(GatewaySpec(host="2001:db8::1")).startswith("sip:[2001:db8::1]:")

    def test_numbers_come_with_a_plus_or_not_at_all(self) -> None:
        carrier, seen = answering()
        spec = TrunkSpec(name="x", gateways=(), did_format=DidFormat.NATIONAL)

        with pytest.raises(Rejected):
            carrier.create_trunk(spec, reference="r", deadline=Deadline(5))
        assert seen == []


class TestSignatures:
    """The vector of the form is that of Twilio's own documentation and SDK."""

    URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
    BODY = (
        b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309"
        b"&To=%2B18005551212&Caller=%2B14158675309"
    )
    GOOD = "RSOYDt4T1cUTdK1PDd93/VVr8B8="

    def signed(self, signature: str, url: str, body: bytes) -> bool:
        return webhooks.is_signed({"X-Twilio-Signature": signature}, body, url, TOKEN)

    def test_a_form(self) -> None:
        assert self.signed(self.GOOD, self.URL, self.BODY)
        assert not self.signed(self.GOOD, self.URL, self.BODY + b"&x=1")
        assert not self.signed(self.GOOD, self.URL + "&x=1", self.BODY)
        assert not self.signed("", self.URL, self.BODY)
        assert not self.signed("é", self.URL, self.BODY)

    def test_a_body_whose_digest_is_in_the_address(self) -> None:
        body = b'{"property": "value", "boolean": true}'
        url = f"https://example.com/hook?bodySHA256={hashlib.sha256(body).hexdigest()}"
        signature = webhooks.signature(url, TOKEN)

        assert self.signed(signature, url, body)
        assert not self.signed(signature, url, body + b" ")

    @pytest.mark.parametrize("port", ["", ":443"])
    @pytest.mark.parametrize("signed_port", ["", ":443"])
    def test_with_and_without_the_port(self, port: str, signed_port: str) -> None:
        signature = webhooks.signature(f"https://example.com{signed_port}/hook", TOKEN)

        assert self.signed(signature, f"https://example.com{port}/hook", b"")

    def test_a_repeated_field_counts_each_value_once(self) -> None:
        signature = webhooks.signature("https://example.com/hookAaAb", TOKEN)

        assert self.signed(signature, "https://example.com/hook", b"A=b&A=a&A=b")


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "body", "reason"),
        [
            (400, {"code": 21422, "message": "not available"}, Reason.NUMBER_GONE),
            (400, {"code": 21452, "message": "none found"}, Reason.NUMBER_GONE),
            (400, {"code": 21421, "message": "invalid"}, Reason.INVALID),
            (400, {"code": 21631, "message": "address"}, Reason.DOCUMENTS_MISSING),
            (400, {"code": 1, "message": "Bundle required and not provided"},
             Reason.DOCUMENTS_MISSING),
            (400, {"code": 1, "message": "Your balance is too low"}, Reason.NO_FUNDS),
            (404, {"code": 20404, "message": "not found"}, Reason.NOT_FOUND),
            (404, {"code": 1, "title": "Not found", "status": 404}, Reason.NOT_FOUND),
            (400, {"code": 1, "message": "?"}, Reason.INVALID),
            (409, {"code": 1, "detail": "?"}, Reason.OTHER),
            (400, {"message": "No such thing as a code", "status": 400}, Reason.INVALID),
            (404, {"code": None, "message": "No such page"}, Reason.NOT_FOUND),
        ],
    )  # fmt: skip
    def test_are_told_apart(self, status: int, body: dict[str, Any], reason: Reason) -> None:
        assert payloads.refusal_from(status, body)[0] is reason

    def test_that_say_nothing_are_not_believed(self) -> None:
        with pytest.raises(ValueError, match="without words"):
            payloads.refusal_from(400, {"status": 400})

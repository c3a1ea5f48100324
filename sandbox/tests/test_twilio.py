"""Twilio: what its customers rely on, and what surprises them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl

import httpx2
import pytest

from sandbox.tests.conftest import Letterbox
from sandbox.tests.talk import Control, Twilio
from sandbox.tests.test_telnyx import eventually


class TestSearch:
    def test_finds_by_area_and_capability_and_knows_no_price(self, twilio: Twilio) -> None:
        answer = twilio.get(
            "AvailablePhoneNumbers/US/Local", AreaCode=415, SmsEnabled="true", PageSize=3
        ).json()
        assert set(answer) == {"uri", "available_phone_numbers"}
        assert len(answer["available_phone_numbers"]) == 3
        for offer in answer["available_phone_numbers"]:
            assert offer["friendly_name"].startswith("(415) 555-01")
            assert offer["capabilities"]["sms"] is True
            assert not any("price" in name or "cost" in name for name in offer)

    @pytest.mark.parametrize(
        ("pattern", "form"),
        [("+1312*******", r"\+1312\d+"), ("5550160", r".*5550160"), ("555*19%", r".*555\d19")],
    )
    def test_understands_patterns(self, twilio: Twilio, pattern: str, form: str) -> None:
        for number in twilio.offered(5, Contains=pattern):
            assert re.match(form, number)

    def test_names_the_country_that_does_not_sell_a_kind(self, twilio: Twilio) -> None:
        answer = twilio.get("AvailablePhoneNumbers/US/Mobile")
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)

    def test_says_where_an_address_is_needed(self, twilio: Twilio) -> None:
        (number,) = twilio.offered(place="GB/Mobile")
        answer = twilio.buy(number)
        assert (answer.status_code, answer.json()["code"]) == (400, 21631)
        assert twilio.offered(place="GB/Mobile", ExcludeAllAddressRequired="true") == []

    @pytest.mark.parametrize("query", [{"Areacode": 312}, {"AreaCode": "x"}, {"PageSize": 1001}])
    def test_refuses_what_the_description_lacks(
        self, twilio: Twilio, query: dict[str, object]
    ) -> None:
        answer = twilio.get("AvailablePhoneNumbers/US/Local", **query)
        assert (answer.status_code, answer.json()["code"]) == (400, 20001)

    def test_has_a_price_list_beside_it(self, twilio: Twilio) -> None:
        prices = twilio.get("pricing/v1/PhoneNumbers/Countries/GB").json()
        assert prices["price_unit"] == "USD"
        assert {"number_type": "toll free", "base_price": "2.50", "current_price": "2.50"} in (
            prices["phone_number_prices"]
        )


class TestBuy:
    def test_is_done_when_it_returns(self, twilio: Twilio, control: Control) -> None:
        before = float(twilio.get("Balance").json()["balance"])
        (number,) = twilio.offered()
        answer = twilio.buy(number, FriendlyName="Front desk")
        bought = answer.json()
        assert answer.status_code == 201
        assert re.fullmatch(r"PN[0-9a-f]{32}", bought["sid"])
        assert parsedate_to_datetime(bought["date_created"]).utcoffset() is not None
        assert (bought["friendly_name"], bought["status"]) == ("Front desk", "in-use")
        assert float(twilio.get("Balance").json()["balance"]) == pytest.approx(before - 1.15)
        assert control.get("seen")["purchases"] == {number: 1}

    def test_fails_for_the_second_buyer(self, twilio: Twilio) -> None:
        (number,) = twilio.offered()
        twilio.buy(number)
        answer = twilio.buy(number)
        assert (answer.status_code, answer.json()["code"]) == (400, 21422)
        assert answer.json()["more_info"] == "https://www.twilio.com/docs/errors/21422"

    def test_has_one_winner_among_eight_buyers(self, twilio: Twilio, control: Control) -> None:
        (number,) = twilio.offered()
        with ThreadPoolExecutor(8) as buyers:
            answers = list(buyers.map(twilio.buy, [number] * 8))
        assert sorted(answer.status_code for answer in answers) == [201, *[400] * 7]
        assert control.get("seen")["purchases"] == {number: 1}

    def test_by_area_code_buys_another_each_time(self, twilio: Twilio) -> None:
        first, second = (
            twilio.post("IncomingPhoneNumbers", AreaCode="312").json()["phone_number"]
            for _ in range(2)
        )
        assert first != second
        answer = twilio.post("IncomingPhoneNumbers", AreaCode="999")
        assert (answer.status_code, answer.json()["code"]) == (400, 21452)

    def test_refuses_without_money(self, twilio: Twilio, control: Control) -> None:
        poor = control.post("accounts", carrier="twilio", balance="1.00", credentials={})
        sid, token = poor["credentials"]["account_sid"], poor["credentials"]["auth_token"]
        answer = twilio.client.post(
            f"/twilio/api/2010-04-01/Accounts/{sid}/IncomingPhoneNumbers.json",
            data={"AreaCode": "312"},
            auth=(sid, token),
        )
        assert answer.status_code == 400
        assert "balance" in answer.json()["message"]

    @pytest.mark.parametrize(
        ("form", "code"),
        [
            ({}, 21450),
            ({"PhoneNumber": "3125550150"}, 21421),
            ({"PhoneNumber": "+13125559999"}, 21422),
            ({"PhoneNumber": "+13125550150", "TrunkSid": "TK1"}, 20001),
            ({"PhoneNumber": "+13125550150", "TrunkSid": "TK" + "0" * 32}, 20001),
            ({"PhoneNumber": "+13125550150", "Trunk": "x"}, 20001),
        ],
    )
    def test_refuses_malformed_forms(self, twilio: Twilio, form: dict[str, str], code: int) -> None:
        answer = twilio.post("IncomingPhoneNumbers", **form)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


class TestNumbers:
    def test_come_in_pages_with_relative_addresses(self, twilio: Twilio) -> None:
        for number in twilio.offered(7):
            twilio.buy(number)
        page = twilio.get("IncomingPhoneNumbers", PageSize=3).json()
        seen = [row["phone_number"] for row in page["incoming_phone_numbers"]]
        while page["next_page_uri"]:
            assert page["next_page_uri"].startswith("/2010-04-01/Accounts/")
            page = twilio.client.get(f"/twilio/api{page['next_page_uri']}").json()
            seen += [row["phone_number"] for row in page["incoming_phone_numbers"]]
        assert len(set(seen)) == len(seen) == 7
        assert page["previous_page_uri"]

    def test_are_found_by_number(self, twilio: Twilio) -> None:
        for number in twilio.offered(2):
            twilio.buy(number)
        found = twilio.get("IncomingPhoneNumbers", PhoneNumber=number).json()
        assert [row["phone_number"] for row in found["incoming_phone_numbers"]] == [number]

    def test_lose_their_voice_application_to_a_trunk_and_the_reverse(self, twilio: Twilio) -> None:
        trunk_sid, application = twilio.trunk("sip:127.0.0.1"), "AP" + "1" * 32
        (number,) = twilio.offered()
        bought = twilio.buy(number, VoiceApplicationSid=application).json()
        path = f"IncomingPhoneNumbers/{bought['sid']}"
        bound = twilio.post(path, TrunkSid=trunk_sid).json()
        assert (bound["trunk_sid"], bound["voice_application_sid"]) == (trunk_sid, None)
        turned = twilio.post(path, VoiceApplicationSid=application).json()
        assert (turned["trunk_sid"], turned["voice_application_sid"]) == (None, application)
        assert twilio.post(path, TrunkSid=trunk_sid).json()["trunk_sid"] == trunk_sid
        assert twilio.post(path, TrunkSid="").json()["trunk_sid"] is None

    def test_are_released_for_good(self, twilio: Twilio) -> None:
        (number,) = twilio.offered()
        path = f"IncomingPhoneNumbers/{twilio.buy(number).json()['sid']}"
        gone = twilio.delete(path)
        assert (gone.status_code, gone.content) == (204, b"")
        again = twilio.delete(path)
        assert (again.status_code, again.json()["code"]) == (404, 20404)
        assert twilio.buy(number).status_code == 201


class TestTrunks:
    def test_deliver_to_enabled_addresses_by_priority(
        self, twilio: Twilio, control: Control
    ) -> None:
        trunk_sid = twilio.trunk("sip:127.0.0.5:5070;transport=tcp", "sips:pbx.example.net")
        (number,) = twilio.offered()
        assert control.delivery(number)["delivered"] is False
        twilio.buy(number, TrunkSid=trunk_sid)
        delivery = control.delivery(number)
        assert delivery["delivered"] is True
        assert delivery["request_user"] == number
        assert delivery["source_address"] == "127.0.2.10"
        assert [(g["host"], g["port"], g["transport"]) for g in delivery["gateways"]] == [
            ("127.0.0.5", 5070, "tcp"),
            ("pbx.example.net", 5061, "tls"),
        ]

    def test_take_and_give_back_numbers(self, twilio: Twilio) -> None:
        trunk_sid = twilio.trunk("sip:127.0.0.1")
        bought = twilio.buy(*twilio.offered()).json()
        below = f"trunking/v1/Trunks/{trunk_sid}/PhoneNumbers"
        assert twilio.post(below, PhoneNumberSid=bought["sid"]).status_code == 201
        row = twilio.get(f"{below}/{bought['sid']}").json()
        assert row["date_created"].endswith("Z")
        assert twilio.delete(f"{below}/{bought['sid']}").status_code == 204
        assert twilio.get(f"{below}/{bought['sid']}").status_code == 404

    def test_come_in_pages_with_absolute_addresses(self, twilio: Twilio) -> None:
        sids = [twilio.trunk() for _ in range(3)]
        page = twilio.get("trunking/v1/Trunks", PageSize=2).json()
        assert page["meta"]["key"] == "trunks"
        rest = twilio.client.get(page["meta"]["next_page_url"]).json()
        assert [row["sid"] for row in page["trunks"] + rest["trunks"]] == sids
        assert rest["meta"]["next_page_url"] is None

    def test_take_outbound_calls_once_they_have_a_list(self, twilio: Twilio) -> None:
        trunk_sid = twilio.trunk()
        assert twilio.get(f"trunking/v1/Trunks/{trunk_sid}").json()["auth_type"] == ""
        acl = twilio.post("SIP/IpAccessControlLists", FriendlyName="PBX").json()["sid"]
        added = twilio.post(
            f"SIP/IpAccessControlLists/{acl}/IpAddresses",
            FriendlyName="Node",
            IpAddress="192.0.2.7",
        )
        assert added.json()["cidr_prefix_length"] == 32
        twilio.post(
            f"trunking/v1/Trunks/{trunk_sid}/IpAccessControlLists", IpAccessControlListSid=acl
        )
        trunk = twilio.get(f"trunking/v1/Trunks/{trunk_sid}").json()
        assert (trunk["auth_type"], trunk["auth_type_set"]) == ("IP_ACL", ["IP_ACL"])

    def test_ask_for_every_part_of_an_address(self, twilio: Twilio) -> None:
        path = f"trunking/v1/Trunks/{twilio.trunk()}/OriginationUrls"
        answer = twilio.post(path, SipUrl="sip:127.0.0.1", FriendlyName="x", Priority=1, Weight=1)
        assert (answer.status_code, answer.json()["code"]) == (400, 20001)
        assert "Enabled" in answer.json()["message"]


class TestDoor:
    def test_refuses_wrong_tokens_and_other_accounts(self, twilio: Twilio) -> None:
        wrong = twilio.client.get(twilio.path("Balance"), auth=(twilio.sid, "wrong"))
        other = twilio.client.get(f"/twilio/api/2010-04-01/Accounts/AC{'0' * 32}/Balance.json")
        for answer in (wrong, other):
            assert (answer.status_code, answer.json()["code"]) == (401, 20003)

    def test_knows_which_methods_a_path_takes(self, twilio: Twilio) -> None:
        answer = twilio.delete("Balance")
        assert (answer.status_code, answer.json()["code"]) == (405, 20004)


class TestStatusCallback:
    def test_is_signed_with_the_token(
        self, twilio: Twilio, control: Control, letterbox: Letterbox
    ) -> None:
        (number,) = twilio.offered()
        url = "https://portal.example/hooks?x=1"
        twilio.buy(number, StatusCallback=url)
        assert control.post("calls", number=number)["told_by"] == ["twilio"]
        assert eventually(lambda: len(letterbox.letters) == 1)
        (letter,) = letterbox.letters
        form = dict(parse_qsl(letter.body.decode()))
        text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
        token = "5a0d0000000000000000000000000002"
        mac = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
        assert letter.headers["X-Twilio-Signature"] == base64.b64encode(mac).decode()
        assert form["To"] == number

    def test_is_badly_signed_on_demand(
        self, twilio: Twilio, control: Control, letterbox: Letterbox
    ) -> None:
        (number,) = twilio.offered()
        twilio.buy(number, StatusCallback="https://portal.example/hooks")
        control.fault("twilio", "webhook", "webhook_badly_signed")
        for _ in range(2):
            control.post("calls", number=number)
        assert eventually(lambda: len(letterbox.letters) == 2)
        signed = {letter.body: letter.headers["X-Twilio-Signature"] for letter in letterbox.letters}
        token = "5a0d0000000000000000000000000002"
        good = 0
        for body, signature in signed.items():
            form = dict(parse_qsl(body.decode()))
            text = "https://portal.example/hooks" + "".join(f"{n}{form[n]}" for n in sorted(form))
            mac = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
            good += signature == base64.b64encode(mac).decode()
        assert good == 1

    def test_is_not_sent_for_purchases(
        self, twilio: Twilio, control: Control, letterbox: Letterbox
    ) -> None:
        (number,) = twilio.offered()
        twilio.buy(number, StatusCallback="https://portal.example/hooks")
        assert control.get("webhooks") == []


class TestMessaging:
    def test_a_number_is_in_one_service_at_most(self, twilio: Twilio) -> None:
        (number,) = twilio.offered()
        sid = twilio.buy(number).json()["sid"]
        one, other = (
            twilio.post("messaging/v1/Services", FriendlyName="x").json()["sid"] for _ in range(2)
        )

        def add(service: str) -> httpx2.Response:
            return twilio.post(f"messaging/v1/Services/{service}/PhoneNumbers", PhoneNumberSid=sid)

        assert add(one).status_code == 201
        assert [add(service).json()["code"] for service in (one, other)] == [21710, 21712]
        assert twilio.delete(f"messaging/v1/Services/{one}").status_code == 204
        assert add(other).status_code == 201

    def test_a_brand_needs_approved_profiles(self, twilio: Twilio) -> None:
        policy = f"RN{'0' * 32}"
        path = "trusthub/v1/CustomerProfiles"
        made = twilio.post(path, FriendlyName="Oak", Email="a@oak.example", PolicySid=policy)
        sid = made.json()["sid"]
        refused = twilio.post(
            "messaging/v1/a2p/BrandRegistrations",
            CustomerProfileBundleSid=sid,
            A2PProfileBundleSid=sid,
        )
        assert made.json()["status"] == "draft"
        assert refused.status_code == 400

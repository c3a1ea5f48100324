"""VoIP.ms: what its customers rely on, and what surprises them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from sandbox.tests.talk import Control, VoipMs


class TestAsking:
    def test_works_either_way(self, voipms: VoipMs) -> None:
        told = {**voipms.signed_in, "method": "getBalance"}
        answer = voipms.client.get("/voipms/rest.php", params=told)
        assert answer.json() == voipms.ask("getBalance")

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"api_password": "wrong"}, "invalid_credentials"),
            ({"api_username": "nobody@example.com"}, "invalid_credentials"),
            ({"api_password": ""}, "missing_credentials"),
            ({"method": ""}, "missing_method"),
            ({"method": "buyEverything"}, "invalid_method"),
            ({"advancd": "1"}, "missing_params"),
        ],
    )
    def test_is_refused_with_a_good_status(
        self, voipms: VoipMs, more: dict[str, str], status: str
    ) -> None:
        voipms.signed_in = {**voipms.signed_in, "method": "getBalance", **more}
        answer = voipms.client.post("/voipms/rest.php", data=voipms.signed_in)
        assert (answer.status_code, answer.json()) == (200, {"status": status})

    def test_too_often_is_a_word_too(self, voipms: VoipMs, control: Control) -> None:
        control.fault("voipms", "balance", "rate_limited", seconds=7)
        assert voipms.ask("getBalance") == {"status": "api_limit_exceeded"}


class TestSearch:
    @pytest.mark.parametrize(
        ("told", "count"),
        [
            ({"type": "starts", "query": "206555"}, 50),
            ({"type": "ends", "query": "0551", "state": "WA"}, 1),
            ({"type": "contains", "query": "2065550551"}, 1),
        ],
    )
    def test_goes_by_digits(self, voipms: VoipMs, told: dict[str, str], count: int) -> None:
        offers = voipms.ask("searchDIDsUSA", **told)["dids"]
        assert len(offers) == count
        assert all("sms" not in offer for offer in offers)

    def test_only_the_list_of_a_state_says_what_a_number_can_do(self, voipms: VoipMs) -> None:
        offers = voipms.ask("getDIDsCAN", province="ON", ratecenter="Toronto")["dids"]
        assert {offer["sms"] for offer in offers} == {0, 1}
        assert {offer["province"] for offer in offers} == {"ON"}

    @pytest.mark.parametrize(
        ("method", "told", "status"),
        [
            ("getDIDsUSA", {}, "missing_state"),
            ("getDIDsUSA", {"state": "XX"}, "invalid_state"),
            ("searchDIDsUSA", {"type": "starts"}, "missing_query"),
            ("searchDIDsUSA", {"type": "like", "query": "1"}, "invalid_type"),
            ("searchDIDsUSA", {"type": "starts", "query": "1"}, "no_did"),
            ("searchTollFreeUSA", {}, "no_did"),
        ],
    )
    def test_has_words_for_finding_nothing(
        self, voipms: VoipMs, method: str, told: dict[str, str], status: str
    ) -> None:
        assert voipms.ask(method, **told) == {"status": status}


class TestPurchase:
    def test_says_no_more_than_that_it_worked(self, voipms: VoipMs, control: Control) -> None:
        (did,) = voipms.offered()
        assert voipms.ask("getDIDsInfo") == {"status": "no_did"}
        assert voipms.buy(did, note="ours") == "success"
        (mine,) = voipms.ask("getDIDsInfo")["dids"]
        # Text in the search, a number here.
        assert (mine["did"], mine["note"]) == (int(did), "ours")
        assert control.get("seen")["purchases"] == {f"+1{did}": 1}
        assert not control.delivery(f"+1{did}")["delivered"]

    def test_is_only_tried_where_it_is_a_test(self, voipms: VoipMs, control: Control) -> None:
        (did,) = voipms.offered()
        assert voipms.buy(did, test=1) == "success"
        assert control.get("seen")["purchases"] == {}

    def test_has_one_winner_among_eight_buyers(self, voipms: VoipMs) -> None:
        (did,) = voipms.offered()
        with ThreadPoolExecutor(8) as buyers:
            words = sorted(buyers.map(voipms.buy, [did] * 8))
        assert words == [*["did_in_use"] * 7, "success"]

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"pop": ""}, "missing_serverpop"),
            ({"pop": 99}, "invalid_serverpop"),
            ({"dialtime": "long"}, "invalid_dialtime"),
            ({"cnam": 2}, "invalid_cnam"),
            ({"billing_type": 3}, "invalid_billingtype"),
            ({"routing": "pbx"}, "invalid_routing_header"),
            ({"routing": "account:100001_pbx"}, "invalid_account"),
            ({"failover_busy": "sip:1"}, "invalid_sipuri"),
            ({"did": "9995550550"}, "invalid_did"),
        ],
    )
    def test_needs_everything_said_in_its_way(
        self, voipms: VoipMs, more: dict[str, Any], status: str
    ) -> None:
        (did,) = voipms.offered()
        assert voipms.buy(**{"did": did, **more}) == status

    def test_flat_costs_more(self, voipms: VoipMs) -> None:
        first, second = voipms.offered(2)
        spent = []
        for did, billing_type in ((first, 1), (second, 2)):
            before = Decimal(voipms.ask("getBalance")["balance"]["current_balance"])
            voipms.buy(did, billing_type=billing_type)
            after = Decimal(voipms.ask("getBalance")["balance"]["current_balance"])
            spent.append(before - after)
        assert spent[0] < spent[1]

    def test_without_money_has_a_word(self, voipms: VoipMs, control: Control) -> None:
        (did,) = voipms.offered()
        control.fault("voipms", "order", "no_funds")
        assert voipms.buy(did) == "non_sufficient_funds"

    def test_ends_with_a_release(self, voipms: VoipMs) -> None:
        (did,) = voipms.offered()
        voipms.buy(did)
        for told, status in (
            ({"test": 1}, "success"),
            ({"portout": 0}, "success"),
            ({}, "invalid_did"),
        ):
            assert voipms.ask("cancelDID", did=did, **told) == {"status": status}
        assert did in voipms.offered(50)


class TestRouting:
    def test_goes_to_an_address_and_then_to_another(self, voipms: VoipMs, control: Control) -> None:
        (did,) = voipms.offered()
        first = voipms.address("1{DID}@192.0.2.1")
        second = voipms.address("{DID}@pbx.example:5070")
        voipms.buy(did, routing=f"sip:{first}", failover_unreachable=f"sip:{second}")
        delivery = control.delivery(f"+1{did}")
        assert delivery["request_user"] == f"1{did}"
        places = [(one["host"], one["port"]) for one in delivery["gateways"]]
        assert places == [("192.0.2.1", 5060), ("pbx.example", 5070)]

        voipms.ask("setDIDRouting", did=did, routing="sys:busy")
        assert not control.delivery(f"+1{did}")["delivered"]
        (mine,) = voipms.ask("getDIDsInfo", did=did)["dids"]
        assert mine["failover_unreachable"] == f"sip:{second}"

    def test_a_change_of_all_settings_empties_what_it_leaves_out(self, voipms: VoipMs) -> None:
        (did,) = voipms.offered()
        voipms.buy(did, note="ours", failover_busy="vm:1")
        told = {"pop": 10, "dialtime": 30, "cnam": 1, "billing_type": 1}
        voipms.ask("setDIDInfo", did=did, routing="none:", **told)
        (mine,) = voipms.ask("getDIDsInfo")["dids"]
        assert (mine["note"], mine["failover_busy"], mine["pop"]) == ("", "none:", "10")

    def test_an_address_can_be_changed_and_is_not_named_when_made(self, voipms: VoipMs) -> None:
        assert voipms.ask("getSIPURIs") == {"status": "no_sipuri"}
        id_ = voipms.address("a@192.0.2.1")
        voipms.ask("setSIPURI", sipuri=id_, uri="b@192.0.2.2:5080")
        (there,) = voipms.ask("getSIPURIs", sipuri=id_)["sipuris"]
        assert there["uri"] == "b@192.0.2.2:5080"
        for told in ({"uri": "192.0.2.2"}, {"sipuri": 1, "uri": "b@192.0.2.2"}):
            assert voipms.ask("setSIPURI", **told) == {"status": "invalid_sipuri"}

    def test_a_server_must_be_chosen(self, voipms: VoipMs) -> None:
        servers = voipms.ask("getServersInfo")["servers"]
        assert [one["server_recommended"] for one in servers] == ["no", "yes"]
        assert voipms.ask("getServersInfo", server_pop=99) == {"status": "invalid_serverpop"}


class TestSubAccounts:
    def test_are_named_by_the_account_and_take_numbers(
        self, voipms: VoipMs, control: Control
    ) -> None:
        assert voipms.ask("getSubAccounts")["status"] == "no_account"
        made = voipms.sub_account(description="ours")
        name, id_ = made["account"], made["id"]
        assert name.endswith("_pbx")
        (row,) = voipms.ask("getSubAccounts", account=name)["accounts"]
        assert (row["id"], row["password"], row["description"]) == (id_, "Right-Word-7", "ours")
        (did,) = voipms.offered()
        assert voipms.buy(did, routing=f"account:{name}") == "success"
        delivery = control.delivery(f"+1{did}")
        assert (delivery["request_user"], delivery["gateways"][0]["port"]) == (did, 5060)

        assert voipms.ask("delSubAccount", id=id_)["status"] == "account_with_dids"
        voipms.ask("setDIDRouting", did=did, routing="sys:noservice")
        assert [voipms.ask("delSubAccount", id=id_)["status"] for _ in range(2)] == [
            "success",
            "invalid_account",
        ]
        told = voipms.ask("setDIDRouting", did=did, routing=f"account:{name}")
        assert told["status"] == "invalid_account"

    def test_have_a_username_once(self, voipms: VoipMs) -> None:
        statuses = [voipms.sub_account()["status"] for _ in range(2)]
        assert statuses == ["success", "used_username"]

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"username": None}, "missing_username"),
            ({"nat": None}, "missing_nat"),
            ({"auth_type": None}, "missing_authtype"),
            ({"username": "a b"}, "invalid_username"),
            ({"protocol": 9}, "invalid_protocol"),
            ({"device_type": 9}, "invalid_devicetype"),
            ({"allowed_codecs": "opus"}, "invalid_allowedcodecs"),
            ({"password": None}, "missing_password"),
            ({"password": "Short7"}, "invalid_password_lessthan_8characters_long"),
            ({"password": "lower-word-7"}, "invalid_password_missing_uppercase"),
            ({"password": "UPPER-WORD-7"}, "invalid_password_missing_lowercase"),
            ({"password": "Right-Word"}, "invalid_password_missing_number"),
            ({"password": "Right Word 7"}, "invalid_password_ilegal_characters"),
            ({"ip": "192.0.2.1"}, "invalid_ip_auth"),
            ({"auth_type": 2, "ip": "192.0.2.1"}, "invalid_password_auth"),
            ({"auth_type": 2, "password": None}, "invalid_ip"),
            ({"auth_type": 2, "password": None, "ip": "192.0.2.1"}, "success"),
        ],
    )
    def test_need_everything_said_in_its_way(
        self, voipms: VoipMs, more: dict[str, Any], status: str
    ) -> None:
        assert voipms.sub_account(**more)["status"] == status

    def test_are_changed_whole_and_call_phones_by_their_name(
        self, voipms: VoipMs, control: Control
    ) -> None:
        name = voipms.sub_account(description="ours")["account"]
        (row,) = voipms.ask("getSubAccounts")["accounts"]
        kept = {key: row[key] for key in row if key not in {"account", "username", "protocol"}}
        told = {key: value for key, value in kept.items() if value not in ("", None)}
        assert voipms.ask("setSubAccount", **{**told, "device_type": 2})["status"] == "success"
        (did,) = voipms.offered()
        voipms.buy(did, routing=f"account:{name}")
        assert control.delivery(f"+1{did}")["request_user"] == name

    def test_say_what_their_settings_may_be(self, voipms: VoipMs) -> None:
        rows = voipms.ask("getAuthTypes")["auth_types"]
        assert len(rows) == 2
        (one,) = voipms.ask("getAuthTypes", type=2)["auth_types"]
        assert one["description"] == "Static IP Authentication"
        assert voipms.ask("getProtocols", protocol=7)["status"] == "invalid_protocol"


class TestMessages:
    def test_all_ways_are_set_at_once_and_listed_by_other_names(self, voipms: VoipMs) -> None:
        (did,) = voipms.offered()
        voipms.buy(did)
        voipms.ask("setSMS", did=did, enable=1, email_enabled=1, email_address="a@example.com")
        told = {"url_callback_enable": 1, "url_callback": "https://x"}
        assert voipms.ask("setSMS", did=did, enable=1, **told)["status"] == "success"
        (mine,) = voipms.ask("getDIDsInfo", did=did)["dids"]
        assert (mine["sms_enabled"], mine["sms_url_callback"]) == (1, "https://x")
        assert mine["sms_email_enabled"] == 0
        told = {"url_callback_enable": 1}
        assert voipms.ask("setSMS", did=did, enable=1, **told)["status"] == "missing_callback"
        assert voipms.ask("setSMS", did=did, enable="yes")["status"] == "invalid_sms"

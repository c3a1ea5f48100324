"""Vonage: what its customers rely on, and what surprises them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.tests.talk import Control, Vonage


class TestSearch:
    def test_tells_the_rent_in_euro_and_no_place(self, vonage: Vonage) -> None:
        page = vonage.get("number/search", country="GB", type="landline", size=3).json()
        assert page["count"] > 3
        for offer in page["numbers"]:
            assert set(offer) == {"country", "msisdn", "type", "cost", "features"}
            assert offer["cost"] in {"1.25", "2.50"}
            assert offer["msisdn"].startswith("44")

    @pytest.mark.parametrize(("place", "pattern"), [(0, "1415"), (1, "5550312"), (2, "19")])
    def test_understands_where_a_pattern_stands(
        self, vonage: Vonage, place: int, pattern: str
    ) -> None:
        found = vonage.offered(5, pattern=pattern, search_pattern=place)
        assert found
        for msisdn in found:
            assert (msisdn.startswith(pattern), pattern in msisdn, msisdn.endswith(pattern))[place]

    def test_leaves_an_empty_list_out(self, vonage: Vonage) -> None:
        assert vonage.get("number/search", country="ES").json() == {"count": 0}
        assert vonage.get("account/numbers").json() == {"count": 0}

    def test_calls_north_american_numbers_mobile_that_take_messages(self, vonage: Vonage) -> None:
        page = vonage.get("number/search", country="US", features="SMS", size=100).json()
        assert {offer["type"] for offer in page["numbers"]} == {"mobile-lvn"}

    @pytest.mark.parametrize(
        "query",
        [{}, {"country": "us"}, {"country": "US", "size": 101}, {"country": "US", "city": "x"}]
        + [
            {"country": "US", name: "x"} for name in ("type", "features", "index", "search_pattern")
        ],
    )
    def test_refuses_what_the_description_lacks(
        self, vonage: Vonage, query: dict[str, object]
    ) -> None:
        assert vonage.get("number/search", **query).status_code == 420


class TestPurchase:
    def test_is_final_and_says_nothing_about_it(self, vonage: Vonage, control: Control) -> None:
        before = vonage.balance()
        (msisdn,) = vonage.offered()
        answer = vonage.buy(msisdn)
        assert answer.json() == {"error-code": "200", "error-code-label": "success"}
        assert [row["msisdn"] for row in vonage.owned()] == [msisdn]
        assert "cost" not in vonage.owned()[0]
        assert vonage.balance() < before
        assert control.get("seen")["purchases"] == {f"+{msisdn}": 1}

    def test_has_one_winner_among_eight_buyers(self, vonage: Vonage, control: Control) -> None:
        (msisdn,) = vonage.offered()
        with ThreadPoolExecutor(8) as buyers:
            answers = list(buyers.map(vonage.buy, [msisdn] * 8))
        assert sorted(answer.status_code for answer in answers) == [200, *[420] * 7]
        assert control.get("seen")["purchases"] == {f"+{msisdn}": 1}

    def test_fails_with_one_code_for_everything(self, vonage: Vonage, control: Control) -> None:
        (gone,) = vonage.offered()
        control.fault("vonage", "order", "number_gone")
        (needs,) = vonage.offered(country="GB", type="landline-toll-free")
        answers = [
            vonage.buy(gone),
            vonage.buy(gone, country="CA"),
            vonage.buy("1"),
            vonage.buy(needs, country="GB"),
        ]
        assert {answer.json()["error-code"] for answer in answers} == {"420"}
        assert "Dashboard" in answers[-1].json()["error-code-label"]
        assert control.get("seen")["purchases"] == {}

    def test_takes_forms_only(self, vonage: Vonage) -> None:
        (msisdn,) = vonage.offered()
        body = {"country": "US", "msisdn": msisdn}
        assert vonage.client.post("/vonage/number/buy", json=body).status_code == 420
        assert vonage.owned() == []

    def test_ends_with_a_release_that_puts_it_on_sale_again(self, vonage: Vonage) -> None:
        (msisdn,) = vonage.offered()
        vonage.buy(msisdn)
        assert vonage.post("cancel", country="CA", msisdn=msisdn).status_code == 420
        assert vonage.post("cancel", country="US", msisdn=msisdn).status_code == 200
        assert vonage.post("cancel", country="US", msisdn=msisdn).status_code == 420
        assert vonage.offered() == [msisdn]


class TestUpdate:
    def test_takes_away_what_it_leaves_out(self, vonage: Vonage, control: Control) -> None:
        (msisdn,) = vonage.offered()
        vonage.buy(msisdn)
        key = {"country": "US", "msisdn": msisdn}
        sip = f"sip:{msisdn}@192.0.2.1:5060,sip:{msisdn}@pbx.example.net;transport=tls"
        voice = {"voiceCallbackType": "sip", "voiceCallbackValue": sip}
        assert vonage.post("update", **key, moHttpUrl="https://x", **voice).status_code == 200
        told = control.delivery(f"+{msisdn}")
        assert told["request_user"] == msisdn
        assert [(one["host"], one["port"], one["transport"]) for one in told["gateways"]] == [
            ("192.0.2.1", 5060, "udp"),
            ("pbx.example.net", 5061, "tls"),
        ]
        vonage.post("update", **key, app_id="a-1")
        (row,) = vonage.owned()
        assert row["app_id"] == "a-1"
        assert not {"moHttpUrl", "voiceCallbackType", "voiceCallbackValue"} & set(row)
        assert not control.delivery(f"+{msisdn}")["delivered"]

    def test_wants_both_halves_of_a_forwarding(self, vonage: Vonage) -> None:
        (msisdn,) = vonage.offered()
        vonage.buy(msisdn)
        key = {"country": "US", "msisdn": msisdn}
        for half in ({"voiceCallbackType": "sip"}, {"voiceCallbackValue": "sip:x@y"}):
            assert vonage.post("update", **key, **half).status_code == 420

    def test_reaches_only_ones_own_numbers(self, vonage: Vonage, control: Control) -> None:
        (msisdn,) = vonage.offered()
        vonage.buy(msisdn)
        other = control.post("accounts", carrier="vonage", credentials={"api_key": "0" * 8})
        login = (other["credentials"]["api_key"], other["credentials"]["api_secret"])
        form = {"country": "US", "msisdn": msisdn}
        answer = vonage.client.post("/vonage/number/update", data=form, auth=login)
        assert answer.status_code == 420


class TestDoor:
    def test_takes_no_credentials_from_the_query(self, vonage: Vonage) -> None:
        query = {"api_key": vonage.key, "api_secret": vonage.secret, "country": "US"}
        answer = vonage.client.get("/vonage/number/search", params=query, auth=("a", "b"))
        assert answer.status_code == 401
        assert answer.json() == {"error-code": "401", "error-code-label": "authentication failed"}


class TestFaults:
    def test_words_that_nobody_knows_stand_for_the_code(
        self, vonage: Vonage, control: Control
    ) -> None:
        (msisdn,) = vonage.offered()
        control.fault("vonage", "order", "unknown_word")
        answer = vonage.buy(msisdn)
        assert answer.status_code == 200
        assert answer.json()["error-code"] not in {"200", "401", "420"}
        assert len(vonage.owned()) == 1

    def test_pages_of_the_list_fail_by_their_index(self, vonage: Vonage, control: Control) -> None:
        for msisdn in vonage.offered(3):
            vonage.buy(msisdn)
        control.fault("vonage", "list", "list_fails", page=2)
        pages = [vonage.get("account/numbers", index=n, size=1).status_code for n in (1, 2, 3)]
        assert pages == [200, 500, 200]


class TestEmergency:
    ADDRESS = {
        "address_name": "Office",
        "address_line1": "100 Main St",
        "city": "Chicago",
        "region": "IL",
        "postal_code": "60601",
        "country": "US",
    }

    def test_is_an_address_that_numbers_name(self, vonage: Vonage) -> None:
        (msisdn,) = vonage.offered()
        vonage.buy(msisdn)
        path = f"/vonage/v1/emergency/numbers/{msisdn}"
        assert vonage.client.get(path).json() == {"number": msisdn}
        kept = vonage.client.post("/vonage/v1/addresses", json=self.ADDRESS).json()
        told = {"address": {"id": kept["id"]}, "contact_name": "Reception"}
        named = {"number": msisdn, "contact_name": "Reception", "address": kept}
        assert vonage.client.patch(path, json=told).json() == named
        assert vonage.get("v1/addresses").json()["_embedded"]["addresses"] == [kept]
        # It is no setting of the number, which an update would take away.
        vonage.post("update", country="US", msisdn=msisdn)
        assert vonage.client.get(path).json() == named
        assert vonage.client.delete(path).status_code == 405
        assert vonage.client.patch(path, json={"address": None}).json() == {"number": msisdn}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("address_name", "x" * 33),
            ("address_line1", "1 Nowhere Rd"),
            ("postal_code", "?"),
            ("city", ""),
            ("floor", "2"),
        ],
    )
    def test_minds_a_part_by_its_name(self, vonage: Vonage, field: str, value: str) -> None:
        answer = vonage.client.post("/vonage/v1/addresses", json={**self.ADDRESS, field: value})
        assert answer.status_code == 422
        assert [one["name"] for one in answer.json()["invalid_parameters"]] == [field]

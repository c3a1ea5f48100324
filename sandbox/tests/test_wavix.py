"""Wavix: what its customers rely on, and what surprises them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.tests.conftest import Clock
from sandbox.tests.talk import Control, Wavix


class TestSearch:
    def test_goes_from_country_to_city(self, wavix: Wavix) -> None:
        path = wavix.city(country="United States", name="Seattle")
        body = wavix.get(path, per_page=2, page=2).json()

        assert body["pagination"] == {
            "current_page": 2,
            "per_page": 2,
            "total": 50,
            "total_pages": 25,
        }
        for offer in body["dids"]:
            assert offer["number"].startswith("12065550")
            assert offer["id"] == int(offer["number"])
            assert offer["activation_fee"] == "0.50"

    def test_knows_area_codes_of_cities_only(self, wavix: Wavix) -> None:
        regions = wavix.get("buy/countries/1/regions").json()["regions"]
        washington = next(one["id"] for one in regions if one["name"] == "Washington")
        path = f"buy/countries/1/regions/{washington}/cities"
        (city,) = wavix.get(path).json()["cities"]
        assert (city["name"], city["area_code"]) == ("Seattle", 206555)

    def test_by_text_leaves_out_what_takes_none(self, wavix: Wavix) -> None:
        path = wavix.city()
        totals = [
            wavix.get(path, text_enabled_only=only).json()["pagination"]["total"]
            for only in ("false", "true")
        ]
        assert totals == [50, 40]

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("buy/countries/3/regions", 422),
            ("buy/countries/9/regions", 404),
            ("buy/countries/1/cities", 404),
            ("buy/countries/x/cities", 400),
            ("buy/countries/1/cities/1/dids", 404),
            ("buy/countries?type_filter=local", 400),
            ("nothing", 404),
        ],
    )
    def test_refuses_what_is_not_there(self, wavix: Wavix, path: str, status: int) -> None:
        answer = wavix.client.get(f"/wavix/v1/{path}")
        assert answer.status_code == status
        assert answer.json()["success"] is False


class TestCart:
    def test_is_one_for_the_whole_account(self, wavix: Wavix) -> None:
        first, second = wavix.offered(2)
        wavix.send("PUT", "buy/cart", ids=[first])
        told = wavix.send("PUT", "buy/cart", ids=[second]).json()
        assert [offer["number"] for offer in told] == [first, second]
        wavix.send("DELETE", "buy/cart", ids=[first])
        assert wavix.cart() == [second]
        assert wavix.send("DELETE", "buy/cart", ids=[first]).status_code == 404

    def test_holds_nothing(self, wavix: Wavix, control: Control) -> None:
        (number,) = wavix.offered()
        wavix.send("PUT", "buy/cart", ids=[number])
        control.fault("wavix", "order", "number_gone")
        assert wavix.send("POST", "buy/cart/checkout", ids=[number]).status_code == 404
        assert wavix.cart() == []
        assert wavix.send("PUT", "buy/cart", ids=[number]).status_code == 404
        assert control.get("seen")["purchases"] == {}

    def test_is_bought_by_name_all_or_nothing(self, wavix: Wavix, control: Control) -> None:
        first, second, third = wavix.offered(3)
        wavix.send("PUT", "buy/cart", ids=[first, second])
        for ids in ([first, third], [], ["x"]):
            assert wavix.send("POST", "buy/cart/checkout", ids=ids).status_code in (400, 404)
        answer = wavix.send("POST", "buy/cart/checkout", ids=[first])
        assert (answer.status_code, answer.json()) == (201, {"success": True})
        assert wavix.cart() == [second]
        assert control.get("seen")["purchases"] == {f"+{first}": 1}

    def test_has_one_winner_among_eight_buyers(self, wavix: Wavix, control: Control) -> None:
        (number,) = wavix.offered()
        with ThreadPoolExecutor(8) as buyers:
            answers = list(buyers.map(wavix.check_out, [number] * 8))
        assert sorted(answer.status_code for answer in answers) == [201, *[404] * 7]
        assert control.get("seen")["purchases"] == {f"+{number}": 1}

    def test_needs_money(self, wavix: Wavix, control: Control) -> None:
        control.fault("wavix", "order", "no_funds")
        answer = wavix.check_out(*wavix.offered())
        assert (answer.status_code, answer.json()["message"]) == (422, "Insufficient funds")


class TestNumbers:
    def test_have_an_id_of_their_own(self, wavix: Wavix) -> None:
        row = wavix.buy()
        assert str(row["id"]) != row["number"]
        assert wavix.get(f"numbers/{row['id']}").json() == row
        assert wavix.get("numbers", search=row["number"][:5]).json()["items"] == [row]

    def test_wait_for_documents_and_are_bought_all_the_same(
        self, wavix: Wavix, control: Control
    ) -> None:
        row = wavix.buy(country="United Kingdom", name="London")
        assert (row["status"], row["require_docs"]) == ("inactive", ["1", "2"])
        assert "documents" in control.delivery(f"+{row['number']}")["reason"]

    def test_are_active_once_their_documents_were_approved(
        self, wavix: Wavix, clock: Clock
    ) -> None:
        row = wavix.buy(country="United Kingdom", name="London")
        assert wavix.paper(row["id"], "1", b"%PDF-1.7").status_code == 200
        assert wavix.paper(row["id"], "1", b"%PDF-1.7").status_code == 400
        assert wavix.paper(row["id"], "2", b"%PDF-1.7 REFUSE").json()[0]["status"] == "pending"
        clock.pass_by(1)
        assert [one["status"] for one in wavix.papers(row)] == ["approved", "rejected"]
        assert wavix.owned(row["number"])["status"] == "inactive"
        assert wavix.paper(row["id"], "2", b"%PDF-1.7").status_code == 200
        clock.pass_by(1)
        assert wavix.owned(row["number"])["status"] == "active"

    @pytest.mark.parametrize(
        ("kind", "content"),
        [("4", b"%PDF-1.7"), ("1", b"words"), ("1", b"%PDF-1.7 /Encrypt"), ("3", b"")],
    )
    def test_take_no_other_documents(self, wavix: Wavix, kind: str, content: bytes) -> None:
        row = wavix.buy(country="United Kingdom", name="London")
        assert wavix.paper(row["id"], kind, content).status_code == 400
        assert wavix.papers(row) == []

    def test_are_given_back_by_id_or_digits(self, wavix: Wavix) -> None:
        first, second = wavix.buy(), wavix.buy()
        for query, status in (
            ({"ids": str(first["id"]), "dids": str(first["number"])}, 400),
            ({"ids": str(first["id"])}, 200),
            ({"ids": str(first["id"])}, 404),
            ({"dids": str(second["number"])}, 200),
        ):
            answer = wavix.client.delete("/wavix/v1/numbers", params=query)
            assert answer.status_code == status
        assert wavix.get("numbers").json()["items"] == []

    def test_ring_where_they_say(self, wavix: Wavix, control: Control) -> None:
        row = wavix.buy()
        path = f"numbers/{row['id']}"
        told = [
            {"transport": 1, "destination": "[did]@192.0.2.2:5070", "priority": 2},
            {"transport": 1, "destination": "[did]@192.0.2.1", "priority": 1},
        ]
        answer = wavix.send("PATCH", path, destinations=told).json()
        assert [one["destination"] for one in answer["destination"]] == [
            one["destination"] for one in told
        ]
        delivery = control.delivery(f"+{row['number']}")
        assert delivery["request_user"] == row["number"]
        assert [(one["host"], one["port"]) for one in delivery["gateways"]] == [
            ("192.0.2.1", 5060),
            ("192.0.2.2", 5070),
        ]
        wavix.send("PATCH", path, sms_enabled=False)
        assert control.delivery(f"+{row['number']}")["delivered"]
        wavix.send("PATCH", path, destinations=[])
        assert not control.delivery(f"+{row['number']}")["delivered"]

    @pytest.mark.parametrize(
        "told",
        [
            {"transport": 5, "trunk_id": 1, "destination": "67758", "priority": 1},
            {"transport": 2, "destination": "a@b", "priority": 1},
            {"transport": 1, "destination": "b", "priority": 1},
            {"transport": 1, "destination": "a@b"},
        ],
    )
    def test_refuse_places_that_are_none(self, wavix: Wavix, told: dict[str, object]) -> None:
        path = f"numbers/{wavix.buy()['id']}"
        assert wavix.send("PATCH", path, destinations=[told]).status_code == 400
        assert wavix.send("PATCH", path, destination=[told]).status_code == 400


class TestTrunks:
    def test_lose_what_a_change_leaves_out(self, wavix: Wavix) -> None:
        addresses = [{"ip": "192.0.2.1"}]
        made = wavix.make_trunk(ip_restrict=True, allowed_ips=addresses, max_channels=5).json()
        assert [one["ip"] for one in made["allowed_ips"]] == ["192.0.2.1"]
        path = f"trunks/{made['id']}"
        changed = wavix.make_trunk("PUT", path, label="Other").json()
        assert (changed["id"], changed["name"]) == (made["id"], made["name"])
        assert (changed["allowed_ips"], changed["max_channels"]) == ([], None)
        assert "allowed_ips" not in wavix.get("trunks").json()["sip_trunks"][0]

    def test_with_an_address_wait_for_a_person(self, wavix: Wavix) -> None:
        wavix.make_trunk(host_request={"host": "192.0.2.1"})
        (row,) = wavix.get("trunks").json()["sip_trunks"]
        assert (row["auth_method"], row["status"]) == ("IP auth", "pending")

    def test_name_addresses_as_objects(self, wavix: Wavix) -> None:
        assert wavix.make_trunk(allowed_ips=["192.0.2.1"]).status_code == 400
        assert wavix.make_trunk(ip_restrict=True).status_code == 400
        assert wavix.send("POST", "trunks", label="x").status_code == 400


class TestDoor:
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}])
    def test_refuses_wrong_keys(self, wavix: Wavix, headers: dict[str, str]) -> None:
        del wavix.client.headers["Authorization"]
        answer = wavix.client.get("/wavix/v1/numbers?appid=5a0d0000wavix0001", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, True)


class TestFaults:
    def test_pages_of_the_list_fail_by_their_number(self, wavix: Wavix, control: Control) -> None:
        for _ in range(3):
            wavix.buy()
        control.fault("wavix", "list", "list_fails", page=2)
        pages = [wavix.get("numbers", page=n, per_page=1).status_code for n in (1, 2, 3)]
        assert pages == [200, 500, 200]

    def test_words_that_nobody_knows_stand_for_the_status(
        self, wavix: Wavix, control: Control
    ) -> None:
        row = wavix.buy()
        control.fault("wavix", "list", "unknown_word")
        (shown,) = wavix.get("numbers").json()["items"]
        assert shown["status"] not in ("active", row["status"])

    def test_show_an_active_number_of_the_account(self, wavix: Wavix) -> None:
        assert wavix.make_trunk(callerid="14165559999").status_code == 400
        made = wavix.make_trunk(multiple_numbers=True).json()
        assert made["callerid"] == wavix.get("trunks").json()["sip_trunks"][0]["callerid"] == ""

    def test_ring_whoever_registered_and_tell_the_number_if_asked(
        self, wavix: Wavix, control: Control
    ) -> None:
        trunk = wavix.make_trunk(didinfo_enabled=True).json()
        row = wavix.buy()
        place = {"transport": 5, "trunk_id": trunk["id"], "destination": trunk["name"]}
        wavix.send("PATCH", f"numbers/{row['id']}", destinations=[{**place, "priority": 1}])
        assert control.delivery(f"+{row['number']}")["request_user"] == trunk["name"]
        wavix.make_trunk("PUT", f"trunks/{trunk['id']}")
        assert not control.delivery(f"+{row['number']}")["delivered"]
        wavix.client.delete(f"/wavix/v1/trunks/{trunk['id']}")
        assert "gone" in control.delivery(f"+{row['number']}")["reason"]


class TestCampaigns:
    def test_wait_for_a_brand_that_was_verified(self, wavix: Wavix, clock: Clock) -> None:
        brand = wavix.brand().json()
        assert (brand["status"], brand["feedback"]) == ("REVIEW", None)
        assert wavix.campaign(brand["brand_id"]).status_code == 400
        clock.pass_by(1)
        assert wavix.campaign(brand["brand_id"]).status_code == 201

    @pytest.mark.parametrize(
        "missing", [{"first_name": ""}, {"vertical": "NGO"}, {"entity_type": "CLUB"}, {"x": "y"}]
    )
    def test_are_of_brands_that_say_all(self, wavix: Wavix, missing: dict[str, str]) -> None:
        assert wavix.brand(**missing).status_code == 400

    def test_of_a_corrected_brand_it_cannot_be_told_whether_it_failed(
        self, wavix: Wavix, clock: Clock
    ) -> None:
        id_ = wavix.brand(ein_taxid="00-0000000").json()["brand_id"]
        clock.pass_by(1)
        refused = wavix.ten_dlc("GET", f"/{id_}").json()
        assert (refused["status"], "EIN" in refused["feedback"]) == ("UNVERIFIED", True)
        mended = wavix.ten_dlc("PUT", f"/{id_}", {"ein_taxid": "12-3456789"}).json()
        assert (mended["status"], mended["feedback"]) == ("UNVERIFIED", None)
        clock.pass_by(1)
        assert wavix.ten_dlc("GET", f"/{id_}").json()["status"] == "VERIFIED"

    def test_name_their_numbers_once_they_were_approved(self, wavix: Wavix, clock: Clock) -> None:
        number = wavix.buy()["number"]
        brand = wavix.brand().json()["brand_id"]
        clock.pass_by(1)
        path = f"/{brand}/campaigns/{wavix.campaign(brand).json()['campaign_id']}"
        assert wavix.ten_dlc("POST", f"{path}/numbers/{number}").status_code == 400
        clock.pass_by(1)
        assert wavix.ten_dlc("POST", f"{path}/numbers/{number}").status_code == 200
        assert wavix.ten_dlc("GET", f"{path}/numbers").json()["numbers"] == [
            {"number": number, "status": "PENDING"}
        ]
        assert wavix.ten_dlc("GET", path).json()["phone_numbers"] == []
        clock.pass_by(1)
        assert wavix.ten_dlc("GET", path).json()["phone_numbers"] == [number]
        assert wavix.ten_dlc("DELETE", f"/{brand}").status_code == 400
        assert wavix.ten_dlc("POST", f"{path}/numbers/14165559999").status_code == 404

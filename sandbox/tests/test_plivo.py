"""Plivo: what its customers rely on, and what surprises them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.tests.talk import Control, Plivo


class TestSearch:
    def test_gives_twenty_at_most_with_prices_as_text(self, plivo: Plivo) -> None:
        page = plivo.get("PhoneNumber", country_iso="US", pattern="206").json()
        assert len(page["objects"]) == page["meta"]["limit"] == 20
        assert page["meta"]["total_count"] == 50
        assert page["meta"]["next"].endswith("/PhoneNumber/?limit=20&offset=20")
        for offer in page["objects"]:
            assert offer["number"].startswith("1206")
            assert offer["monthly_rental_rate"] in {"0.80000", "1.60000"}

    @pytest.mark.parametrize(
        "query", [{"city": "seattle"}, {"type": "fixed"}, {"services": "sms,mms"}, {"region": "WA"}]
    )
    def test_understands_its_filters(self, plivo: Plivo, query: dict[str, str]) -> None:
        assert plivo.offered(3, **query)

    @pytest.mark.parametrize(
        "query",
        [{"country_iso": ""}, {"limit": 21}, {"contains": "5"}, {"type": "toll_free"}],
    )
    def test_refuses_what_the_documents_lack(self, plivo: Plivo, query: dict[str, object]) -> None:
        answer = plivo.get("PhoneNumber", **{"country_iso": "US", **query})
        assert answer.status_code == 400
        assert answer.json()["error"]


class TestPurchase:
    def test_is_final_and_rings_nowhere_without_a_trunk(
        self, plivo: Plivo, control: Control
    ) -> None:
        (id_,) = plivo.offered()
        answer = plivo.buy(id_)
        assert answer.status_code == 201
        assert answer.json()["numbers"] == [{"number": id_, "status": "Success"}]
        assert plivo.get(f"Number/{id_}").json()["application"] is None
        assert not control.delivery(f"+{id_}")["delivered"]

    def test_is_fulfilled_also_where_the_number_waits_for_documents(
        self, plivo: Plivo, control: Control
    ) -> None:
        (id_,) = plivo.offered(country_iso="GB", type="mobile")
        told = plivo.buy(id_).json()
        assert told["status"] == "fulfilled"
        assert told["numbers"] == [{"number": id_, "status": "pending"}]
        assert plivo.get(f"Number/{id_}").json()["active"] is False
        assert "documents" in control.delivery(f"+{id_}")["reason"]

    def test_has_one_winner_among_eight_buyers(self, plivo: Plivo, control: Control) -> None:
        (id_,) = plivo.offered()
        with ThreadPoolExecutor(8) as buyers:
            answers = list(buyers.map(plivo.buy, [id_] * 8))
        assert sorted(answer.status_code for answer in answers) == [201, *[404] * 7]
        assert control.get("seen")["purchases"] == {f"+{id_}": 1}

    def test_ends_with_a_release(self, plivo: Plivo) -> None:
        (id_,) = plivo.offered()
        plivo.buy(id_)
        statuses = [plivo.delete(f"Number/{id_}").status_code for _ in range(2)]
        assert statuses == [204, 404]
        assert plivo.offered() == [id_]


class TestNumbers:
    def test_keep_what_an_update_does_not_name(self, plivo: Plivo) -> None:
        (id_,) = plivo.offered()
        trunk = plivo.trunk("192.0.2.1")
        plivo.buy(id_, app_id=trunk)
        assert plivo.post(f"Number/{id_}", alias="desk", cnam_lookup="enabled").status_code == 202
        there = plivo.get(f"Number/{id_}").json()
        assert there["application"].endswith(f"/Application/{trunk}/")
        assert (there["alias"], there["cnam_lookup"]) == ("desk", "enabled")
        assert plivo.get("Number", alias="desk").json()["meta"]["total_count"] == 1

    @pytest.mark.parametrize("nothing", ["", None])
    def test_lose_their_trunk_by_an_empty_one(self, plivo: Plivo, nothing: str | None) -> None:
        (id_,) = plivo.offered()
        plivo.buy(id_, app_id=plivo.trunk("192.0.2.1"))
        plivo.post(f"Number/{id_}", app_id=nothing)
        assert plivo.get(f"Number/{id_}").json()["application"] is None

    def test_have_their_callers_looked_up_in_the_united_states_only(self, plivo: Plivo) -> None:
        (id_,) = plivo.offered(country_iso="CA")
        plivo.buy(id_)
        assert plivo.get(f"Number/{id_}").json()["cnam_lookup"] is None
        assert plivo.post(f"Number/{id_}", cnam_lookup="enabled").status_code == 400


class TestTrunks:
    def test_lead_to_one_address_after_the_other(self, plivo: Plivo, control: Control) -> None:
        (id_,) = plivo.offered()
        trunk = plivo.trunk("192.0.2.1:5070;transport=tcp", "sip.example")
        plivo.buy(id_, app_id=trunk)
        told = control.delivery(f"+{id_}")
        assert told["request_user"] == id_
        assert [(one["host"], one["port"], one["transport"]) for one in told["gateways"]] == [
            ("192.0.2.1", 5070, "tcp"),
            ("sip.example", 5060, "udp"),
        ]

    @pytest.mark.parametrize(
        ("told", "status"),
        [
            ({"trunk_direction": "both"}, 400),
            ({"trunk_direction": "outbound"}, 403),
            ({"trunk_direction": "inbound"}, 422),
            ({"trunk_direction": "inbound", "primary_uri_uuid": "x"}, 404),
            ({"direction": "inbound"}, 400),
        ],
    )
    def test_are_refused_without_what_they_need(
        self, plivo: Plivo, told: dict[str, str], status: int
    ) -> None:
        assert plivo.post("Zentrunk/Trunk", **told).status_code == status

    def test_are_found_by_their_direction(self, plivo: Plivo) -> None:
        trunk = plivo.trunk("192.0.2.1")
        (there,) = plivo.get("Zentrunk/Trunk", trunk_direction="inbound").json()["objects"]
        assert there["trunk_id"] == trunk
        assert plivo.get("Zentrunk/Trunk", secure="true").json()["objects"] == []


class TestDoor:
    def test_refuses_a_wrong_token_and_the_address_of_another_account(self, plivo: Plivo) -> None:
        path = f"/plivo/v1/Account/{plivo.account}/"
        assert plivo.client.get(path, auth=(plivo.account, "x")).status_code == 401
        assert plivo.client.get("/plivo/v1/Account/MA0/").status_code == 404
        assert plivo.client.get(path).json()["cash_credits"] == "10000.00000"

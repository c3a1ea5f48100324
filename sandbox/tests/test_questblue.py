"""QuestBlue: what its customers rely on, and what surprises them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from sandbox.tests.talk import Control, QuestBlue


def words(answer: httpx2.Response) -> str:
    """Read why it was refused, under a status that is good."""
    assert answer.status_code == 206
    assert answer.is_success
    (said,) = answer.json().values()
    return str(said)


class TestDoor:
    def test_needs_user_and_key(self, questblue: QuestBlue) -> None:
        assert questblue.get("account/getbalance").json()["data"]["allowed_credit"] == "0.00"
        questblue.client.headers["Security-Key"] = "wrong"
        assert questblue.get("account/getbalance").status_code == 401


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"mask": "206555*"}, 50),
            ({"mask": "206*0601*"}, 1),
            ({"state": "WA", "ratecenter": "SEATTLE", "total_list": 7}, 7),
            ({"zip": "98101"}, 50),
            ({"type": "tf", "mask": "800*"}, 0),
        ],
    )
    def test_gives_bare_numbers(
        self, questblue: QuestBlue, query: dict[str, Any], count: int
    ) -> None:
        body = questblue.get("did/available", **{"type": "local", **query}).json()
        assert (len(body["data"]), body["total"]) == (count, count)
        assert all(len(did) == 10 for did in body["data"])

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"type": "mobile", "mask": "206*"},
            {"mask": "20*"},
            {"mask": "206-*"},
            {"state": "WA"},
            {"mask": "206*", "total_list": 0},
            {"mask": "206*", "npa": "206"},
        ],
    )
    def test_refuses_with_a_good_status(self, questblue: QuestBlue, query: dict[str, Any]) -> None:
        assert words(questblue.get("did/available", **{"type": "local", **query}))


class TestPurchase:
    def test_is_answered_with_nothing(self, questblue: QuestBlue, control: Control) -> None:
        (did,) = questblue.offered()
        answer = questblue.buy(did, note="ours")
        assert (answer.status_code, answer.content) == (200, b"")
        (row,) = questblue.get("did", did=did).json()["data"].items()
        assert (row[0], row[1]["note"], row[1]["route2trunk"]) == (did, "ours", "")
        assert control.get("seen")["purchases"] == {f"+1{did}": 1}
        assert not control.delivery(f"+1{did}")["delivered"]

    def test_works_by_query_too(self, questblue: QuestBlue) -> None:
        (did,) = questblue.offered()
        answer = questblue.client.post("/questblue/did", params={"did": f"1{did}"})
        assert (answer.status_code, answer.content) == (200, b"")

    def test_with_remarks_is_202_and_bought(self, questblue: QuestBlue, control: Control) -> None:
        (did,) = questblue.offered()
        answer = questblue.buy(did, note="x" * 101)
        assert (answer.status_code, list(answer.json())) == (202, ["warning"])
        assert control.get("seen")["purchases"] == {f"+1{did}": 1}

    def test_has_one_winner_among_eight_buyers(self, questblue: QuestBlue) -> None:
        (did,) = questblue.offered()
        with ThreadPoolExecutor(8) as buyers:
            answers = list(buyers.map(questblue.buy, [did] * 8))
        assert sorted(answer.status_code for answer in answers) == [200, *[206] * 7]

    def test_without_money_has_words_only(self, questblue: QuestBlue, control: Control) -> None:
        (did,) = questblue.offered()
        control.fault("questblue", "order", "no_funds")
        assert words(questblue.buy(did)) == "Insufficient funds on your account."

    def test_needs_things_as_they_are(self, questblue: QuestBlue) -> None:
        (did,) = questblue.offered()
        assert words(questblue.buy("206"))
        assert words(questblue.buy(did, cnam="yes"))
        assert words(questblue.buy(did, route2trunk="nobody"))
        assert words(questblue.buy(did, colour="blue"))
        assert words(questblue.client.post("/questblue/did", content=b"{"))

    def test_ends_with_a_release(self, questblue: QuestBlue) -> None:
        (did,) = questblue.offered()
        questblue.buy(did)
        assert questblue.send("DELETE", "did", did=int(did)).content == b""
        assert words(questblue.send("DELETE", "did", did=int(did)))
        assert questblue.get("did").json()["data"] == {}
        assert did in questblue.offered(50)


class TestLists:
    def test_have_pages_of_five_at_least(self, questblue: QuestBlue) -> None:
        for did in questblue.offered(6):
            questblue.buy(did)
        pages = [questblue.get("did", per_page=5, page=page).json() for page in (1, 2, 3)]
        assert [len(page["data"]) for page in pages] == [5, 1, 0]
        assert {(page["total"], page["total_pages"]) for page in pages} == {(6, 2)}
        assert words(questblue.get("did", per_page=2))
        assert words(questblue.get("did", page=0))


class TestTrunks:
    def test_take_calls_while_they_are_on(self, questblue: QuestBlue, control: Control) -> None:
        (did,) = questblue.offered()
        questblue.buy(did, route2trunk=questblue.trunk("pbx1"))
        delivery = control.delivery(f"+1{did}")
        assert delivery["request_user"] == did
        assert [gateway["host"] for gateway in delivery["gateways"]] == ["192.0.2.1"]

        questblue.send("PUT", "siptrunk", trunk="pbx1", status="off")
        assert not control.delivery(f"+1{did}")["delivered"]
        assert words(questblue.send("PUT", "did", did=int(did), route2trunk="pbx1"))
        questblue.send("PUT", "siptrunk", trunk="pbx1", status="on", ip_address="192.0.2.9")
        assert control.delivery(f"+1{did}")["gateways"][0]["host"] == "192.0.2.9"

        questblue.send("PUT", "did", did=int(did), route2trunk="")
        assert not control.delivery(f"+1{did}")["delivered"]

    def test_have_a_name_of_their_own_and_an_address(self, questblue: QuestBlue) -> None:
        questblue.trunk("pbx1")
        assert list(questblue.get("siptrunk", trunk="pbx1").json()["data"]) == ["pbx1"]
        for name, address in (
            ("pbx1", "192.0.2.1"),
            ("pbx-2", "192.0.2.1"),
            ("p" * 31, "192.0.2.1"),
            ("pbx2", "pbx.example"),
        ):
            assert words(questblue.send("POST", "siptrunk", trunk=name, ip_address=address))
        assert words(questblue.send("PUT", "siptrunk", trunk="pbx1", status="standby"))
        assert words(questblue.send("PUT", "siptrunk", trunk="pbx9", status="on"))


class TestNames:
    @pytest.mark.parametrize(("name", "status"), [("ACME", 200), ("", 200), ("ACE", 206)])
    def test_have_four_characters(self, questblue: QuestBlue, name: str, status: int) -> None:
        (did,) = questblue.offered()
        questblue.buy(did)
        answer = questblue.send("PUT", "did", did=int(did), lidb=name)
        assert answer.status_code == status

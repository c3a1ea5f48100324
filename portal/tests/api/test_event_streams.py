from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from accounts.permissions import Permission
from dids import search_stream
from dids.models import NumberSearch
from dids.search_stream import CarrierState
from portal.api.event_stream import MEDIA_TYPE, STILL_HERE
from portal.api.v1 import searches
from portal.tests.api.caller import Answer, Caller, caller_of
from portal.tests.api.world import World

WISH = {"country": "US", "area_code": "312"}


def opened(caller: Caller, path: str, body: object = None, **headers: str) -> Any:
    """Ask for a stream."""
    return caller.client.generic(
        "GET" if body is None else "POST",
        f"/api/v1/{path}",
        "" if body is None else json.dumps(body),
        content_type="application/json",
        headers={
            "Accept": MEDIA_TYPE,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


def stream(caller: Caller, path: str, body: object = None, **headers: str) -> Iterator[bytes]:
    """Ask for a stream and give what is sent, piece by piece."""
    answer = opened(caller, path, body, **headers)
    assert answer["Content-Type"] == MEDIA_TYPE, answer.content
    return iter(answer.streaming_content)


def read(chunk: bytes) -> tuple[str, str, dict[str, Any]]:
    """Read one event as a browser does."""
    assert chunk.endswith(b"\n\n")
    fields = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))
    return fields["event"], fields.get("id", ""), json.loads(fields["data"])


def tell_the_rest(world: World, search: NumberSearch) -> None:
    """Let the account that a search waits for fail."""
    search_stream.tell(search, world.account, CarrierState.FAILED, reason="MARK-CARRIER said no")


class TestBegin:
    def test_a_search_is_begun_and_followed_in_one_answer(
        self, world: World, staff: Caller
    ) -> None:
        sent = stream(staff, "searches", WISH)
        name, _, begun = read(next(sent))
        assert (name, set(begun)) == ("search", {"id", "asked_at", "expires_at", "months"})
        tell_the_rest(world, NumberSearch.objects.get(uuid=begun["id"]))

        name, serial, page = read(next(sent))

        assert (name, serial, page["next"], page["done"]) == ("page", "1", 1, True)
        assert page == staff.get(f"searches/{begun['id']}").body
        assert list(sent) == []

    def test_says_that_it_lives_while_nothing_comes(
        self, world: World, staff: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(searches, "STILL_HERE_SECONDS", 0.01)
        sent = stream(staff, "searches", WISH)
        assert [next(sent) for _ in range(3)][1:] == [STILL_HERE] * 2

    def test_a_refusal_is_a_problem_document(self, world: World, staff: Caller) -> None:
        answer = Answer(opened(staff, "searches", {**WISH, "country": "usa"}))
        assert answer.is_problem(422, "country")

    def test_a_stranger_learns_nothing(self, world: World) -> None:
        dealer = caller_of(world.cast.dealer)
        for path, body in (("searches", WISH), (f"searches/{world.search.uuid}", None)):
            assert Answer(opened(dealer, path, body)).is_problem(403)

    def test_the_same_key_follows_the_same_search(self, world: World, staff: Caller) -> None:
        first = read(next(stream(staff, "searches", WISH, Idempotency_Key="once")))
        again = read(next(stream(staff, "searches", WISH, Idempotency_Key="once")))
        assert first == again
        plain = staff.post("searches", WISH, Idempotency_Key="once")
        assert (plain.status, plain.body) == (202, first[2])

    def test_ends_with_a_problem_if_a_store_goes_away(
        self, world: World, staff: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(*_args: object, **_options: object) -> None:
            raise redis.ConnectionError("nobody there")

        answer = stream(staff, "searches", WISH)
        monkeypatch.setattr(search_stream, "read", gone)
        _, (name, _, problem) = map(read, answer)
        assert (name, problem["status"], problem["type"]) == ("problem", 503, "/problems/away")
        assert "nobody there" not in json.dumps(problem)


class TestFollow:
    def test_goes_on_where_a_reader_was_cut_off(self, world: World, staff: Caller) -> None:
        path = f"searches/{world.search.uuid}"
        (whole,) = map(read, (stream(staff, path)))
        (rest,) = map(read, (stream(staff, path, Last_Event_ID=whole[1])))
        assert whole[2]["offers"]
        assert rest[2] == {**whole[2], "offers": []}

    def test_ignores_an_id_that_is_none_of_ours(self, world: World, staff: Caller) -> None:
        path = f"searches/{world.search.uuid}"
        assert [*map(read, (stream(staff, path, Last_Event_ID="x")))] == [
            *map(read, (stream(staff, path)))
        ]

    def test_hides_what_the_reader_may_not_see(self, world: World) -> None:
        caller = caller_of(world.cast.provider, Permission.SEARCH_NUMBERS)
        plain = caller.get(f"searches/{world.search.uuid}").body
        (page,) = map(read, (stream(caller, f"searches/{world.search.uuid}")))
        assert page[2] == plain

"""Trouble is sorted by what may be done next; no network, no store."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from lib import pauses
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
from trunks.exchanges import ExchangeRecord
from trunks.http import LONGEST_REST, READ_ATTEMPTS, Call, Caller
from trunks.transport import CONNECT_SECONDS, new_client

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "KEY-very-secret"
URL = "https://carrier.example/v1/things"
READ, WRITE = "GET", "POST"


class Wire:
    """Answers as told, and remembers what was said."""

    def __init__(self, answer: httpx2.Response | Exception) -> None:
        self.answer = answer
        self.requests: list[httpx2.Request] = []
        self.records: list[ExchangeRecord] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def caller(self, on_exchange: Callable[[ExchangeRecord], None] | None = None) -> Caller:
        return Caller(
            new_client(httpx2.MockTransport(self)),
            on_exchange or self.records.append,
            secrets=[SECRET],
            clock=lambda: NOW,
        )

    def call(self, method: str, *, deadline: Deadline | None = None, **more: Any) -> Any:
        call = Call(
            method=method,
            url=URL,
            json={"a": 1} if method == WRITE else None,
            headers={"Authorization": f"Bearer {SECRET}"},
        )
        return self.caller(more.pop("on_exchange", None)).call(
            call,
            parse=more.pop("parse", lambda body: body["id"]),
            explain=lambda _status, body: (Reason.INVALID, str(body["error"])),
            deadline=deadline or Deadline(5),
        )


def answer(status: int, json: Any = None, **more: Any) -> httpx2.Response:
    return httpx2.Response(status, json=json, **more)


class TestSorting:
    @pytest.mark.parametrize(
        ("given", "on_read", "on_write"),
        [
            (answer(401, {"error": "no"}), Misconfigured, Misconfigured),
            (answer(403, {"error": "no"}), Misconfigured, Misconfigured),
            (answer(302, headers={"location": "/x"}), Misconfigured, Misconfigured),
            (answer(400, {"error": "no"}), Rejected, Rejected),
            (answer(422, {"error": "no"}), Rejected, Rejected),
            (answer(429, {"error": "slow"}), Unavailable, Unavailable),
            (answer(408, {}), Unavailable, OutcomeUnknown),
            (answer(500, {}), Unavailable, OutcomeUnknown),
            (answer(503, text="<html>"), Unavailable, OutcomeUnknown),
            (answer(200, text="<html>"), Unavailable, OutcomeUnknown),
            (answer(200, text=""), Unavailable, OutcomeUnknown),
            (answer(200, text="[" * 100_000), Unavailable, OutcomeUnknown),
            (answer(200, {"other": 1}), Unavailable, OutcomeUnknown),
            (answer(200, [1]), Unavailable, OutcomeUnknown),
            (answer(400, text="<html>from a proxy"), Unavailable, OutcomeUnknown),
            (answer(404, {"unlike": "ours"}), Unavailable, OutcomeUnknown),
            (httpx2.ConnectError("refused"), Unavailable, Unavailable),
            (httpx2.ConnectTimeout("slow"), Unavailable, Unavailable),
            (httpx2.WriteError("reset"), Unavailable, OutcomeUnknown),
            (httpx2.ReadTimeout("slow"), Unavailable, OutcomeUnknown),
            (httpx2.RemoteProtocolError("closed"), Unavailable, OutcomeUnknown),
        ],
    )
    def test_says_what_may_be_done_next(
        self,
        given: httpx2.Response | Exception,
        on_read: type[CarrierError],
        on_write: type[CarrierError],
    ) -> None:
        for method, expected in ((READ, on_read), (WRITE, on_write)):
            with pytest.raises(expected) as caught:
                Wire(given).call(method)
            assert SECRET not in str(caught.value)

    def test_gives_what_a_good_answer_means(self) -> None:
        assert Wire(answer(201, {"id": "x"})).call(WRITE) == "x"

    def test_some_carriers_say_only_where_the_thing_made_is(self) -> None:
        wire = Wire(answer(201, headers={"location": "/v1/things/7"}))
        call = Call(method=WRITE, url=URL, located=True)

        def where() -> str:
            return wire.caller().call(
                call,
                parse=str,
                explain=lambda _status, _body: (Reason.OTHER, ""),
                deadline=Deadline(5),
            )

        assert where() == "/v1/things/7"
        wire.answer = answer(201)
        with pytest.raises(OutcomeUnknown):
            where()

    @pytest.mark.parametrize(
        ("body", "error"), [({"error": "No."}, Rejected), ({}, OutcomeUnknown)]
    )
    def test_some_carriers_refuse_with_a_good_status(
        self, body: Any, error: type[CarrierError]
    ) -> None:
        wire = Wire(answer(206, body))
        caller = wire.caller()
        call = Call(method=WRITE, url=URL, refuses=frozenset({206}))

        with pytest.raises(error):
            caller.call(
                call,
                parse=lambda body: body,
                explain=lambda _status, body: (Reason.INVALID, str(body["error"])),
                deadline=Deadline(5),
            )
        assert not caller.has_written

    @pytest.mark.parametrize(("body", "error"), [({"close": "x"}, None), ({}, Unavailable)])
    def test_some_carriers_answer_with_a_bad_status(
        self, body: Any, error: type[CarrierError] | None
    ) -> None:
        caller = Wire(answer(409, body)).caller()
        call = Call(method=READ, url=URL, answers=frozenset({409}))

        def close() -> Any:
            return caller.call(
                call,
                parse=lambda body: body["close"],
                explain=lambda _status, _body: (Reason.OTHER, ""),
                deadline=Deadline(5),
            )

        if error is None:
            assert close() == "x"
        else:
            with pytest.raises(error):
                close()

    def test_money_does_not_pass_through_binary_fractions(self) -> None:
        wire = Wire(httpx2.Response(200, text='{"price": 1.1000000000000001}'))

        assert wire.call(READ, parse=lambda body: body["price"]) == "1.1000000000000001"

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"retry-after": "7"}, 7.0),
            ({"x-ratelimit-reset": "3"}, 3.0),
            ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
            ({"retry-after": "-1"}, None),
            ({"retry-after": "nan"}, None),
            ({"retry-after": "1e99"}, LONGEST_REST),
            ({"x-ratelimit-reset": "1795420800"}, LONGEST_REST),
            ({}, None),
        ],
    )
    def test_hands_on_when_the_carrier_wants_to_be_asked_again(
        self, headers: dict[str, str], seconds: float | None
    ) -> None:
        with pytest.raises(Unavailable) as caught:
            Wire(answer(429, {}, headers=headers)).call(WRITE)

        assert caught.value.retry_after == seconds
        assert caught.value.retry_at(NOW, otherwise=5) == NOW + timedelta(seconds=seconds or 5)

    def test_a_refusal_keeps_the_carriers_words_without_our_secrets(self) -> None:
        with pytest.raises(Rejected, match="bad key") as caught:
            Wire(answer(422, {"error": f"bad key {SECRET}"})).call(WRITE)

        assert caught.value.reason is Reason.INVALID
        assert SECRET not in str(caught.value)


class TestRepeating:
    def test_reads_are_repeated_and_writes_never(self) -> None:
        reading, writing = Wire(answer(502)), Wire(answer(502))

        with pytest.raises(Unavailable):
            reading.call(READ)
        with pytest.raises(OutcomeUnknown):
            writing.call(WRITE)

        assert (len(reading.requests), len(writing.requests)) == (READ_ATTEMPTS, 1)

    @pytest.mark.parametrize("status", [400, 401, 404, 429])
    def test_a_clear_no_is_not_asked_again(self, status: int) -> None:
        wire = Wire(answer(status, {"error": "no"}))

        with pytest.raises(CarrierError):
            wire.call(READ)
        assert len(wire.requests) == 1


class TestTime:
    @pytest.mark.parametrize("method", [READ, WRITE])
    @pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
    def test_nothing_leaves_from_call_before_on(self, method: str, late: timedelta) -> None:
        wire = Wire(answer(200, {"id": "x"}))

        with pytest.raises(Unavailable):
            wire.call(method, deadline=Deadline(5, call_before=NOW - late))
        assert wire.requests == []

    def test_a_worker_that_was_held_up_sends_nothing_when_it_wakes(self) -> None:
        clock = [NOW]
        wire = Wire(answer(200, {"id": "x"}))
        client = new_client(httpx2.MockTransport(wire))
        caller = Caller(client, clock=lambda: clock[0])
        troubles: list[CarrierError] = []

        def work() -> None:
            try:
                caller.call(
                    Call(method=WRITE, url=URL),
                    parse=lambda body: body["id"],
                    explain=lambda _status, _body: (Reason.OTHER, ""),
                    deadline=Deadline(30, call_before=NOW + timedelta(seconds=5)),
                )
            except CarrierError as trouble:
                troubles.append(trouble)

        with pauses.armed("carrier.sending") as moment:
            worker = threading.Thread(target=work)
            worker.start()
            moment.wait()
            clock[0] = NOW + timedelta(seconds=6)
            moment.release()
        worker.join()

        assert [type(trouble) for trouble in troubles] == [Unavailable]
        assert wire.requests == []

    def test_nobody_waits_long_for_a_free_connection(self) -> None:
        assert new_client().timeout.pool == CONNECT_SECONDS

    def test_a_call_in_time_leaves(self) -> None:
        deadline = Deadline(5, call_before=NOW + timedelta(seconds=1))

        assert Wire(answer(200, {"id": "x"})).call(WRITE, deadline=deadline) == "x"

    @pytest.mark.parametrize("method", [READ, WRITE])
    def test_nothing_leaves_when_the_time_is_used_up(self, method: str) -> None:
        wire = Wire(answer(200, {"id": "x"}))

        with pytest.raises(Unavailable):
            wire.call(method, deadline=Deadline(0))
        assert wire.requests == []


class TestExchanges:
    def test_each_is_handed_over_without_secrets(self) -> None:
        wire = Wire(answer(200, {"id": "x", "api_key": "other", "echo": SECRET}))
        wire.call(WRITE)

        (record,) = wire.records
        assert (record.method, record.url, record.status) == (WRITE, URL, 200)
        assert json.loads(record.request_body) == {"a": 1}
        assert record.at == NOW
        assert SECRET not in repr(record)
        assert "other" not in record.answer_body

    def test_one_without_an_answer_says_why(self) -> None:
        wire = Wire(httpx2.ReadTimeout(f"slow {SECRET}"))
        with pytest.raises(OutcomeUnknown):
            wire.call(WRITE)

        (record,) = wire.records
        assert record.status is None
        assert "ReadTimeout" in record.trouble
        assert SECRET not in repr(record)

    @pytest.mark.parametrize(
        ("trouble", "told", "is_down", "rest"),
        [
            (Misconfigured(f"no such key: {SECRET}"), "Misconfigured: no such key", False, None),
            (SlowDown("too often", retry_after=60), "SlowDown: too often", False, 60),
            (SlowDown("too often"), "SlowDown: too often", False, 2),
            (Unavailable("under maintenance"), "Unavailable: under maintenance", True, None),
            (KeyError("id"), "OutcomeUnknown: The carrier's answer (200)", True, None),
            (Rejected("in use"), "", False, None),
            (None, "", False, None),
        ],
    )
    def test_each_says_what_its_body_meant_under_a_good_status(
        self, trouble: Exception | None, told: str, is_down: bool, rest: float | None
    ) -> None:
        def parse(body: Any) -> Any:
            if trouble is not None:
                raise trouble
            return body

        wire = Wire(answer(200, {"id": "x"}))
        with nullcontext() if trouble is None else pytest.raises(CarrierError):
            wire.call(WRITE, parse=parse)

        (record,) = wire.records
        assert (record.status, record.is_down, record.rest) == (200, is_down, rest)
        assert record.trouble.startswith(told)
        assert bool(record.trouble) == bool(told)
        assert SECRET not in record.trouble

    def test_a_request_does_not_show_how_it_signs_in(self) -> None:
        call = Call(method=READ, url=URL, headers={"Authorization": f"Bearer {SECRET}"})

        assert SECRET not in repr(call)

    def test_what_one_answer_wants_remembered_is_not_told_with_the_next_account(self) -> None:
        wire = Wire(answer(200, {"id": "x"}, headers={"set-cookie": "session=of-one-account"}))
        client = new_client(httpx2.MockTransport(wire))

        for _ in range(2):
            client.get(URL)

        assert "cookie" not in wire.requests[-1].headers

    def test_a_full_disk_does_not_undo_a_purchase(self, caplog: pytest.LogCaptureFixture) -> None:
        def full(_record: ExchangeRecord) -> None:
            raise OSError("No space left on device")

        assert Wire(answer(201, {"id": "x"})).call(WRITE, on_exchange=full) == "x"
        assert "could not be kept" in caplog.text


class TestAddresses:
    @pytest.mark.parametrize(
        "url", ["ftp://carrier.example", "https://carrier.example:port", "carrier"]
    )
    def test_nonsense_needs_a_person(self, url: str) -> None:
        caller = Caller(new_client())

        with pytest.raises(Misconfigured):
            caller.call(
                Call(method=WRITE, url=url),
                parse=lambda body: body,
                explain=lambda _status, _body: (Reason.OTHER, ""),
                deadline=Deadline(5),
            )


class TestKept:
    def read(self, caller: Caller, *, about: str = "x", **more: Any) -> Any:
        call = Call(method="GET", url=URL, params=[("about", about)], kept_for=60.0)
        explain = more.pop("explain", lambda _status, _body: (Reason.INVALID, "no"))
        parse = more.pop("parse", lambda body: body["id"])
        return caller.call(call, parse=parse, explain=explain, deadline=Deadline(5))

    def test_is_asked_once_in_its_time(self) -> None:
        wire = Wire(answer(200, {"id": 7}))
        caller = wire.caller()
        assert [self.read(caller), self.read(caller)] == [7, 7]
        assert len(wire.requests) == 1
        assert self.read(caller, about="y") == 7
        assert self.read(wire.caller()) == 7
        assert len(wire.requests) == 3

    def test_is_asked_again_once_that_is_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        wire = Wire(answer(200, {"id": 7}))
        caller = wire.caller()
        self.read(caller)
        later = time.monotonic() + 61
        monkeypatch.setattr("trunks.memory.time.monotonic", lambda: later)
        self.read(caller)
        assert len(wire.requests) == 2

    @pytest.mark.parametrize("told", [answer(404, {"error": "no"}), answer(200, {"name": 7})])
    def test_is_nothing_that_was_refused_or_could_not_be_read(self, told: httpx2.Response) -> None:
        wire = Wire(told)
        caller = wire.caller()
        with pytest.raises(CarrierError):
            self.read(caller)
        asked = len(wire.requests)
        wire.answer = answer(200, {"id": 7})
        assert self.read(caller) == 7
        assert len(wire.requests) == asked + 1

    def test_is_asked_again_where_more_is_wanted_of_it(self) -> None:
        wire = Wire(answer(200, {"id": 7}))
        caller = wire.caller()
        self.read(caller)
        wire.answer = answer(200, {"id": 7, "name": "seven"})
        assert self.read(caller, parse=lambda body: body["name"]) == "seven"

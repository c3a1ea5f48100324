"""
The one place from which a carrier is called.

It keeps the total deadline, does not send after `call_before`, repeats reads and never writes,
hands every exchange over without secrets, and sorts all trouble by what may be done next.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx2
import stamina

from lib import pauses
from lib.redact import redact
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
from trunks.exchanges import ExchangeRecord, recorded
from trunks.memory import Memory, OwnMemory
from trunks.regulation import File
from trunks.transport import running

logger = logging.getLogger(__name__)

T = TypeVar("T")
Explain = Callable[[int, Any], tuple[Reason, str]]
"""Reads an error body: its reason and the carrier's words. Raises ValueError for a body it cannot
read."""

READ_ATTEMPTS = 3
LONGEST_PAUSE = 0.5
"""Seconds between two attempts to read."""
LONGEST_REST = 300.0
"""Seconds; a carrier that asks for a longer rest is asked again after this."""
LARGEST_ANSWER = 20_000_000
"""Bytes; a longer answer is treated as garbage."""

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


def json_from(content: bytes) -> Any:
    """Read JSON, None where there is nothing; its numbers never become binary floating point."""
    return json.loads(content, parse_float=str) if content else None


def signed_in(user: str, password: str) -> str:
    """Write user and password as HTTP Basic has them, for the header `Authorization`."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@dataclass(frozen=True, kw_only=True)
class Call:
    """
    One request to make; `json`, `form` and `content` exclude each other.

    :param content: a body in another format, whose type is told by a header
    :param attached: a file that goes with the form, by the name of its field
    :param changes: whether it changes anything at the carrier; None lets the method say so, which
        some carriers use for anything
    :param decode: reads the body of an answer; a ValueError says that it cannot be read
    :param means: what a good status means by itself, whatever the body says
    :param refuses: good statuses that refuse all the same, such as 206: `explain` reads them
    :param answers: bad statuses that answer all the same, such as 409: `parse` reads them
    :param located: whether what a good answer says is where the thing made is (`Location`), and
        not its body
    :param kept_for: seconds for which the answer of a read is believed without asking again
    """

    method: str
    url: str
    params: Sequence[tuple[str, str]] = field(default=(), repr=False)
    json: Any = field(default=None, repr=False)
    form: Sequence[tuple[str, str]] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    attached: tuple[str, File] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    decode: Callable[[bytes], Any] = json_from
    changes: bool | None = None
    means: Mapping[int, Any] = field(default_factory=dict, repr=False)
    refuses: frozenset[int] = frozenset()
    answers: frozenset[int] = frozenset()
    located: bool = False
    kept_for: float = 0.0

    @property
    def writes(self) -> bool:
        """Whether it changes anything at the carrier; such a call is made once."""
        return self.method != "GET" if self.changes is None else self.changes

    @property
    def key(self) -> str:
        """The same for each reading of the same."""
        asked = repr((self.method, self.url, tuple(self.params)))
        return hashlib.sha256(asked.encode()).hexdigest()


class _Trouble(Unavailable):
    """A read failed in a way that may pass."""


@dataclass(frozen=True)
class _Sent:
    """A request that left, when, and how many seconds its answer took."""

    request: httpx2.Request
    at: datetime
    seconds: float


class Caller:
    """
    Makes calls for one carrier account.

    :param on_exchange: gets every exchange; its own failures are logged and go no further
    :param secrets: values that must not be kept anywhere
    :param pace: called before each call leaves; waits for the account's turn, or raises Unavailable
    :param clock: tells the time, for `call_before`
    :param memory: has the answers that are believed for a while
    """

    def __init__(
        self,
        client: httpx2.Client,
        on_exchange: Callable[[ExchangeRecord], None] = lambda _record: None,
        *,
        secrets: Sequence[str] = (),
        pace: Callable[[Deadline], None] = lambda _deadline: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),  # noqa: TID251 - the edge
        memory: Memory | None = None,
    ) -> None:
        self._client = client
        self._on_exchange = on_exchange
        self._secrets = tuple(secret for secret in secrets if secret)
        self._pace = pace
        self._clock = clock
        self._memory = memory or OwnMemory()
        self.has_written = False
        """Whether the carrier has done something that it was asked for."""

    def now(self) -> datetime:
        """Tell the time, for carriers that say how long something lasts and not until when."""
        return self._clock()

    def call(
        self, call: Call, *, parse: Callable[[Any], T], explain: Explain, deadline: Deadline
    ) -> T:
        """
        Make one call and give what its answer means.

        :param parse: makes something of the decoded body of a good answer; a KeyError, TypeError
            or ValueError says that it cannot be trusted, a Rejected that it says no after all
        :param explain: makes something of the decoded body of a refusal
        :raises CarrierError: sorted by what may be done next
        """
        if call.writes:
            return self._attempt(call, parse, explain, deadline)
        if call.kept_for and (told := self._memory.recall(call.key)) is not None:
            # It could be read when it came; a newer version of ours may want more of it.
            with suppress(*UNREADABLE):
                return parse(call.decode(told))
        self._may_start(deadline)
        retries = stamina.retry_context(
            on=lambda trouble: isinstance(trouble, _Trouble) and deadline.left() > LONGEST_PAUSE,
            attempts=READ_ATTEMPTS,
            timeout=None,
            wait_max=LONGEST_PAUSE,
        )
        for attempt in retries:
            with attempt:
                return self._attempt(call, parse, explain, deadline)
        raise AssertionError("unreachable")  # pragma: no cover

    def _attempt(
        self, call: Call, parse: Callable[[Any], T], explain: Explain, deadline: Deadline
    ) -> T:
        sent, answer = self._exchange(call, deadline)
        trouble: CarrierError | None = None
        try:
            meaning = self._meaning(call, answer, parse, explain)
        except CarrierError as found:
            trouble = found
            raise
        else:
            if call.kept_for:
                self._memory.keep(call.key, answer.content, call.kept_for)
            return meaning
        finally:
            # Read first: some carriers answer trouble with a status that says yes.
            self._hand_over(sent, answer, trouble)
            if call.writes:
                pauses.at("carrier.answered")

    def _meaning(
        self,
        call: Call,
        answer: httpx2.Response,
        parse: Callable[[Any], T],
        explain: Explain,
    ) -> T:
        status = answer.status_code
        if refusal := _by_status(answer, writes=call.writes):
            raise refusal
        says_yes = status in call.answers or (status < 300 and status not in call.refuses)
        self.has_written |= call.writes and says_yes
        if status in call.means:
            said: T = call.means[status]
            return said
        try:
            if says_yes and call.located:
                return parse(answer.headers["location"])
            body = call.decode(answer.content)
            if says_yes:
                return parse(body)
            reason, words = explain(status, body)
        except Rejected as no:
            # Some carriers say no with a status that says yes.
            reason, words = no.reason, str(no)
        except UNREADABLE as trouble:
            message = f"The carrier's answer ({status}) cannot be read: {type(trouble).__name__}."
            raise _doubt(message, writes=call.writes) from trouble
        told = redact(words, self._secrets)[:200] or f"The carrier refused ({status})."
        raise Rejected(told, reason=reason)

    def _exchange(self, call: Call, deadline: Deadline) -> tuple[_Sent, httpx2.Response]:
        try:
            request = self._build(call)
        except httpx2.InvalidURL as invalid:
            raise Misconfigured("The carrier's address is not a web address.") from invalid

        self._pace(deadline)
        if call.writes:
            pauses.at("carrier.sending")
        self._may_start(deadline)
        if call.writes:
            pauses.at("carrier.leaving")
        at, started = self._clock(), time.monotonic()
        try:
            with running(deadline):
                answer = self._client.send(request, stream=True)
                _read_bounded(answer)
        except httpx2.HTTPError as failure:
            # The headers may have come; without the body they are no answer.
            trouble = _sorted(failure, writes=call.writes)
            self._hand_over(_Sent(request, at, time.monotonic() - started), None, trouble)
            raise trouble from failure
        return _Sent(request, at, time.monotonic() - started), answer

    def _build(self, call: Call) -> httpx2.Request:
        return self._client.build_request(
            call.method,
            call.url,
            params=list(call.params) or None,
            json=call.json,
            content=call.content,
            data=None if call.form is None else _grouped(call.form),
            files=None if call.attached is None else dict([_part(*call.attached)]),
            headers=dict(call.headers),
        )

    def _may_start(self, deadline: Deadline) -> None:
        if deadline.over:
            raise Unavailable("The time for this operation is used up; nothing was sent.")
        if deadline.call_before is not None and self._clock() >= deadline.call_before:
            raise Unavailable("It is too late to make this call; nothing was sent.")

    def _hand_over(
        self, sent: _Sent, answer: httpx2.Response | None, trouble: CarrierError | None
    ) -> None:
        try:
            self._on_exchange(
                recorded(
                    sent.request,
                    answer,
                    secrets=self._secrets,
                    trouble=trouble,
                    at=sent.at,
                    seconds=sent.seconds,
                )
            )
        except Exception:
            # A number may just have been bought: a full disk must not turn that into an error.
            logger.exception("An exchange with a carrier could not be kept.")


def _part(name: str, file: File) -> tuple[str, tuple[str, bytes, str]]:
    return name, (file.name, file.content, file.media_type)


def _grouped(form: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in form:
        grouped.setdefault(name, []).append(value)
    return grouped


def _read_bounded(answer: httpx2.Response) -> None:
    pieces, length = [], 0
    try:
        for piece in answer.iter_bytes():
            pieces.append(piece)
            length += len(piece)
            if length > LARGEST_ANSWER:
                raise httpx2.ReadError("The answer is too long.")
    finally:
        answer.close()
    answer._content = b"".join(pieces)


def _sorted(failure: httpx2.HTTPError, *, writes: bool) -> CarrierError:
    what = f"{type(failure).__name__}"
    if isinstance(failure, httpx2.UnsupportedProtocol):
        return Misconfigured("The carrier's address is not a web address.")
    if isinstance(failure, NEVER_SENT):
        if writes:
            return Unavailable(f"The carrier cannot be reached ({what}).")
        return _Trouble(f"The carrier cannot be reached ({what}).")
    return _doubt(f"The carrier gave no complete answer ({what}).", writes=writes)


def _doubt(message: str, *, writes: bool) -> CarrierError:
    return OutcomeUnknown(message) if writes else _Trouble(message)


def _by_status(answer: httpx2.Response, *, writes: bool) -> CarrierError | None:
    status = answer.status_code
    if status in (401, 403):
        return Misconfigured(f"The carrier refuses our credentials or permissions ({status}).")
    if status == 429:
        return SlowDown(
            "The carrier asks us to slow down (429).", retry_after=retry_after(answer.headers)
        )
    if status >= 500 or status == 408:
        return _doubt(f"The carrier is in trouble ({status}).", writes=writes)
    if status < 200 or 300 <= status < 400:
        return Misconfigured(f"The carrier's address leads elsewhere ({status}).")
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read in how many seconds the carrier wants to be asked again; None where it names none."""
    for name in ("retry-after", "x-ratelimit-reset"):
        try:
            seconds = float(headers[name])
        except (KeyError, ValueError):
            # Absent, or a date: then our own pace decides.
            continue
        if seconds >= 0:
            return min(seconds, LONGEST_REST)
    return None

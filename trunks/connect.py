"""
Carrier accounts, connected: credentials and client put into an adapter, every exchange kept.

The pure side of a call is in `trunks.http`; here is what needs the database and Redis.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from os import getpid

import httpx2
import redis
from django.conf import settings
from django.db import connection

from trunks import pacing, registry, remembering
from trunks.deadlines import Deadline
from trunks.errors import Unavailable
from trunks.exchanges import ExchangeRecord
from trunks.http import Caller
from trunks.models import CarrierAccount, Exchange
from trunks.roles import Carrier
from trunks.transport import new_client

_stand_ins: list[httpx2.Client] = []


class NotNow(Exception):
    """The account may not be called at this moment; the message says why."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class CalledInsideTransaction(RuntimeError):
    """No transaction may be open while a carrier thinks: claim, call, record."""


def may_call(account: CarrierAccount, now: datetime) -> None:
    """
    Ask whether calls may be made at this moment, before anything is claimed.

    :raises NotNow: with the moment from which it is worth asking again
    """
    if account.status != CarrierAccount.Status.ACTIVE:
        raise NotNow(
            f"The carrier account {account.name} is {account.get_status_display()}.",
            retry_at=now + timedelta(seconds=60),
        )
    seconds, why = pacing.seconds_to_wait(account)
    if seconds > 0:
        raise NotNow(why, retry_at=now + timedelta(seconds=seconds))


def connected(
    account: CarrierAccount,
    *,
    purpose: str,
    numbers: Sequence[str] = (),
    hidden: Sequence[str] = (),
) -> Carrier:
    """
    Give the adapter of an account, ready to call; `isinstance` of a role tells what it can do.

    :param purpose: what the calls are for; exchanges are found by it
    :param numbers: the numbers (E.164) that the calls are about; exchanges are found by them too
    :param hidden: what is said to the carrier and kept nowhere, such as a tax id
    :raises CalledInsideTransaction: if a transaction is open
    """
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise CalledInsideTransaction("Commit before you call a carrier.")
    return _adapter(account, _Ledger(account, purpose, numbers).keep, hidden)


def listening(account: CarrierAccount) -> Carrier:
    """Give the adapter of an account to read messages with; it is not meant to call."""
    return _adapter(account, lambda _record: None)


def _adapter(
    account: CarrierAccount,
    keep: Callable[[ExchangeRecord], None],
    hidden: Sequence[str] = (),
) -> Carrier:
    adapter = registry.carrier(account.carrier)
    secrets = [
        value for key, value in account.credentials.items() if key not in adapter.open_credentials
    ]
    caller = Caller(
        _client(),
        keep,
        secrets=[*secrets, account.webhook_secret, *hidden],
        pace=_Turns(account).take,
        memory=remembering.AccountMemory(account),
    )
    return adapter(
        credentials=account.credentials,
        caller=caller,
        base_url=account.base_url,
        webhook_url=_reachable_webhook_url(account),
    )


def _reachable_webhook_url(account: CarrierAccount) -> str:
    # Without https the portal runs on somebody's machine, where only a stand-in reaches it; a
    # carrier might refuse an order that names such an address.
    return account.webhook_url if settings.HTTPS or account.base_url else ""


class _Turns:
    """Holds the calls of an adapter to the account's share."""

    def __init__(self, account: CarrierAccount) -> None:
        self._account = account

    def take(self, deadline: Deadline) -> None:
        while wait := self._wait():
            if wait >= deadline.left():
                raise Unavailable("The account's share of calls is used up; nothing was sent.")
            time.sleep(wait)

    def _wait(self) -> float:
        try:
            return pacing.seconds_until_turn(self._account)
        except redis.RedisError as trouble:
            raise Unavailable("Nobody can tell whether the account may be called.") from trouble


class _Ledger:
    """Keeps the exchanges of one account and tells the pace what came of them."""

    def __init__(self, account: CarrierAccount, purpose: str, numbers: Sequence[str]) -> None:
        self._account = account
        self._purpose = purpose
        self._numbers = list(numbers)

    def keep(self, record: ExchangeRecord) -> None:
        try:
            self._store(record)
        finally:
            self._tell_pace(record)

    def _store(self, record: ExchangeRecord) -> None:
        was_closed = connection.connection is None
        # Committed by itself: `connected` has made sure that no transaction is open.
        Exchange.objects.create(
            account=self._account,
            purpose=self._purpose[:60],
            numbers=self._numbers,
            method=record.method,
            url=record.url,
            status=record.status,
            request_headers=record.request_headers,
            request_body=record.request_body,
            answer_headers=record.answer_headers,
            answer_body=record.answer_body,
            trouble=record.trouble,
            milliseconds=record.milliseconds,
            at=record.at,
        )
        if was_closed:
            # Whoever closed it wants no connection held while the carrier thinks.
            connection.close()

    def _tell_pace(self, record: ExchangeRecord) -> None:
        if record.rest is not None:
            pacing.rest(self._account, record.rest)
        elif record.is_down:
            pacing.note_failure(self._account)
        else:
            pacing.note_answer(self._account)


@contextmanager
def speaking_through(transport: httpx2.BaseTransport) -> Iterator[None]:
    """Send every call of this process through a transport, such as `httpx2.WSGITransport`."""
    with new_client(transport) as client:
        _stand_ins.append(client)
        try:
            yield
        finally:
            _stand_ins.remove(client)


def _client() -> httpx2.Client:
    return _stand_ins[-1] if _stand_ins else _own_client(getpid())


@cache
def _own_client(_process: int) -> httpx2.Client:
    # Connections must not cross a fork, hence one client for each process.
    return new_client()

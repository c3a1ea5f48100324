"""What a search has found so far: workers write it into Redis, long polls and streams read it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypedDict
from uuid import UUID

import redis
from django.conf import settings

from dids import timing
from dids.models import NumberSearch
from lib.redis_link import connected
from trunks.models import CarrierAccount

LOST_AFTER = 40.0
"""Seconds after which a carrier that said nothing counts as failed: its task expired or died."""

BEGUN = "begun"
"""Stands beside the states of the accounts: where it is missing, Redis was emptied meanwhile."""

LONGEST_POLL = 5.0
"""Seconds for which a reader may wait; well below the time-outs of the proxies that people have."""


class CarrierState(StrEnum):
    """How far one carrier account is with a search."""

    WAITING = "WAITING"
    DONE = "DONE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True)
class CarrierProgress:
    """
    One carrier account's part in a search.

    :ivar name: what the provider calls the account
    :ivar reason: why it failed or was skipped; a provider field
    """

    account: str
    name: str
    state: CarrierState
    milliseconds: int | None = None
    reason: str = ""
    asked: float = 0.0

    @property
    def over(self) -> bool:
        """Whether nothing more comes from there."""
        return self.state != CarrierState.WAITING


class StreamedExtra(TypedDict):
    """What a carrier asks besides; amounts are None where it asks none of that kind."""

    what: str
    name: str
    once: str | None
    monthly: str | None
    currency: str


class StreamedOffer(TypedDict):
    """
    One found offer as it is kept, read and shown.

    Amounts are decimal texts in `currency`; `cost` is the total with the extras in `cost_currency`,
    that of whoever asked, None where no price was told or no rate leads there: then `no_rate_from`
    is the currency that lacks one. `rate` is empty where the two are one; `rate_on` is its day,
    `rate_via` the currency through which it was counted.
    """

    id: str
    number: str
    country: str
    type: str
    region: str
    locality: str
    rate_center: str
    capabilities: list[str]
    carrier: str
    carrier_account: str
    carrier_account_name: str
    setup: str | None
    monthly: str | None
    currency: str
    total: str | None
    cost: str | None
    cost_currency: str
    rate: str
    rate_on: str
    rate_via: str
    no_rate_from: str
    extras: list[StreamedExtra]
    needs_documents: bool


@dataclass(frozen=True)
class SearchPage:
    """
    What came since the last page.

    :ivar offers: the new ones, the cheapest over the search's term first
    :ivar next: to be handed in as `after` for the next page
    :ivar done: whether nothing more comes
    :ivar lost: whether Redis knows nothing of the search (any more): it was emptied, or the search
        is long over
    """

    offers: Sequence[StreamedOffer]
    next: int
    carriers: Sequence[CarrierProgress]
    done: bool
    lost: bool = False


def begin(search: NumberSearch, accounts: Mapping[CarrierAccount, str]) -> None:
    """
    Write down whom the search waits for.

    :param accounts: each with why it is not asked; empty for those that are
    """
    asked = time.time()
    states: dict[Any, Any] = {
        str(account.uuid): _dumped(
            CarrierProgress(
                str(account.uuid),
                account.name,
                CarrierState.SKIPPED if why else CarrierState.WAITING,
                reason=why,
                asked=asked,
            )
        )
        for account, why in accounts.items()
    }
    with _redis().pipeline() as pipe:
        pipe.hset(_states(search.uuid), mapping={**states, BEGUN: "1"})
        pipe.expire(_states(search.uuid), int(timing.seconds("FOUND_OFFER_SECONDS")))
        pipe.execute()


def tell(
    search: NumberSearch,
    account: CarrierAccount,
    state: CarrierState,
    *,
    milliseconds: int | None = None,
    reason: str = "",
    offers: str = "[]",
) -> None:
    """
    Show what came of asking a carrier account, in one step: the last answer ends the search.

    :param offers: JSON, a list of `StreamedOffer`
    """
    key = str(account.uuid)
    progress = CarrierProgress(key, account.name, state, milliseconds, reason, time.time())
    with _redis().pipeline() as pipe:
        pipe.hset(_states(search.uuid), key, _dumped(progress))
        # "0-*" lets Redis number the entries 0-1, 0-2, ...: the plain count is the reader's cursor.
        pipe.xadd(_stream(search.uuid), {"offers": offers}, id="0-*")
        for name in (_stream(search.uuid), _states(search.uuid)):
            pipe.expire(name, int(timing.seconds("FOUND_OFFER_SECONDS")))
        pipe.execute()


def read(search: UUID, *, after: int, wait: float) -> SearchPage:
    """
    Give what came after a page; waits up to so many seconds if no carrier has answered since.

    :param after: 0, or `next` of the page before
    """
    page = _page(search, after)
    milliseconds = int(min(wait, LONGEST_POLL) * 1000)
    # Redis reads BLOCK 0 as "for ever".
    if page.next == after and not (page.done or page.lost) and milliseconds > 0:
        _redis().xread({_stream(search): f"0-{after}"}, block=milliseconds, count=1)
        page = _page(search, after)
    return page


def _page(search: UUID, after: int) -> SearchPage:
    # One transaction: nothing comes between "all are done" and the last offers.
    with _redis().pipeline() as pipe:
        pipe.hgetall(_states(search))
        pipe.xrange(_stream(search), f"(0-{after}")
        pipe.xlen(_stream(search))
        states, entries, count = pipe.execute()
    if count < after:
        # Redis was emptied, and what is there now began to be counted anew.
        return _page(search, 0)
    lost = states.pop(BEGUN, None) is None
    carriers = sorted(map(_loaded, states.values()), key=lambda carrier: carrier.name)
    offers = [offer for _, values in entries for offer in json.loads(values["offers"])]
    return SearchPage(
        offers=sorted(offers, key=_rank),
        next=int(entries[-1][0].split("-")[1]) if entries else after,
        carriers=carriers,
        done=not lost and all(carrier.over for carrier in carriers),
        lost=lost,
    )


def _rank(offer: StreamedOffer) -> tuple[bool, bool, float, str]:
    # What cannot be compared comes last: first what has a price without a rate.
    cost = offer["cost"]
    return offer["total"] is None, cost is None, float(cost or 0), offer["number"]


def _loaded(text: str) -> CarrierProgress:
    values = json.loads(text)
    state = CarrierState(values.pop("state"))
    progress = CarrierProgress(state=state, **values)
    if progress.over or time.time() - progress.asked < LOST_AFTER:
        return progress
    return CarrierProgress(
        progress.account, progress.name, CarrierState.FAILED, reason="It did not answer in time."
    )


def _dumped(progress: CarrierProgress) -> str:
    return json.dumps(vars(progress))


def _stream(search: UUID) -> str:
    return f"dids:search:{search}"


def _states(search: UUID) -> str:
    return f"dids:search:{search}:carriers"


@cache
def _redis() -> redis.Redis:
    client: redis.Redis = connected(settings.REDIS_URL, answer_seconds=LONGEST_POLL + 2, text=True)
    return client

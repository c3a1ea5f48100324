"""What a search has found so far: written by its workers into Redis, read by long polls."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from typing import Any, cast

import redis
from django.conf import settings

from dids import timing
from dids.models import FoundOffer, NumberSearch
from trunks.models import CarrierAccount

LOST_AFTER = 40.0
"""Seconds after which a carrier that said nothing counts as failed: its task expired or died."""

LONGEST_POLL = 25.0
"""Seconds; below the time-outs of the proxies that people have."""


class CarrierState(StrEnum):
    """How far one carrier account is with a search."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
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
        return self.state not in {CarrierState.WAITING, CarrierState.RUNNING}


@dataclass(frozen=True)
class StreamedOffer:
    """One found offer, as it is shown; amounts are decimal texts in `currency`."""

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
    needs_documents: bool


@dataclass(frozen=True)
class SearchPage:
    """
    What came since the last page.

    :ivar offers: the new ones, the cheapest over the search's term first
    :ivar next: to be handed in as `after` for the next page
    :ivar done: whether nothing more comes
    """

    offers: Sequence[StreamedOffer]
    next: int
    carriers: Sequence[CarrierProgress]
    done: bool


def begin(search: NumberSearch, accounts: Iterable[CarrierAccount]) -> None:
    """Write down whom the search waits for."""
    asked = time.time()
    states: dict[Any, Any] = {
        str(account.uuid): _dumped(
            CarrierProgress(str(account.uuid), account.name, CarrierState.WAITING, asked=asked)
        )
        for account in accounts
    }
    with _redis().pipeline() as pipe:
        pipe.hset(_states(search), mapping=states)
        pipe.expire(_states(search), int(timing.seconds("FOUND_OFFER_SECONDS")))
        pipe.execute()


def tell(
    search: NumberSearch,
    account: CarrierAccount,
    state: CarrierState,
    *,
    milliseconds: int | None = None,
    reason: str = "",
    offers: Iterable[FoundOffer] = (),
) -> None:
    """Show how far a carrier account is and what it found, in one step: the last answer ends it."""
    key = str(account.uuid)
    batch = [asdict(_streamed(search, offer)) for offer in offers]
    progress = CarrierProgress(key, account.name, state, milliseconds, reason, time.time())
    entry = {"state": key, **({"offers": json.dumps(batch)} if batch else {})}
    with _redis().pipeline() as pipe:
        pipe.hset(_states(search), key, _dumped(progress))
        # "1-*" lets Redis number the entries 1-1, 1-2, ...: the plain count is the reader's cursor.
        pipe.xadd(_stream(search), cast("Any", entry), id="1-*")
        pipe.expire(_stream(search), int(timing.seconds("FOUND_OFFER_SECONDS")))
        pipe.execute()


def read(search: NumberSearch, *, after: int, wait: float) -> SearchPage:
    """
    Give what came after a page; waits up to so many seconds if there is nothing yet.

    :param after: 0, or `next` of the page before
    """
    page = _page(search, after, block=0.0)
    if page.offers or page.done or wait <= 0:
        return page
    ends = time.monotonic() + min(wait, LONGEST_POLL)
    while (left := ends - time.monotonic()) > 0.001:
        page = _page(search, page.next, block=left)
        if page.offers or page.done:
            break
    return page


def _page(search: NumberSearch, after: int, *, block: float) -> SearchPage:
    entries = _entries(search, after, block)
    # States are read first, so that nothing can come between "all are done" and the last offers.
    carriers = _carriers(search)
    done = all(carrier.over for carrier in carriers)
    if done or entries:
        entries = _entries(search, after, 0.0)
    offers = [StreamedOffer(**offer) for _, batch in entries for offer in batch]
    return SearchPage(
        offers=sorted(offers, key=_rank),
        next=entries[-1][0] if entries else after,
        carriers=carriers,
        done=done,
    )


def _rank(offer: StreamedOffer) -> tuple[bool, float, str]:
    return offer.total is None, float(offer.total or 0), offer.number


def _entries(
    search: NumberSearch, after: int, block: float
) -> list[tuple[int, list[dict[str, Any]]]]:
    # Redis reads BLOCK 0 as "for ever", so no wait is no BLOCK at all.
    milliseconds = max(int(block * 1000), 1) if block > 0 else None
    answer = cast(
        "list[Any]",
        _redis().xread({_stream(search): f"1-{max(after, 0)}"}, block=milliseconds),
    )
    if not answer:
        return []
    return [
        (int(key.split("-")[1]), json.loads(values.get("offers", "[]")))
        for key, values in answer[0][1]
    ]


def _carriers(search: NumberSearch) -> list[CarrierProgress]:
    states = cast("dict[str, str]", _redis().hgetall(_states(search)))
    return sorted(map(_loaded, states.values()), key=lambda carrier: carrier.name)


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
    return json.dumps(asdict(progress))


def _streamed(search: NumberSearch, offer: FoundOffer) -> StreamedOffer:
    total = offer.total(search.months)
    return StreamedOffer(
        id=str(offer.uuid),
        number=offer.e164,
        country=offer.country,
        type=offer.type,
        region=offer.region,
        locality=offer.locality,
        rate_center=offer.rate_center,
        capabilities=list(offer.capabilities),
        carrier=offer.carrier_account.carrier,
        carrier_account=str(offer.carrier_account.uuid),
        carrier_account_name=offer.carrier_account.name,
        setup=None if offer.setup is None else str(offer.setup),
        monthly=None if offer.monthly is None else str(offer.monthly),
        currency=offer.currency,
        total=None if total is None else str(total.amount),
        needs_documents=offer.needs_documents,
    )


def _stream(search: NumberSearch) -> str:
    return f"dids:search:{search.uuid}"


def _states(search: NumberSearch) -> str:
    return f"dids:search:{search.uuid}:carriers"


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True, socket_timeout=30)

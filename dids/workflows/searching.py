"""Ask several carriers at once what numbers they would sell."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache

from django.db import connection

from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import coverage, extras, pricing, questions, search_stream, tasks, timing
from dids.found import as_found, streamed
from dids.models import FoundOffer, NumberSearch
from dids.models.searches import CHOSEN
from dids.questions import UnableToSearch
from dids.search_stream import CarrierState
from dids.sieve import Sieve
from dids.states import SEARCH, SearchStatus
from dids.workflows import requiring
from lib.nudges import nudge
from trunks import connect, in_flight, registry
from trunks.deadlines import Deadline
from trunks.errors import CarrierError
from trunks.models import CarrierAccount
from trunks.offers import FoundNumber, Wanted
from trunks.roles import SearchesNumbers

MESSAGE_SECONDS = 20
"""So long a worker may take to begin: later, nobody waits for the answers any more."""
LONGEST_WAIT = 4.0
"""Seconds that a search waits for its turn at the carrier before it skips it."""
OUR_FAULT = "Something went wrong on our side. It is logged."


def start(
    *,
    wanted: Wanted,
    accounts: Sequence[CarrierAccount] | None,
    actor: Actor,
    now: datetime,
    months: int = 12,
    sieve: Sieve | None = None,
    organization: Organization | None = None,
) -> NumberSearch:
    """
    Have a worker ask carrier accounts; `dids.search_stream.read` shows the answers as they come.

    :param accounts: those to ask; None asks all that the actor can reach
    :param months: the term over which offers are compared
    :param sieve: what of the answers is let through
    :param organization: for whom is searched; None for the actor's own
    :raises UnableToSearch: if the question is none or there is nobody to ask
    """
    question, narrowed = questions.checked(wanted, sieve or Sieve(), months)
    asked = _able(accounts, actor)
    home = organization or _home(actor)
    currency = pricing.currency_of(home)
    with acting(actor):
        search = NumberSearch.objects.create(
            organization=home,
            wanted={
                **asdict(question),
                "capabilities": sorted(question.capabilities),
                **({CHOSEN: [str(one.uuid) for one in asked]} if accounts is not None else {}),
            },
            narrowed=narrowed.kept(),
            months=months,
            currency=currency,
            rates=pricing.kept(pricing.book_of(now).into(currency)),
            fees=extras.kept_by_account(
                extras.of_accounts([one.pk for one in asked], [question.country], now=now)
            ),
            status_since=now,
            asked_at=now,
            expires_at=now + timing.span("FOUND_OFFER_SECONDS"),
        )
        _begin(search, asked, now)
    return search


def ask(*, search_id: int, account_ids: Sequence[int], until: float, now: datetime) -> None:
    """
    Ask carrier accounts side by side, and show and keep what each of them offers.

    :param until: Unix time after which it is not worth beginning. To read the same from a
        message's `expires` takes Celery a tenth of what a search costs its worker (5.7)
    :raises ExceptionGroup: of what went wrong on our side, once everybody was asked
    """
    if now.timestamp() > until:
        return
    open_ones = NumberSearch.objects.filter(status=SearchStatus.OPEN, expires_at__gt=now)
    search = next(iter(open_ones.filter(pk=search_id)), None)
    if search is None:
        return
    accounts = CarrierAccount.objects.in_bulk(account_ids).values()
    if connection.in_atomic_block:
        # What an open transaction wrote, its own thread alone can see.
        for account in accounts:
            _ask_one(search, account, now)
        return
    # Many searches wait at once: none of them holds a database connection meanwhile.
    connection.close()
    asking = [_askers().submit(_ask_aside, search, account, now) for account in accounts]
    if faults := [fault for one in asking if (fault := one.exception())]:
        raise BaseExceptionGroup("Carrier accounts could not be asked.", faults)


def _ask_aside(search: NumberSearch, account: CarrierAccount, now: datetime) -> None:
    try:
        _ask_one(search, account, now)
    finally:
        connection.close()


def _ask_one(search: NumberSearch, account: CarrierAccount, now: datetime) -> None:
    began = time.monotonic()
    try:
        with in_flight.slot(account, now):
            _wait_for_turn(account, now)
            began = time.monotonic()
            found = _found(search, account, now)
        took = _milliseconds(began)
        # A carrier that names a number twice offers it once; so does a message that comes twice.
        unique = {number.number: number for number in found}
        offers = json.dumps([streamed(search, account, number) for number in unique.values()])
        FoundOffer.objects.keep(search, account, offers)
    except connect.NotNow as later:
        search_stream.tell(search, account, CarrierState.SKIPPED, reason=str(later))
        return
    except CarrierError as trouble:
        search_stream.tell(
            search,
            account,
            CarrierState.FAILED,
            milliseconds=_milliseconds(began),
            reason=str(trouble),
        )
        return
    except Exception:
        # Nobody waits for what will not come; whoever looks after the workers hears the rest.
        search_stream.tell(search, account, CarrierState.FAILED, reason=OUR_FAULT)
        raise
    search_stream.tell(search, account, CarrierState.DONE, milliseconds=took, offers=offers)


def resume(*, search: NumberSearch, actor: Actor, now: datetime) -> None:
    """
    Ask again for a search of which Redis knows nothing any more; one that is over just ends.

    An offer that is found twice keeps its id and does no harm.
    """
    if search.quote_of is not None:
        show_quote(search, search.quote_of)
        return
    is_over = search.status != SearchStatus.OPEN or search.expires_at <= now
    within = CarrierAccount.objects.visible_to(actor)
    if chosen := search.wanted.get(CHOSEN):
        within = within.filter(uuid__in=chosen)
    asked = [] if is_over else _askable(within)
    _begin(search, asked, now)


def show_quote(search: NumberSearch, account: CarrierAccount) -> None:
    """Show what is kept of a quote as what its carrier answered."""
    kept = FoundOffer.objects.filter(search=search).order_by("e164")
    offers = [streamed(search, account, as_found(offer)) for offer in kept]
    search_stream.begin(search, {account: ""})
    search_stream.tell(search, account, CarrierState.DONE, offers=json.dumps(offers))


def expire(*, searches: Sequence[NumberSearch], now: datetime) -> None:
    """End searches whose offers are too old to be ordered."""
    for search in searches:
        SEARCH.edges.move(search, to=SearchStatus.EXPIRED, now=now)


def _found(search: NumberSearch, account: CarrierAccount, now: datetime) -> list[FoundNumber]:
    carrier = connect.connected(account, purpose="search")
    if not isinstance(carrier, SearchesNumbers):
        return []
    wanted, sieve = search.question(), search.sieve()
    deadline = Deadline(timing.seconds("SEARCH_DEADLINE_SECONDS"))
    found = carrier.search(sieve.asked(wanted, most=questions.MOST), deadline=deadline)
    found = requiring.marked(
        found, carrier=carrier, account=account, wanted=wanted, deadline=deadline, now=now
    )
    found = extras.priced(search, account.pk, found, untold=carrier.untold_prices)
    return sieve.chosen(found, most=wanted.limit) if sieve.narrows else found


def _begin(search: NumberSearch, accounts: Sequence[CarrierAccount], now: datetime) -> None:
    """Have those asked that may have what is wanted, and say of the others why not."""
    wanted = search.question()
    told = {one: coverage.why_not_asked(one, wanted.country, wanted.type) for one in accounts}
    search_stream.begin(search, told)
    if able := [account for account, why in told.items() if not why]:
        _have_asked(search, able, now)


def _have_asked(search: NumberSearch, accounts: Sequence[CarrierAccount], now: datetime) -> None:
    # One message for all of them: the broker takes longer over one than we over a question.
    nudge(
        tasks.search.apply_async,
        kwargs={
            "search_id": search.pk,
            "account_ids": [account.pk for account in accounts],
            "until": now.timestamp() + MESSAGE_SECONDS,
        },
    )


@cache
def _askers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(in_flight.THREADS, thread_name_prefix="asker")


def _wait_for_turn(account: CarrierAccount, now: datetime) -> None:
    began = time.monotonic()
    while True:
        passed = time.monotonic() - began
        try:
            connect.may_call(account, now + _seconds(passed))
        except connect.NotNow as later:
            left = (later.retry_at - now).total_seconds() - passed
            if passed + left > LONGEST_WAIT:
                raise
            time.sleep(max(left, 0.01))
        else:
            return


def _able(accounts: Sequence[CarrierAccount] | None, actor: Actor) -> list[CarrierAccount]:
    if accounts is None:
        accounts = list(CarrierAccount.objects.visible_to(actor))
    active = _askable(accounts)
    if not active:
        raise UnableToSearch(
            "No carrier account can be searched. Connect one, or choose accounts that are active.",
            field="carrier_accounts",
        )
    return active


def _askable(accounts: Iterable[CarrierAccount]) -> list[CarrierAccount]:
    return [
        account
        for account in accounts
        if account.status == CarrierAccount.Status.ACTIVE
        and issubclass(registry.carrier(account.carrier), SearchesNumbers)
    ]


def _home(actor: Actor) -> Organization:
    if actor.reach is None:
        raise UnableToSearch("A search needs somebody who asks.")
    return actor.reach


def _milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _seconds(passed: float) -> timedelta:
    return timedelta(seconds=passed)

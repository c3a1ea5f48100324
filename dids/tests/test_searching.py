from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any, NoReturn

import httpx2
import pytest
import redis
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils import timezone

from accounts.tests.cast import Cast
from billing.workflows import rates
from dids import search_stream, tasks
from dids.found import streamed
from dids.models import FoundOffer, NumberSearch
from dids.questions import UnableToSearch
from dids.search_stream import CarrierState
from dids.sieve import Sieve
from dids.tests.carrier import Shop, shop
from dids.tests.factories import new_e164
from dids.workflows import searching, sweeps
from lib.e164 import E164
from lib.money import Money
from trunks import in_flight, registry
from trunks.connect import speaking_through
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.offers import FoundNumber, Wanted
from trunks.tests.factories import make_carrier_account

Capture = Callable[[], AbstractContextManager[list[Callable[[], Any]]]]
CHICAGO = Wanted(country="US", area_code="312", limit=5)


@pytest.fixture
def market(cast: Cast) -> Iterator[Shop]:
    """Open the carriers."""
    with shop() as opened:
        opened.account("telnyx")
        opened.account("twilio")
        yield opened


def ask_all(search: NumberSearch) -> None:
    everybody = list(CarrierAccount.objects.order_by("pk").values_list("pk", flat=True))
    ask(search, everybody)


def ask(search: NumberSearch, accounts: list[int], *, late: float = 0.0) -> None:
    """Take the message, so many seconds after the last moment at which it is worth it."""
    now = timezone.now()
    searching.ask(search_id=search.pk, account_ids=accounts, until=now.timestamp() - late, now=now)


def begin(cast: Cast, wanted: Wanted = CHICAGO, **more: Any) -> NumberSearch:
    return searching.start(
        wanted=wanted, accounts=None, actor=cast.staff, now=timezone.now(), **more
    )


def forget(search: NumberSearch) -> None:
    """Take from Redis what it knows of one search, as if it had been emptied."""
    redis.Redis.from_url(settings.REDIS_URL).delete(
        f"dids:search:{search.uuid}", f"dids:search:{search.uuid}:carriers"
    )


class TestStart:
    def test_waits_for_every_account(self, market: Shop, cast: Cast) -> None:
        page = search_stream.read(begin(cast).uuid, after=0, wait=0)
        assert [carrier.state for carrier in page.carriers] == [CarrierState.WAITING] * 2
        assert (page.offers, page.next, page.done) == ([], 0, False)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"country": "usa"}, "country"),
            ({"country": "us"}, "country"),
            ({"area_code": "3x2"}, "area_code"),
            ({"contains": "٣٣"}, "contains"),
            ({"prefix": "1" * 16}, "prefix"),
            ({"locality": "x" * 101}, "locality"),
            ({"limit": 0}, "limit"),
            ({"limit": 101}, "limit"),
        ],
    )
    def test_refuses_what_is_no_question(
        self, market: Shop, cast: Cast, change: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(UnableToSearch) as refusal:
            begin(cast, replace(CHICAGO, **change))
        assert refusal.value.field == field

    def test_refuses_when_nobody_can_be_asked(self, cast: Cast) -> None:
        make_carrier_account(status=CarrierAccount.Status.PAUSED)
        with pytest.raises(UnableToSearch) as refusal:
            begin(cast)
        assert refusal.value.field == "carrier_accounts"


class TestCost:
    def test_is_in_the_currency_of_who_asks_and_what_has_no_rate_comes_last(
        self, cast: Cast
    ) -> None:
        enter_rate(cast, "EUR", "1.10")
        search = begin_with_accounts(cast)
        for currency, monthly in (("EUR", "1.00"), ("USD", "1.20"), ("CHF", "0.10")):
            offer_found(search, make_carrier_account(), currency, monthly)
        offers = search_stream.read(search.uuid, after=0, wait=0).offers
        assert [(offer["currency"], offer["cost"]) for offer in offers] == [
            ("EUR", "13.20"),
            ("USD", "14.40"),
            ("CHF", None),
        ]
        assert (offers[0]["total"], offers[0]["rate"]) == ("12.00", "1.1")
        assert offers[0]["rate_on"] == timezone.now().date().isoformat()
        assert {offer["cost_currency"] for offer in offers} == {"USD"}

    def test_keeps_the_rates_of_the_moment_of_the_question(self, cast: Cast) -> None:
        enter_rate(cast, "EUR", "1.10")
        search = begin_with_accounts(cast)
        enter_rate(cast, "EUR", "9.90")
        offer_found(search, make_carrier_account(), "EUR", "1.00")
        (offer,) = search_stream.read(search.uuid, after=0, wait=0).offers
        assert offer["cost"] == "13.20"


def enter_rate(cast: Cast, base: str, rate: str) -> None:
    now = timezone.now()
    wish = rates.Wish(base=base, quote="USD", rate=Decimal(rate), valid_from=now.date())
    rates.enter(rates=[wish], owner=cast.provider, actor=cast.staff, now=now)


def begin_with_accounts(cast: Cast) -> NumberSearch:
    make_carrier_account()
    return begin(cast)


def offer_found(search: NumberSearch, account: CarrierAccount, currency: str, monthly: str) -> None:
    """Have an account answer with one number at a price."""
    number = FoundNumber(
        number=E164(new_e164()),
        country="US",
        type=NumberType.LOCAL,
        monthly=Money(Decimal(monthly), currency),
    )
    offers = json.dumps([streamed(search, account, number)])
    search_stream.tell(search, account, CarrierState.DONE, offers=offers)


class TestAsk:
    def test_streams_offers_of_all_carriers_the_cheapest_first(
        self, market: Shop, cast: Cast
    ) -> None:
        search = begin(cast)
        ask_all(search)
        page = search_stream.read(search.uuid, after=0, wait=0)
        assert page.done
        assert len(page.offers) == 10
        totals = [float(offer["total"]) for offer in page.offers if offer["total"] is not None]
        assert totals == sorted(totals)
        assert {offer["carrier"] for offer in page.offers} == {"telnyx", "twilio"}
        assert FoundOffer.objects.filter(search=search).count() == 10
        for offer in page.offers:
            kept = FoundOffer.objects.get(uuid=offer["id"])
            total = kept.total(search.months)
            assert (kept.e164, kept.carrier_account.carrier) == (offer["number"], offer["carrier"])
            assert kept.capabilities == offer["capabilities"]
            assert total is not None
            assert total.amount == Decimal(offer["total"] or 0)
            assert kept.expires_at == search.expires_at
        for carrier in page.carriers:
            assert carrier.state == CarrierState.DONE
            assert carrier.milliseconds is not None
        rest = search_stream.read(search.uuid, after=page.next, wait=0)
        assert (rest.offers, rest.done) == ([], True)

    def test_stores_nothing_twice_when_the_message_comes_twice(
        self, market: Shop, cast: Cast
    ) -> None:
        search = begin(cast)
        ask_all(search)
        ask_all(search)
        assert FoundOffer.objects.filter(search=search).count() == 10

    def test_shows_the_others_when_one_carrier_fails(self, market: Shop, cast: Cast) -> None:
        market.sandbox.fault("telnyx", "search", "timeout_before", times=10)
        search = begin(cast)
        ask_all(search)
        page = search_stream.read(search.uuid, after=0, wait=0)
        states = {carrier.name.split()[0]: carrier for carrier in page.carriers}
        assert states["telnyx"].state == CarrierState.FAILED
        assert states["telnyx"].reason
        assert states["twilio"].state == CarrierState.DONE
        assert {offer["carrier"] for offer in page.offers} == {"twilio"}
        assert page.done

    def test_skips_an_account_that_may_not_be_called(self, market: Shop, cast: Cast) -> None:
        search = begin(cast)
        CarrierAccount.objects.filter(carrier="twilio").update(status="PAUSED")
        ask_all(search)
        page = search_stream.read(search.uuid, after=0, wait=0)
        states = {carrier.name.split()[0]: carrier.state for carrier in page.carriers}
        assert states["twilio"] == CarrierState.SKIPPED
        assert page.done

    def test_skips_an_account_that_earlier_searches_still_wait_for(
        self, market: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(in_flight, "PATIENCE", 0.01)
        search = begin(cast)
        account = market.account("twilio")
        with ExitStack() as busy:
            for _ in range(in_flight.MOST):
                busy.enter_context(in_flight.slot(account, timezone.now()))
            ask_all(search)
        page = search_stream.read(search.uuid, after=0, wait=0)
        states = {carrier.name.split()[0]: carrier for carrier in page.carriers}
        assert states["twilio"].state == CarrierState.SKIPPED
        assert "earlier searches" in states["twilio"].reason
        assert states["telnyx"].state == CarrierState.DONE
        ask_all(search)
        page = search_stream.read(search.uuid, after=0, wait=0)
        assert {carrier.state for carrier in page.carriers} == {CarrierState.DONE}

    def test_does_nothing_for_a_message_that_waited_too_long(
        self, market: Shop, cast: Cast
    ) -> None:
        search = begin(cast)
        one = CarrierAccount.objects.order_by("pk")[0]
        ask(search, [one.pk], late=0.001)
        assert not FoundOffer.objects.exists()
        ask(search, [one.pk])
        assert FoundOffer.objects.exists()

    def test_does_nothing_for_an_expired_search(self, market: Shop, cast: Cast) -> None:
        search = begin(cast)
        assert sweeps.end_searches(now=timezone.now() + timedelta(hours=1)) == 1
        ask_all(search)
        assert not FoundOffer.objects.exists()
        sweeps.end_searches(now=timezone.now() + timedelta(days=3))
        assert not NumberSearch.objects.exists()


@pytest.fixture
def known() -> Iterator[set[BaseDatabaseWrapper]]:
    """Know this thread's database connection, and each one that any thread opens from now on."""
    noted = {connections["default"]}

    def note(connection: BaseDatabaseWrapper, **_more: object) -> None:
        noted.add(connection)

    connection_created.connect(note)
    yield noted
    connection_created.disconnect(note)


def count_open(known: set[BaseDatabaseWrapper]) -> int:
    return sum(one.connection is not None for one in known)


class Meeting(httpx2.BaseTransport):
    """Stands before two carriers: neither answers before both were asked, and then something."""

    def __init__(self, behind: httpx2.BaseTransport, action: Callable[[], None]) -> None:
        self._behind = behind
        self._both = Barrier(2, action)
        self._came: set[str] = set()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        carrier = request.url.path.split("/")[1]
        if carrier not in self._came:
            self._came.add(carrier)
            self._both.wait(20)
        return self._behind.handle_request(request)


@pytest.mark.django_db(transaction=True)
class TestAskAside:
    """By threads, as it is outside of tests that are undone."""

    def test_asks_all_at_once_and_holds_no_connection_meanwhile_or_afterwards(
        self, market: Shop, cast: Cast, known: set[BaseDatabaseWrapper]
    ) -> None:
        search, held = begin(cast), []
        meeting = Meeting(market.sandbox.transport, lambda: held.append(count_open(known)))
        with speaking_through(meeting):
            ask_all(search)
        left = count_open(known)
        page = search_stream.read(search.uuid, after=0, wait=0)

        assert (held, left) == ([0], 0)
        assert len(known) > 1
        assert [carrier.state for carrier in page.carriers] == [CarrierState.DONE] * 2
        assert len(page.offers) == 10
        assert {offer["carrier"] for offer in page.offers} == {"telnyx", "twilio"}
        kept = FoundOffer.objects.filter(search=search).values_list("uuid", flat=True)
        assert {offer["id"] for offer in page.offers} == set(map(str, kept))

    def test_shows_a_fault_of_ours_at_once_and_what_the_others_offer(
        self,
        market: Shop,
        cast: Cast,
        known: set[BaseDatabaseWrapper],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def search_wrongly(*_question: object, **_more: object) -> NoReturn:
            raise RuntimeError("For those who look after the workers.")

        monkeypatch.setattr(registry.carrier("telnyx"), "search", search_wrongly)
        search = begin(cast)
        accounts = [market.account(carrier).pk for carrier in ("telnyx", "twilio")]
        reported = tasks.search.apply(
            kwargs={
                "search_id": search.pk,
                "account_ids": accounts,
                "until": timezone.now().timestamp() + 20,
            }
        )
        left = count_open(known)
        page = search_stream.read(search.uuid, after=0, wait=0)

        states = {carrier.name.split()[0]: carrier for carrier in page.carriers}
        assert states["telnyx"].state == CarrierState.FAILED
        assert states["telnyx"].reason == searching.OUR_FAULT
        assert states["twilio"].state == CarrierState.DONE
        assert page.done
        assert [offer["carrier"] for offer in page.offers] == ["twilio"] * 5
        assert FoundOffer.objects.filter(search=search).count() == 5
        assert left == 0
        assert reported.failed()
        assert "RuntimeError: For those who look after the workers." in str(reported.traceback)


class TestResume:
    def test_asks_everybody_again_once_redis_was_emptied(
        self, market: Shop, cast: Cast, django_capture_on_commit_callbacks: Capture
    ) -> None:
        search = begin(cast)
        ask_all(search)
        before = search_stream.read(search.uuid, after=0, wait=0)
        forget(search)
        lost = search_stream.read(search.uuid, after=before.next, wait=10)

        with django_capture_on_commit_callbacks() as messages:
            searching.resume(search=search, actor=cast.staff, now=timezone.now())
        ask_all(search)
        again = search_stream.read(search.uuid, after=before.next + 1, wait=0)

        assert (lost.offers, lost.done, lost.lost) == ([], False, True)
        assert len(messages) == 1
        assert again.done
        assert {offer["id"] for offer in again.offers} == {offer["id"] for offer in before.offers}

    def test_asks_only_those_who_were_chosen(
        self, market: Shop, cast: Cast, django_capture_on_commit_callbacks: Capture
    ) -> None:
        one = CarrierAccount.objects.order_by("pk")[0]
        search = searching.start(
            wanted=CHICAGO, accounts=[one], actor=cast.staff, now=timezone.now()
        )
        forget(search)
        with django_capture_on_commit_callbacks() as messages:
            searching.resume(search=search, actor=cast.staff, now=timezone.now())
        page = search_stream.read(search.uuid, after=0, wait=0)
        assert [carrier.account for carrier in page.carriers] == [str(one.uuid)]
        assert len(messages) == 1
        ask(search, [one.pk])
        assert search_stream.read(search.uuid, after=0, wait=0).done

    def test_ends_a_lost_search_that_is_too_old(self, market: Shop, cast: Cast) -> None:
        search = begin(cast)
        forget(search)
        searching.resume(search=search, actor=cast.staff, now=search.expires_at)
        page = search_stream.read(search.uuid, after=0, wait=0)
        assert (page.done, page.lost, page.carriers) == (True, False, [])


class TestRead:
    def test_wakes_up_when_something_comes(self, market: Shop, cast: Cast) -> None:
        search = begin(cast)
        with ThreadPoolExecutor(1) as pool:
            poll = pool.submit(search_stream.read, search.uuid, after=0, wait=10)
            ask_all(search)
            assert poll.result(10).offers

    def test_comes_back_empty_when_nothing_does(self, market: Shop, cast: Cast) -> None:
        page = search_stream.read(begin(cast).uuid, after=0, wait=0.05)
        assert (page.offers, page.done) == ([], False)


class TestNarrowing:
    def test_keeps_and_shows_only_what_fits(self, market: Shop, cast: Cast) -> None:
        search = begin(cast, sieve=Sieve(pattern="312?????1*"))
        ask_all(search)
        page = search_stream.read(search.uuid, after=0, wait=0)
        assert page.offers
        assert len(page.offers) <= 2 * CHICAGO.limit
        assert all(offer["number"][10] == "1" for offer in page.offers)
        kept = FoundOffer.objects.filter(search=search).values_list("e164", flat=True)
        assert set(kept) == {offer["number"] for offer in page.offers}

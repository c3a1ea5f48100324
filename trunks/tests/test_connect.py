"""What is kept of a call, and what the pace learns from it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
import redis
from django.db import transaction

from lib.redact import REMOVED
from trunks import connect, pacing, registry, remembering
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Rejected, SlowDown, Unavailable
from trunks.models import CarrierAccount, Exchange
from trunks.offers import Wanted
from trunks.remembering import AccountMemory
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import NOW, make_carrier_account

WANTED = Wanted(country="US", area_code="312", limit=2)


def ask_balance(account: CarrierAccount) -> Any:
    carrier: Any = connect.connected(account, purpose="balance")
    return carrier.balance(deadline=Deadline(0.1))


@contextmanager
def answering(body: str) -> Iterator[None]:
    """Answer every call alike, with a status that says yes."""
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, text=body))
    with connect.speaking_through(transport):
        yield


@pytest.fixture(params=["telnyx", "twilio"])
def account(request: pytest.FixtureRequest, db: None, carriers: CarrierSandbox) -> CarrierAccount:
    """Store an account that the sandbox knows."""
    opened = carriers.account(request.param)
    return make_carrier_account(carrier=request.param, credentials=opened["credentials"])


def search(account: CarrierAccount) -> Any:
    carrier: Any = connect.connected(account, purpose="search")
    return carrier.search(WANTED, deadline=Deadline(10))


class TestExchanges:
    def test_each_is_kept_with_its_purpose(self, account: CarrierAccount) -> None:
        search(account)

        kept = Exchange.objects.filter(account=account)
        assert kept
        for exchange in kept:
            assert (exchange.purpose, exchange.method, exchange.status) == ("search", "GET", 200)
            assert exchange.url.startswith(account.base_url)
        assert "+1312" in (kept.order_by("-at", "-pk")[0].answer_body)

    def test_none_has_a_secret(self, account: CarrierAccount) -> None:
        search(account)

        for exchange in Exchange.objects.filter(account=account):
            told = repr(list(exchange.__dict__.values()))
            for name in ("api_key", "auth_token"):
                assert account.credentials.get(name, "unlikely") not in told
            headers = {name.lower(): value for name, value in exchange.request_headers.items()}
            assert headers["authorization"] == REMOVED

    def test_one_is_kept_while_the_pace_cannot_be_told(
        self, account: CarrierAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(_account: CarrierAccount) -> None:
            raise redis.ConnectionError("Redis went away.")

        monkeypatch.setattr(pacing, "note_answer", away)
        search(account)

        assert Exchange.objects.filter(account=account).exists()

    @pytest.mark.django_db(transaction=True)
    def test_no_carrier_is_called_inside_a_transaction(self, carriers: CarrierSandbox) -> None:
        account = make_carrier_account()

        with transaction.atomic(), pytest.raises(connect.CalledInsideTransaction):
            connect.connected(account, purpose="search")

    @pytest.mark.django_db(transaction=True)
    def test_one_stays_when_the_work_around_it_fails(self, carriers: CarrierSandbox) -> None:
        opened = carriers.account("telnyx")
        account = make_carrier_account(credentials=opened["credentials"])
        carrier: Any = connect.connected(account, purpose="check")
        carriers.fault("telnyx", "balance", "timeout_before", times=3)

        with pytest.raises(Unavailable):
            carrier.balance(deadline=Deadline(10))

        statuses = Exchange.objects.filter(account=account).values_list("status", flat=True)
        assert list(statuses) == [504, 504, 504]


class TestThePace:
    def test_a_429_makes_the_account_rest(
        self, account: CarrierAccount, carriers: CarrierSandbox
    ) -> None:
        carriers.fault(account.carrier, "search", "rate_limited", seconds=9)

        with pytest.raises(Unavailable):
            search(account)
        assert pacing.seconds_to_wait(account)[0] > 0

    def test_a_body_that_asks_for_it_makes_the_account_rest_for_everybody(
        self, db: None, carriers: CarrierSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account = make_carrier_account(
            carrier="voipms", credentials=carriers.account("voipms")["credentials"]
        )
        carriers.fault("voipms", "balance", "rate_limited")
        carrier: Any = connect.connected(account, purpose="balance")
        with pytest.raises(SlowDown):
            carrier.balance(deadline=Deadline(10))

        monkeypatch.setattr(pacing, "getpid", lambda: 0)  # another process, another connection
        wait, _ = pacing.seconds_to_wait(account)
        assert 50 < wait <= 60
        with pytest.raises(connect.NotNow, match="slow down"):
            connect.may_call(account, NOW)

    def test_silence_opens_the_breaker_and_an_answer_closes_it(
        self, account: CarrierAccount, carriers: CarrierSandbox
    ) -> None:
        carriers.fault(account.carrier, "search", "timeout_before", times=6)
        # Twilio's search asks for the price first, and that is an answer.
        for _ in range(2):
            with pytest.raises(Unavailable):
                search(account)
        pacing.note_failure(account)
        pacing.note_failure(account)
        assert pacing.seconds_to_wait(account)[0] > 0

        search(account)
        assert pacing.seconds_to_wait(account)[0] == 0

    def test_an_unknown_outcome_is_a_failure(
        self, account: CarrierAccount, carriers: CarrierSandbox
    ) -> None:
        number = search(account)[0].number
        carriers.fault(account.carrier, "order", "timeout_after")
        carrier: Any = connect.connected(account, purpose="order")
        for _ in range(pacing.FAILURES_TO_OPEN - 1):
            pacing.note_failure(account)

        with pytest.raises(OutcomeUnknown):
            carrier.order([number], reference="r-1", binding="", deadline=Deadline(10))
        assert pacing.seconds_to_wait(account)[0] > 0

    @pytest.mark.parametrize(
        ("carrier", "body"),
        [
            ("voipms", '{"status": "method_maintenance"}'),
            ("voipms", "<html>Back in an hour</html>"),
            ("voip_innovations", "<r><responseCode>999</responseCode></r>"),
            ("questblue", "[]"),
        ],
    )
    def test_trouble_in_a_body_that_comes_with_a_good_status_is_a_failure(
        self, db: None, carrier: str, body: str
    ) -> None:
        keys = dict.fromkeys(registry.carrier(carrier).needed_credentials, "unused")
        account = make_carrier_account(carrier=carrier, credentials=keys)
        for _ in range(pacing.FAILURES_TO_OPEN - 1):
            pacing.note_failure(account)

        with answering(body), pytest.raises(Unavailable):
            ask_balance(account)
        assert {kept.status for kept in Exchange.objects.filter(account=account)} == {200}
        assert pacing.look([account])[account.pk].open_for is not None

    def test_a_refusal_in_a_body_is_an_answer(self, db: None) -> None:
        keys = dict.fromkeys(registry.carrier("voipms").needed_credentials, "unused")
        account = make_carrier_account(carrier="voipms", credentials=keys)
        pacing.note_failure(account)

        with answering('{"status": "invalid_did"}'), pytest.raises(Rejected):
            ask_balance(account)
        assert pacing.look([account])[account.pk].failures == 0

    def test_every_call_of_an_operation_draws_on_the_share(
        self, db: None, carriers: CarrierSandbox
    ) -> None:
        twilio = carriers.account("twilio")["credentials"]
        account = make_carrier_account(carrier="twilio", credentials=twilio, rate_per_second=1)
        began = time.monotonic()

        search(account)

        # It asks for the price first.
        assert time.monotonic() - began >= 1
        assert pacing.seconds_to_wait(account)[0] > 0

    def test_nothing_is_sent_where_the_share_would_come_too_late(
        self, db: None, carriers: CarrierSandbox
    ) -> None:
        twilio = carriers.account("twilio")["credentials"]
        account = make_carrier_account(carrier="twilio", credentials=twilio, rate_per_second=0.1)
        carrier: Any = connect.connected(account, purpose="search")

        with pytest.raises(Unavailable, match="share of calls"):
            carrier.search(WANTED, deadline=Deadline(5))
        assert Exchange.objects.filter(account=account).count() == 1

    def test_nothing_is_sent_while_the_pace_cannot_be_asked(
        self, account: CarrierAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(_account: CarrierAccount) -> float:
            raise redis.ConnectionError("Redis went away.")

        monkeypatch.setattr(pacing, "seconds_until_turn", away)
        carrier: Any = connect.connected(account, purpose="balance")

        with pytest.raises(Unavailable):
            carrier.balance(deadline=Deadline(10))


class TestListening:
    def test_tells_where_messages_go_only_where_the_carrier_reaches_that(
        self, db: None, settings: Any
    ) -> None:
        real = make_carrier_account(carrier="didww", credentials={"api_key": "k"}, base_url="")
        beside = make_carrier_account(carrier="didww", credentials={"api_key": "k"})
        settings.HTTPS = False
        assert connect.listening(real).webhook_url == ""
        assert connect.listening(beside).webhook_url.endswith(f"/webhooks/{beside.uuid}")
        settings.HTTPS = True
        assert connect.listening(real).webhook_url == real.webhook_url


class TestMemory:
    def test_holds_for_every_process_and_for_one_account(
        self, db: None, carriers: CarrierSandbox
    ) -> None:
        accounts = []
        for _ in range(2):
            opened = carriers.account("didww")
            made = make_carrier_account(carrier="didww", credentials=opened["credentials"])
            accounts.append(made)
        asked = []
        for account in (accounts[0], accounts[0], accounts[1]):
            search(account)
            asked.append(carriers.seen("didww")["prices"])
        assert asked == [2, 2, 4]

    def test_is_missed_by_nobody(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = AccountMemory(make_carrier_account())
        memory.keep("a", b"told", 60)
        memory.keep("b", b"x" * (remembering.LARGEST + 1), 60)
        assert (memory.recall("a"), memory.recall("b")) == (b"told", None)

        def away() -> None:
            raise redis.ConnectionError("away")

        monkeypatch.setattr(pacing, "store", away)
        memory.keep("a", b"more", 60)
        assert memory.recall("a") is None

"""Two workers change one number where its carrier is told all of it: neither undoes the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Event as Moment
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from accounts.work import acting
from dids import events, tasks
from dids.crafts import kind_of
from dids.models import CallerName, CarrierBinding, Feature, MessagingRoute, PhoneNumber
from dids.states import BindingStatus, FeatureStatus
from dids.tests.carrier import Shop
from dids.tests.factories import make_texts
from dids.tests.passing_time import let_pass
from dids.tests.test_caller_names import owned
from dids.workflows import (
    binding,
    binding_recording,
    binding_work,
    caller_names,
    change_turns,
    feature_recording,
    feature_wishes,
    features,
)
from lib import pauses
from lib.e164 import E164
from portal.tests.races.threads import crowd
from trunks import connect, registry
from trunks.carriers.bandwidth.texts import BandwidthTexts
from trunks.carriers.vonage.adapter import Vonage
from trunks.deadlines import Deadline
from trunks.features import CallerNames, Stage
from trunks.models import Trunk

race = pytest.mark.race
pytestmark = pytest.mark.django_db(transaction=True)

B, S = BindingStatus, FeatureStatus
HERE = "https://messages.oak.example/in"
THERE = "https://messages.elm.example/in"


def wanted_binding(number: PhoneNumber, trunk: Trunk, cast: Cast) -> CarrierBinding:
    return binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())


def wanted_texts(number: PhoneNumber, cast: Cast, address: str = HERE) -> MessagingRoute:
    return make_texts(number, cast.staff, address)


def wanted_names(number: PhoneNumber, cast: Cast) -> CallerName:
    return caller_names.want(
        number=number, text="", shows_callers=True, actor=cast.staff, now=timezone.now()
    )


def work(row: CarrierBinding | Feature, *, later: timedelta = timedelta(0)) -> None:
    """Do what a worker does."""
    now = timezone.now() + later
    if isinstance(row, CarrierBinding):
        binding_work.bind(binding_id=row.pk, now=now)
    else:
        features.see_to(kind=kind_of(row), feature_id=row.pk, now=now)


def read(*rows: CarrierBinding | Feature) -> list[str]:
    """Read what has become of them."""
    for row in rows:
        row.refresh_from_db()
    return [row.status for row in rows]


def adapter(market: Shop, carrier: str) -> Any:
    """Ask the carrier itself, as nobody here remembers it."""
    account = market.account(carrier)
    return market.sandbox.adapter_for(carrier, dict(account.credentials))


def texts_at(market: Shop, number: PhoneNumber, address: str = HERE) -> Stage:
    asked = adapter(market, number.carrier_account.carrier)
    told: Stage = asked.messages_of(
        E164(number.e164), address, carrier_reference="", deadline=Deadline(10)
    ).stage
    return told


def trunk_at(market: Shop, number: PhoneNumber) -> str:
    asked = adapter(market, number.carrier_account.carrier)
    return str(asked.binding_of(E164(number.e164), carrier_reference="", deadline=Deadline(10)))


def names_at(market: Shop, number: PhoneNumber) -> Stage:
    asked = adapter(market, number.carrier_account.carrier)
    told: Stage = asked.caller_names_of(
        E164(number.e164),
        CallerNames(shows_callers=True),
        carrier_reference="",
        deadline=Deadline(10),
    ).stage
    return told


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Note who is called because it is their turn."""
    messages: list[dict[str, object]] = []

    def note(**message: object) -> None:
        messages.append(message)

    monkeypatch.setattr(tasks.bind, "delay", note)
    monkeypatch.setattr(tasks.feature, "delay", note)
    return messages


@pytest.fixture
def patient(market: Shop, settings: Any) -> None:
    """Let a claim stand for longer than anybody is held up here."""
    del market
    settings.PURCHASE_GRACE_SECONDS = settings.PURCHASE_DEADLINE_SECONDS = 10.0


def name_of(row: CarrierBinding | Feature) -> dict[str, object]:
    if isinstance(row, CarrierBinding):
        return {"binding_id": row.pk}
    return {"kind": kind_of(row), "feature_id": row.pk}


@race
@pytest.mark.usefixtures("patient")
class TestTwoAtOnce:
    """The first has read all that is set, and is about to write it once more."""

    def meet(
        self,
        first: CarrierBinding | Feature,
        second: CarrierBinding | Feature,
        called: list[dict[str, object]],
        *,
        held_at: str = "carrier.leaving",
    ) -> None:
        called.clear()
        with crowd() as workers:
            workers.while_held(held_at, partial(work, first), partial(work, second))
        read(first, second)
        assert second.attempt is None
        assert second.failure == change_turns.WAITS
        assert called == [name_of(second)]
        work(second)

    @pytest.mark.parametrize("binds_first", [True, False])
    def test_binding_and_texts_both_hold_at_vonage(
        self, market: Shop, cast: Cast, called: list[dict[str, object]], binds_first: bool
    ) -> None:
        number, trunk = owned(market, cast, "vonage"), market.trunk("vonage")
        bound, texts = wanted_binding(number, trunk, cast), wanted_texts(number, cast)

        if binds_first:
            self.meet(bound, texts, called)
        else:
            self.meet(texts, bound, called)

        assert read(bound, texts) == [B.BOUND, S.ACTIVE]
        assert trunk_at(market, number) == trunk.known_as
        assert texts_at(market, number) is Stage.ACTIVE

    def test_binding_and_names_both_hold_at_voipms(
        self, market: Shop, cast: Cast, called: list[dict[str, object]]
    ) -> None:
        number, trunk = owned(market, cast, "voipms"), market.trunk("voipms")
        bound, names = wanted_binding(number, trunk, cast), wanted_names(number, cast)

        self.meet(names, bound, called)

        assert read(bound, names) == [B.BOUND, S.ACTIVE]
        assert trunk_at(market, number) == trunk.known_as
        assert names_at(market, number) is Stage.ACTIVE

    def test_of_two_addresses_at_one_location_one_is_refused_at_bandwidth(
        self,
        market: Shop,
        cast: Cast,
        called: list[dict[str, object]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        open_ = BandwidthTexts._open

        def linger_and_open(*told: Any) -> None:
            """Stop where it is read that the location has no address yet."""
            pauses.at("test.linking")
            open_(*told)

        monkeypatch.setattr(BandwidthTexts, "_open", linger_and_open)
        one, other = (owned(market, cast, "bandwidth") for _ in range(2))
        here, there = wanted_texts(one, cast), wanted_texts(other, cast, THERE)

        self.meet(here, there, called, held_at="test.linking")
        let_pass(timezone.now())

        assert read(here, there) == [S.ACTIVE, S.REJECTED]
        assert "one trunk has one address" in there.failure
        assert texts_at(market, one) is Stage.ACTIVE

    def test_a_number_is_not_moved_while_its_texts_are_routed_at_bandwidth(
        self, market: Shop, cast: Cast, called: list[dict[str, object]]
    ) -> None:
        number, trunk = owned(market, cast, "bandwidth"), market.trunk("bandwidth")
        bound, texts = wanted_binding(number, trunk, cast), wanted_texts(number, cast)

        self.meet(texts, bound, called)
        let_pass(timezone.now())
        # The move took its messages along: they are read again, and routed from where it is now.
        work(texts)
        let_pass(timezone.now())

        assert read(bound, texts) == [B.BOUND, S.ACTIVE]
        assert trunk_at(market, number) == trunk.known_as
        assert texts_at(market, number) is Stage.ACTIVE

    def test_elsewhere_nobody_waits_for_another_change(self, market: Shop, cast: Cast) -> None:
        number, trunk = owned(market, cast, "telnyx"), market.trunk("telnyx")
        bound, names = wanted_binding(number, trunk, cast), wanted_names(number, cast)
        with crowd() as workers:
            workers.while_held("carrier.leaving", partial(work, bound), partial(work, names))

        assert read(bound, names) == [B.BOUND, S.ACTIVE]

    def test_another_number_of_the_account_need_not_wait(self, market: Shop, cast: Cast) -> None:
        one, other = (wanted_texts(owned(market, cast, "vonage"), cast) for _ in range(2))
        with crowd() as workers:
            workers.while_held("carrier.leaving", partial(work, one), partial(work, other))

        assert read(one, other) == [S.ACTIVE, S.ACTIVE]

    def test_two_that_claim_together_are_told_apart_by_the_lock(
        self, market: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number, trunk = owned(market, cast, "vonage"), market.trunk("vonage")
        bound, texts = wanted_binding(number, trunk, cast), wanted_texts(number, cast)
        take, read_binding, has_looked = change_turns.take, binding_work._read, Moment()

        def take_and_linger(*told: Any, **more: Any) -> None:
            take(*told, **more)
            pauses.at("test.taken")

        def read_late(*told: Any) -> str:
            assert has_looked.wait(20)
            return read_binding(*told)

        def look() -> None:
            work(texts)
            has_looked.set()

        monkeypatch.setattr(change_turns, "take", take_and_linger)
        monkeypatch.setattr(binding_work, "_read", read_late)
        with crowd() as workers:
            workers.while_held("test.taken", partial(work, bound), look)

        assert read(bound, texts) == [B.BOUND, S.WANTED]
        assert texts.failure == change_turns.WAITS


class TestATurn:
    def waits(self, row: CarrierBinding | Feature) -> bool:
        work(row)
        read(row)
        return row.failure == change_turns.WAITS

    @pytest.fixture
    def pair(self, market: Shop, cast: Cast) -> tuple[CarrierBinding, MessagingRoute]:
        """Give two changes of one number at a carrier that is told all of it."""
        number, trunk = owned(market, cast, "vonage"), market.trunk("vonage")
        return wanted_binding(number, trunk, cast), wanted_texts(number, cast)

    def test_is_given_away_when_the_claim_of_a_killed_worker_is_over(
        self,
        pair: tuple[CarrierBinding, MessagingRoute],
        called: list[dict[str, object]],
    ) -> None:
        bound, texts = pair
        loaded = binding_recording.loaded(bound.pk)
        assert loaded is not None
        binding_recording.claimed(loaded, now=timezone.now())
        called.clear()
        assert self.waits(texts)

        work(bound, later=timedelta(minutes=1))
        assert read(bound) == [B.WANTED]
        assert called == [name_of(texts)]
        work(texts)
        assert read(texts) == [S.ACTIVE]

    def test_lasts_as_long_as_nobody_knows_what_became_of_it(
        self,
        market: Shop,
        pair: tuple[CarrierBinding, MessagingRoute],
        called: list[dict[str, object]],
    ) -> None:
        bound, texts = pair
        market.sandbox.fault("vonage", "bind", "timeout_after")
        work(bound)
        assert read(bound) == [B.UNCERTAIN]
        called.clear()
        assert self.waits(texts)

        work(bound)
        assert read(bound) == [B.BOUND]
        assert called == [name_of(texts)]

    def test_lasts_until_the_call_is_over_where_something_else_is_wanted_meanwhile(
        self, cast: Cast, pair: tuple[CarrierBinding, MessagingRoute]
    ) -> None:
        bound, texts = pair
        row = feature_recording.loaded(kind_of(texts), texts.pk)
        feature_recording.claimed(row, to=S.SETTING, now=timezone.now())
        for address in (THERE, HERE):
            again = wanted_texts(texts.number, cast, address)
            assert again.next_attempt_at is not None
            # Whoever wants it twice over does not have it sent while the call may be on its way.
            assert again.next_attempt_at > timezone.now()
        assert self.waits(bound)
        work(bound, later=timedelta(minutes=1))
        assert read(bound) == [B.BOUND]

    def test_does_not_use_up_the_calls_of_the_account(
        self, pair: tuple[CarrierBinding, MessagingRoute], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, texts = pair
        CarrierBinding.objects.update(status=B.UNCERTAIN)
        monkeypatch.setattr(connect, "may_call", pytest.fail)
        assert self.waits(texts)

    def test_begins_once_the_carrier_shows_the_change_before_it(
        self,
        pair: tuple[CarrierBinding, MessagingRoute],
        called: list[dict[str, object]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        bound, texts = pair
        called.clear()
        work(bound)
        assert called == []
        with monkeypatch.context() as lagging:
            lagging.setattr(Vonage, "binding_of", lambda *_told, **_more: "")
            assert self.waits(texts)
            assert texts.attempt is None
        work(texts)
        assert read(bound, texts) == [B.BOUND, S.ACTIVE]

    def test_begins_when_the_carrier_has_had_time_to_show_what_was_taken_off(
        self, pair: tuple[CarrierBinding, MessagingRoute], cast: Cast
    ) -> None:
        bound, texts = pair
        work(texts)
        read(texts)
        with acting(cast.staff):
            feature_wishes.unwant(texts, actor=cast.staff, now=timezone.now())
        work(texts)
        assert read(texts) == [S.OFF]
        assert self.waits(bound)
        work(bound, later=Vonage.lookup_lag)
        assert read(bound) == [B.BOUND]

    def test_is_not_taken_after_a_change_that_nobody_looked_for(
        self, pair: tuple[CarrierBinding, MessagingRoute]
    ) -> None:
        bound, texts = pair
        row = feature_recording.loaded(kind_of(texts), texts.pk)
        work(bound)
        read(bound)
        with pytest.raises(change_turns.NotYourTurn):
            feature_recording.claimed(row, to=S.SETTING, now=timezone.now())
        feature_recording.claimed(row, to=S.SETTING, now=timezone.now(), seen=bound.attempt)

    def test_that_was_not_got_puts_off_no_newer_wish(
        self, cast: Cast, pair: tuple[CarrierBinding, MessagingRoute]
    ) -> None:
        bound, texts = pair
        read_before = feature_recording.loaded(kind_of(texts), texts.pk)
        again, bound_before = (
            wanted_texts(texts.number, cast, THERE),
            binding_recording.loaded(bound.pk),
        )
        assert bound_before is not None
        CarrierBinding.objects.update(status_since=timezone.now())
        later = timezone.now() + timedelta(hours=1)
        feature_recording.look_again(read_before, later, failure=change_turns.WAITS)
        binding_recording.look_again(bound_before, later, failure=change_turns.WAITS)
        read(bound, again)
        for row in (bound, again):
            assert row.failure == ""
            assert row.next_attempt_at is not None
            assert row.next_attempt_at < later

    def test_is_known_of_everything_that_a_carrier_is_told_as_a_whole(self) -> None:
        for slug in registry.slugs():
            whole = registry.carrier(slug).writes_whole
            assert set(whole) <= set(change_turns.WHERE), slug
            assert not set(whole) & set(registry.carrier(slug).by_hand), slug


class TestWhatIsInForce:
    @pytest.mark.parametrize(
        ("carrier", "want"), [("vonage", wanted_texts), ("voipms", wanted_names)]
    )
    def test_is_read_day_by_day_and_set_again_where_it_was_undone(
        self, market: Shop, cast: Cast, carrier: str, want: Callable[[PhoneNumber, Cast], Feature]
    ) -> None:
        number = owned(market, cast, carrier)
        row = want(number, cast)
        work(row)
        assert read(row) == [S.ACTIVE]
        assert row.next_attempt_at is not None
        assert row.next_attempt_at > timezone.now() + timedelta(hours=23)

        asked, digits = adapter(market, carrier), E164(number.e164)
        if carrier == "vonage":
            asked.route_messages(digits, "", carrier_reference="", deadline=Deadline(10))
        else:
            asked.set_caller_names(
                digits, CallerNames(), carrier_reference="", deadline=Deadline(10)
            )
        work(row, later=timedelta(days=1, hours=2))
        assert read(row) == [S.WANTED]
        assert Event.objects.filter(action=events.FEATURE_LAPSED.name).count() == 1
        let_pass(timezone.now())

        assert read(row) == [S.ACTIVE]
        reached = texts_at if carrier == "vonage" else names_at
        assert reached(market, number) is Stage.ACTIVE

    def test_is_left_alone_elsewhere(self, market: Shop, cast: Cast) -> None:
        row = wanted_names(owned(market, cast), cast)
        work(row)
        assert read(row) == [S.ACTIVE]
        assert row.next_attempt_at is None

    def test_is_not_all_read_at_once_where_numbers_share_something(
        self, market: Shop, cast: Cast
    ) -> None:
        doubted, *others = (wanted_texts(owned(market, cast, "bandwidth"), cast) for _ in range(3))
        MessagingRoute.objects.update(status=S.ACTIVE)
        now = timezone.now()
        change_turns.read_again(doubted, now=now)
        read(*others)
        first, second = (row.next_attempt_at for row in others)
        assert first is not None
        assert second is not None
        assert now < first < second

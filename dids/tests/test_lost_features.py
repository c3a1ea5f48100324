"""What a carrier was deciding about and has lost is asked for once more, or seen to by a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids.crafts import kind_of
from dids.models import Brand, CallerName, Feature, Task, TaskKind
from dids.states import FeatureStatus
from dids.tests.carrier import Shop
from dids.tests.passing_time import let_pass
from dids.tests.test_caller_names import owned, there, want
from dids.tests.test_messaging import brand_of
from dids.workflows import feature_recording, features, lapsing
from trunks import pacing
from trunks.features import Stage

S = FeatureStatus
DAY = timedelta(days=1)


def lose(row: Feature, *, submitted: timedelta, gives_up_in: timedelta) -> None:
    """Have a carrier decide about something of which it has nothing."""
    now = timezone.now()
    type(row).objects.update(
        status=S.SUBMITTED,
        status_since=now - submitted,
        attempt=uuid4(),
        next_attempt_at=now,
        give_up_at=now + gives_up_in,
        perhaps_there=True,
    )


def read(row: Feature) -> Feature:
    features.see_to(kind=kind_of(row), feature_id=row.pk, now=timezone.now())
    row.refresh_from_db()
    return row


@pytest.fixture
def name(market: Shop, cast: Cast) -> CallerName:
    """Give the name of a number's calls, wanted from a carrier."""
    return want(owned(market, cast), cast.staff)


@pytest.fixture
def brand(market: Shop, cast: Cast) -> Brand:
    """Give a brand, wanted from a carrier."""
    owned(market, cast)
    return brand_of(cast)


def test_it_is_asked_for_once_more(market: Shop, name: CallerName) -> None:
    lose(name, submitted=DAY, gives_up_in=DAY)
    let_pass(timezone.now())
    name.refresh_from_db()
    assert name.status == S.ACTIVE
    assert there(market, name.number) is Stage.ACTIVE


def test_absence_is_not_believed_at_once(name: CallerName) -> None:
    lose(name, submitted=timedelta(0), gives_up_in=DAY)
    read(name)
    assert name.status == S.SUBMITTED
    assert name.next_attempt_at is not None
    assert name.next_attempt_at > timezone.now()


def test_the_longer_it_is_lost_the_later_it_is_asked_for(name: CallerName) -> None:
    lose(name, submitted=DAY, gives_up_in=DAY / 2)
    before = timezone.now()
    read(name)
    assert name.status == S.WANTED
    assert name.next_attempt_at is not None
    assert name.next_attempt_at >= before + timedelta(minutes=5)


def test_a_person_sees_to_it_in_the_end(name: CallerName) -> None:
    lose(name, submitted=DAY, gives_up_in=timedelta(0))
    read(name)
    assert (name.status, name.failure) == (S.BY_HAND, "The carrier shows it no more.")
    assert Task.objects.open().get().kind == TaskKind.FEATURE_BY_HAND


def test_what_costs_money_each_time_is_not_asked_for_again(market: Shop, brand: Brand) -> None:
    lose(brand, submitted=DAY, gives_up_in=DAY)
    read(brand)
    assert brand.status == S.BY_HAND
    assert Task.objects.open().get().kind == TaskKind.FEATURE_BY_HAND
    assert market.sandbox.seen("telnyx").get("register", 0) == 0


def test_what_does_not_last_is_seen_to_by_a_person(market: Shop, cast: Cast) -> None:
    name, now = want(owned(market, cast, "voipms"), cast.staff), timezone.now()

    def undo(at: datetime) -> str:
        CallerName.objects.update(status=S.ACTIVE)
        lapsing.undone(feature_recording.loaded(kind_of(name), name.pk), now=at)
        return CallerName.objects.get().status

    # Several workers that woke late.
    assert {undo(now) for _ in range(lapsing.ASKED_AGAIN + 1)} == {S.WANTED}
    assert undo(now + DAY) == S.BY_HAND
    name.refresh_from_db()
    assert name.next_attempt_at is None
    assert Task.objects.open().get().kind == TaskKind.FEATURE_BY_HAND

    # Whoever wants something else has it tried anew.
    want(name.number, cast.staff, "ACME LTD")
    assert undo(now + DAY) == S.WANTED


@pytest.mark.parametrize("trouble", ["rate_limited", "timeout_after"])
def test_what_cannot_be_taken_off_in_time_is_taken_off_by_a_person(
    market: Shop, cast: Cast, name: CallerName, trouble: str
) -> None:
    CallerName.objects.update(status=S.ACTIVE, perhaps_there=True)
    want(name.number, cast.staff, "")
    market.sandbox.fault("telnyx", "caller_name", trouble, times=2)
    assert read(name).status == S.UNWANTED

    CallerName.objects.update(give_up_at=timezone.now(), call_before=None)
    pacing.forget(market.account())
    assert read(name).status == S.REMOVAL_BY_HAND
    assert Task.objects.open().get().kind == TaskKind.FEATURE_REMOVAL

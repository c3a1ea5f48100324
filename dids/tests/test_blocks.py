"""Ranges of numbers that a carrier sold as one thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids import blocks as inventory
from dids.models import NumberBlock, PhoneNumber, Release
from dids.models.blocks import numbers_between
from dids.states import NumberStatus, ReleaseStatus
from dids.tests.carrier import Shop, shop
from dids.tests.factories import MAIN, NOW, make_number
from dids.tests.test_races import at_once
from dids.workflows import assignment, block_release, blocks, holding, release
from dids.workflows.blocks import UnableToDefine, UnableToDissolve
from dids.workflows.release import UnableToRelease
from dids.workflows.standing import UnableToStandIn
from lib.refusals import UnableTo
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account

LATER = NOW + timedelta(hours=1)
DAY = date(2026, 12, 1)
FIRST, LAST = "+441632960100", "+441632960103"


def stock(
    cast: Cast, first: str = FIRST, last: str = LAST, *, account: CarrierAccount | None = None
) -> list[PhoneNumber]:
    account = account or make_carrier_account(owner=cast.provider)
    return [
        make_number(holder=cast.provider, e164=e164, account=account, country="GB")
        for e164 in numbers_between(first, last)
    ]


def define(
    cast: Cast, *, first: str = FIRST, last: str = LAST, divisible: bool = False
) -> NumberBlock:
    return blocks.define(first=first, last=last, divisible=divisible, actor=cast.staff, now=LATER)


def block_of(cast: Cast, *, divisible: bool = False) -> tuple[NumberBlock, list[PhoneNumber]]:
    numbers = stock(cast)
    return define(cast, divisible=divisible), numbers


def statuses() -> set[str]:
    return set(PhoneNumber.objects.values_list("status", flat=True))


@pytest.mark.django_db
class TestDefine:
    def test_binds_every_number_of_the_range_and_no_other(self, cast: Cast) -> None:
        stock(cast, "+441632960099", "+441632960104")
        block = define(cast)
        bound = PhoneNumber.objects.filter(block=block).order_by("e164")
        assert [row.e164 for row in bound] == list(numbers_between(FIRST, LAST))
        assert block.size == 4
        told = Event.objects.get(action="dids.block.defined")
        assert told.after == {"first": FIRST, "last": LAST, "divisible": False}
        (shown,) = inventory.blocks(cast.staff)
        counts = (shown.live_numbers, shown.free_numbers, shown.leaving_numbers)  # type: ignore[attr-defined]
        assert counts == (4, 4, 0)

    @pytest.mark.parametrize(
        ("first", "last", "field"),
        [
            ("0163", LAST, "first"),
            (FIRST, "next week", "last"),
            (FIRST, "+44163296010", "last"),
            (FIRST, FIRST, "last"),
            (LAST, FIRST, "last"),
            (FIRST, "+441632961100", "last"),
        ],
    )
    def test_refuses_what_is_no_range(self, cast: Cast, first: str, last: str, field: str) -> None:
        with pytest.raises(UnableToDefine) as refusal:
            define(cast, first=first, last=last)
        assert (refusal.value.field, refusal.value.conflict) == (field, False)

    def test_refuses_gaps_and_names_them(self, cast: Cast) -> None:
        stock(cast)
        PhoneNumber.objects.filter(e164="+441632960102").update(e164="+441632960109")
        with pytest.raises(UnableToDefine, match=r"gaps: \+441632960102 cannot be found"):
            define(cast)

    @pytest.mark.parametrize(
        ("column", "words"),
        [("type", "in type"), ("country", "in country"), ("carrier_account", "carrier account")],
    )
    def test_refuses_a_mixed_range(self, cast: Cast, column: str, words: str) -> None:
        *_, last = stock(cast)
        other = {"type": "MOBILE", "country": "IE", "carrier_account": other_account(cast)}
        PhoneNumber.objects.filter(pk=last.pk).update(**{column: other[column]})
        with pytest.raises(UnableToDefine, match=words) as refusal:
            define(cast)
        assert last.e164 in str(refusal.value)

    def test_refuses_what_is_not_free_in_stock(self, cast: Cast) -> None:
        one, two, three, _ = stock(cast)
        holding.allot(number=one, to=cast.tenant, actor=cast.staff, now=LATER)
        holding.offer(number=two, to=cast.dealer, actor=cast.staff, now=LATER)
        release.schedule(number=three, on=DAY, actor=cast.staff, now=LATER)
        with pytest.raises(UnableToDefine) as refusal:
            define(cast)
        assert all(row.e164 in str(refusal.value) for row in (one, two, three))
        assert LAST not in str(refusal.value)

    def test_refuses_to_overlap(self, cast: Cast) -> None:
        stock(cast, FIRST, "+441632960105")
        define(cast)
        with pytest.raises(UnableToDefine, match="belong to a block already"):
            define(cast, first="+441632960103", last="+441632960105")
        assert define(cast, first="+441632960104", last="+441632960105").size == 2

    def test_refuses_a_range_in_which_a_number_was_bought_again(self, cast: Cast) -> None:
        block, numbers = block_of(cast, divisible=True)
        # Released one by one and bought anew: its new life is outside the block, its range is not.
        PhoneNumber.objects.filter(pk__in=[row.pk for row in numbers[:2]]).update(block=None)
        with pytest.raises(UnableToDefine, match="overlaps another block"):
            define(cast, last="+441632960101")
        assert NumberBlock.objects.get() == block

    def test_is_for_whoever_has_the_contract(self, cast: Cast) -> None:
        stock(cast)
        for actor in (cast.dealer_owner, cast.tenant_owner, cast.rival_dealer_owner):
            with pytest.raises(UnableToDefine, match="cannot be found"):
                blocks.define(first=FIRST, last=LAST, divisible=True, actor=actor, now=LATER)
        define(cast)
        for actor in (cast.dealer_owner, cast.tenant_owner, cast.rival_dealer_owner):
            assert not inventory.blocks(actor)


def other_account(cast: Cast) -> CarrierAccount:
    return make_carrier_account(owner=cast.provider)


@pytest.mark.django_db
class TestConstraints:
    def test_never_overlap_while_live(self, cast: Cast) -> None:
        block, _ = block_of(cast)
        twin = {
            "first": "+441632960103",
            "last": "+441632960110",
            "country": "GB",
            "type": "LOCAL",
            "carrier_account": block.carrier_account,
            "divisible": True,
            "created_at": NOW,
        }
        with pytest.raises(IntegrityError, match="block_never_overlaps"), transaction.atomic():
            NumberBlock.objects.create(**twin)
        NumberBlock.objects.update(ended_at=NOW)
        NumberBlock.objects.create(**twin)
        with pytest.raises(IntegrityError, match="block_stays"), transaction.atomic():
            NumberBlock.objects.filter(pk=block.pk).update(ended_at=None)

    def test_hold_one_length(self, cast: Cast) -> None:
        with pytest.raises(IntegrityError, match="block_of_one_length"), transaction.atomic():
            NumberBlock.objects.create(
                first="+441632960",
                last="+441632960100",
                country="GB",
                type="LOCAL",
                carrier_account=other_account(cast),
                divisible=True,
                created_at=NOW,
            )

    @pytest.mark.parametrize(
        "change", [{"e164": "+441632960104"}, {"country": "IE"}, {"type": "MOBILE"}]
    )
    def test_keep_a_number_inside_its_block(self, cast: Cast, change: dict[str, str]) -> None:
        _, numbers = block_of(cast)
        rows = PhoneNumber.objects.filter(pk=numbers[3].pk)
        with pytest.raises(IntegrityError, match="is not inside block"), transaction.atomic():
            rows.update(**change)
        outside = make_number()
        with pytest.raises(IntegrityError, match="is not inside block"), transaction.atomic():
            PhoneNumber.objects.filter(pk=outside.pk).update(block=NumberBlock.objects.get())

    def test_keep_a_block_where_it_is(self, cast: Cast) -> None:
        block_of(cast)
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            NumberBlock.objects.update(last="+441632960102")


@pytest.mark.django_db
class TestOneNumberOfABlock:
    def test_is_allotted_pointed_and_given_back_alone(self, cast: Cast) -> None:
        block, (number, *_) = block_of(cast)
        holding.allot(number=number, to=cast.tenant, actor=cast.staff, now=LATER)
        assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=LATER)
        holding.give_back(number=number, actor=cast.tenant_owner, now=LATER)
        assert PhoneNumber.objects.get(pk=number.pk).block == block

    def test_is_not_released_alone_from_an_indivisible_one(self, cast: Cast) -> None:
        _, (number, *_) = block_of(cast)
        with pytest.raises(UnableToRelease, match="Release the block instead") as refusal:
            release.schedule(number=number, on=None, actor=cast.staff, now=LATER)
        assert f"{FIRST} to {LAST}" in str(refusal.value)
        assert not Release.objects.exists()

    def test_is_released_alone_from_a_divisible_one(self, cast: Cast) -> None:
        block, (number, *_) = block_of(cast, divisible=True)
        release.schedule(number=number, on=DAY, actor=cast.staff, now=LATER)
        release.cancel(number=number, actor=cast.staff, now=LATER)
        release.schedule(number=number, on=DAY, actor=cast.staff, now=LATER)
        assert len(block_release.schedule(block=block, on=None, actor=cast.staff, now=LATER)) == 3
        assert Release.objects.open().get(number=number).due_at.date() == DAY

    def test_is_not_kept_alone_of_an_indivisible_one(self, cast: Cast) -> None:
        block, (number, *_) = block_of(cast)
        block_release.schedule(block=block, on=DAY, actor=cast.staff, now=LATER)
        with pytest.raises(UnableToRelease, match="release of the block instead"):
            release.cancel(number=number, actor=cast.staff, now=LATER)


@pytest.mark.django_db
class TestRelease:
    @pytest.mark.parametrize("divisible", [True, False])
    def test_schedules_every_number_and_keeps_every_number(
        self, cast: Cast, *, divisible: bool
    ) -> None:
        block, numbers = block_of(cast, divisible=divisible)
        rested = PhoneNumber.objects.filter(pk=numbers[1].pk)
        rested.update(status="QUARANTINE", quarantine_until=LATER + timedelta(days=40))
        rows = block_release.schedule(block=block, on=DAY, actor=cast.staff, now=LATER)
        assert [row.number.e164 for row in rows] == list(numbers_between(FIRST, LAST))
        assert {row.due_at.isoformat() for row in rows} == {"2026-12-01T00:00:00-06:00"}
        assert statuses() == {"RELEASING"}
        told = Event.objects.filter(action="dids.release.scheduled")
        assert {event.number for event in told} == set(numbers_between(FIRST, LAST))
        block_release.cancel(block=block, actor=cast.staff, now=LATER)
        assert rested.get().status == NumberStatus.QUARANTINE
        assert statuses() == {"AVAILABLE", "QUARANTINE"}

    def test_is_refused_while_a_number_is_used_and_names_all_of_them(self, cast: Cast) -> None:
        block, (one, two, three, four) = block_of(cast)
        holding.allot(number=one, to=cast.tenant, actor=cast.staff, now=LATER)
        holding.allot(number=two, to=cast.dealer, actor=cast.staff, now=LATER)
        holding.offer(number=three, to=cast.dealer, actor=cast.staff, now=LATER)
        with pytest.raises(UnableToRelease) as refusal:
            block_release.schedule(block=block, on=None, actor=cast.staff, now=LATER)
        said = str(refusal.value)
        assert f"{one.e164} (held by {cast.tenant.name})" in said
        assert f"{two.e164} (held by {cast.dealer.name})" in said
        assert f"{three.e164} (offered)" in said
        assert f"{four.e164} (" not in said
        assert not Release.objects.exists()

    def test_is_refused_twice_and_for_a_day_that_is_over(self, cast: Cast) -> None:
        block, _ = block_of(cast)
        with pytest.raises(UnableToRelease, match="day to come"):
            block_release.schedule(block=block, on=date(2026, 1, 1), actor=cast.staff, now=LATER)
        block_release.schedule(block=block, on=DAY, actor=cast.staff, now=LATER)
        with pytest.raises(UnableToRelease, match="released already"):
            block_release.schedule(block=block, on=None, actor=cast.staff, now=LATER)

    def test_is_not_cancelled_once_the_carrier_was_told_of_one(self, cast: Cast) -> None:
        block, numbers = block_of(cast)
        with pytest.raises(UnableToRelease, match="nothing to cancel"):
            block_release.cancel(block=block, actor=cast.staff, now=LATER)
        block_release.schedule(block=block, on=DAY, actor=cast.staff, now=LATER)
        Release.objects.filter(number=numbers[2]).update(status=ReleaseStatus.UNBOUND)
        with pytest.raises(UnableToRelease, match="cannot be kept"):
            block_release.cancel(block=block, actor=cast.staff, now=LATER)
        assert statuses() == {"RELEASING"}

    def test_is_for_whoever_has_the_contract(self, cast: Cast) -> None:
        block, _ = block_of(cast, divisible=True)
        for actor in (cast.dealer_owner, cast.rival_tenant_owner):
            for work in (block_release.cancel, blocks.dissolve):
                with pytest.raises(UnableToStandIn):
                    work(block=block, actor=actor, now=LATER)
            with pytest.raises(UnableToStandIn):
                block_release.schedule(block=block, on=None, actor=actor, now=LATER)

    def test_does_not_ask_more_of_the_database_for_more_numbers(self, cast: Cast) -> None:
        asked = []
        for first, last in ((FIRST, LAST), ("+441632960200", "+441632960239")):
            stock(cast, first, last)
            block = define(cast, first=first, last=last)
            with CaptureQueriesContext(connection) as queries:
                block_release.schedule(block=block, on=DAY, actor=cast.staff, now=LATER)
            asked.append(len(queries))
        assert asked[0] == asked[1]


@pytest.mark.django_db
class TestDissolve:
    def test_lets_the_numbers_stay_and_the_range_be_used_again(self, cast: Cast) -> None:
        block, _ = block_of(cast, divisible=True)
        blocks.dissolve(block=block, actor=cast.staff, now=LATER)
        assert not PhoneNumber.objects.exclude(block=None).exists()
        assert not inventory.blocks(cast.staff)
        assert list(inventory.blocks(cast.staff, ended=True)) == [block]
        assert define(cast).pk != block.pk
        with pytest.raises(UnableToDissolve, match="ended already"):
            blocks.dissolve(block=block, actor=cast.staff, now=LATER)

    def test_is_refused_to_an_indivisible_one(self, cast: Cast) -> None:
        block, _ = block_of(cast)
        with pytest.raises(UnableToDissolve, match="Release the block instead"):
            blocks.dissolve(block=block, actor=cast.staff, now=LATER)


@pytest.fixture
def market(cast: Cast) -> Iterator[Shop]:
    """Open the carriers."""
    with shop() as opened:
        yield opened


def carry_out(number: PhoneNumber) -> None:
    release.carry_out(number_id=number.pk, now=timezone.now())


@pytest.mark.django_db
def test_a_block_ends_with_the_last_of_its_numbers(market: Shop, cast: Cast) -> None:
    # The carrier knows none of them: it answers "not found", which is as good as released.
    numbers = stock(cast, account=market.account("twilio"))
    block = define(cast)
    block_release.schedule(block=block, on=None, actor=cast.staff, now=timezone.now())
    for number in numbers:
        block.refresh_from_db()
        assert block.ended_at is None
        carry_out(number)
    block.refresh_from_db()
    assert block.ended_at is not None
    assert statuses() == {"RELEASED"}
    stock(cast)
    assert define(cast).pk != block.pk


@pytest.mark.django_db
def test_a_block_of_which_a_part_is_gone_is_not_kept(market: Shop, cast: Cast) -> None:
    numbers = stock(cast, account=market.account("twilio"))
    block = define(cast)
    block_release.schedule(block=block, on=None, actor=cast.staff, now=timezone.now())
    carry_out(numbers[0])
    with pytest.raises(UnableToRelease, match="goes whole"):
        block_release.cancel(block=block, actor=cast.staff, now=timezone.now())


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_overlapping_blocks_defined_at_once_exactly_one_stands(self, cast: Cast) -> None:
        for tens in range(4):
            first, middle, last = (f"+44163296{tens + 1}{end:03}" for end in (0, 4, 9))
            stock(cast, first, last)
            results = at_once(
                [
                    lambda ends=ends: define(cast, first=ends[0], last=ends[1])  # type: ignore[misc]
                    for ends in ((first, middle), (middle, last), (first, last))
                ]
            )
            won = [result for result in results if isinstance(result, NumberBlock)]
            lost = [result for result in results if isinstance(result, UnableToDefine)]
            assert (len(won), len(lost)) == (1, 2)

    def test_ends_once_when_its_last_numbers_leave_at_the_same_moment(
        self, market: Shop, cast: Cast
    ) -> None:
        numbers = stock(cast, account=market.account("twilio"))
        block = define(cast)
        block_release.schedule(block=block, on=None, actor=cast.staff, now=timezone.now())
        at_once([lambda number=number: carry_out(number) for number in numbers])  # type: ignore[misc]
        block.refresh_from_db()
        assert statuses() == {"RELEASED"}
        assert block.ended_at is not None

    def test_no_number_is_handed_down_from_a_block_that_leaves(self, cast: Cast) -> None:
        block, (number, *_) = block_of(cast)
        results = at_once(
            [
                lambda: block_release.schedule(
                    block=block, on=DAY, actor=cast.staff, now=timezone.now()
                ),
                lambda: holding.allot(
                    number=number, to=cast.tenant, actor=cast.staff, now=timezone.now()
                ),
            ]
        )
        assert len([result for result in results if isinstance(result, UnableTo)]) == 1
        assert statuses() in ({"RELEASING"}, {"ASSIGNED", "AVAILABLE"})

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids.models import CarrierHold, FoundOffer
from dids.states import HoldStatus, OrderStatus
from dids.tests.carrier import Shop, bought, drive
from dids.tests.factories import make_number, make_order
from dids.waiting import why_not_yet
from dids.workflows import (
    carrier_hold_recording,
    carrier_hold_work,
    carrier_holds,
    replacing,
    sweeps,
)
from dids.workflows.ordering import UnableToOrder
from dids.workflows.refusals import UnableToHold
from dids.workflows.replacing import Replacement
from lib.e164 import E164
from lib.transitions import UnableToMove
from trunks.deadlines import Deadline
from trunks.http import READ_ATTEMPTS
from trunks.roles import HoldsNumbers


def want(offers: list[FoundOffer], cast: Cast, **more: Any) -> CarrierHold:
    asked = {"organization": cast.provider, "actor": cast.staff, "now": timezone.now(), **more}
    return carrier_holds.want(offers=offers, **asked)[0]


def worked(hold: CarrierHold, *, seconds: float = 0.0) -> CarrierHold:
    """Do what a worker does for a hold, later by some seconds; gives it read anew."""
    carrier_hold_work.hold(hold_id=hold.pk, now=timezone.now() + timedelta(seconds=seconds))
    hold.refresh_from_db()
    return hold


def somebody_else_at_the_carrier(market: Shop, offer: FoundOffer) -> None:
    other = market.sandbox.adapter("telnyx")
    assert isinstance(other, HoldsNumbers)
    other.hold([E164(offer.e164)], reference=str(uuid4()), deadline=Deadline(10))


class TestWant:
    def test_is_held_by_the_worker_and_used_by_the_order(self, market: Shop, cast: Cast) -> None:
        offers = market.offers()
        hold = want(offers, cast)
        waiting = why_not_yet(hold)
        assert waiting is not None
        assert waiting.who == "the carrier"

        assert worked(hold).status == HoldStatus.HELD
        assert hold.until is not None
        assert hold.until > timezone.now() + timedelta(minutes=20)
        assert hold.held_by == cast.staff.name

        order = make_order(offers=offers, actor=cast.staff, submit=True)
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.COMPLETED
        assert [number.e164 for number in bought(order)] == [hold.e164]
        assert market.sandbox.purchases() == {hold.e164: 1}
        hold.refresh_from_db()
        assert (hold.status, hold.next_attempt_at) == (HoldStatus.USED, None)

    def test_says_that_somebody_else_has_it_at_the_carrier(self, market: Shop, cast: Cast) -> None:
        (offer,) = market.offers()
        somebody_else_at_the_carrier(market, offer)

        hold = worked(want([offer], cast))

        assert (hold.status, hold.failure) == (HoldStatus.REFUSED, carrier_hold_recording.TAKEN)

    def test_lets_one_of_two_people_have_it(self, market: Shop, cast: Cast) -> None:
        offers = market.offers()
        hold = worked(want(offers, cast))
        colleague = make_actor(organization=cast.provider, role=Role.OPERATOR)

        with pytest.raises(UnableToHold, match=r"is held until .* UTC. Choose another") as refusal:
            want(offers, cast, actor=colleague)
        assert (refusal.value.field, refusal.value.conflict) == ("offers", True)
        with pytest.raises(UnableToOrder, match=r"is held until .* UTC. Choose another"):
            make_order(offers=offers, actor=colleague, submit=True)
        assert CarrierHold.objects.get() == hold

        carrier_holds.let_go(hold=hold, actor=colleague, now=timezone.now())
        order = make_order(offers=offers, actor=colleague, submit=True)
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.COMPLETED

    def test_holds_all_or_none(self, market: Shop, cast: Cast) -> None:
        (first,), (twilio,) = market.offers(), market.offers("twilio")
        with pytest.raises(UnableToHold, match=r"holds no numbers. Order it without") as refusal:
            want([first, twilio], cast)
        assert refusal.value.field == "offers[1]"
        make_number(e164=first.e164)
        with pytest.raises(UnableToHold, match="is ours already"):
            want([first], cast)
        with pytest.raises(UnableToHold, match="has expired"):
            want([first], cast, now=first.expires_at)
        assert not CarrierHold.objects.exists()

    def test_holds_so_many_at_a_time(
        self, market: Shop, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(carrier_holds, "MOST", 1)
        with pytest.raises(UnableToHold, match="At most 1 numbers"):
            want(market.offers(count=2), cast)


class TestHold:
    def test_asks_once_and_finds_what_a_lost_answer_held(self, market: Shop, cast: Cast) -> None:
        hold = want(market.offers(), cast)
        market.sandbox.fault("telnyx", "hold", "timeout_after")

        assert worked(hold).status == HoldStatus.UNCERTAIN
        assert worked(hold, seconds=3).status == HoldStatus.HELD
        assert market.sandbox.seen("telnyx")["hold"] == 1

    def test_believes_only_after_a_while_that_it_is_not_there(
        self, market: Shop, cast: Cast
    ) -> None:
        hold = want(market.offers(), cast)
        market.sandbox.fault("telnyx", "hold", "timeout_before")

        assert worked(hold).status == HoldStatus.UNCERTAIN
        assert worked(hold, seconds=10).status == HoldStatus.UNCERTAIN
        assert worked(hold, seconds=20).status == HoldStatus.REFUSED
        assert hold.failure == carrier_hold_recording.NOT_THERE
        assert market.sandbox.seen("telnyx")["hold"] == 1

    def test_an_order_does_not_wait_for_a_hold(self, market: Shop, cast: Cast) -> None:
        offers = market.offers(count=2)
        wanted, uncertain = carrier_holds.want(
            offers=offers, organization=cast.provider, actor=cast.staff, now=timezone.now()
        )
        market.sandbox.fault("telnyx", "hold", "timeout_after")
        worked(uncertain)

        order = make_order(offers=offers, actor=cast.staff, submit=True)
        drive(order, now=timezone.now())

        assert order.status == OrderStatus.COMPLETED
        assert set(market.sandbox.purchases().values()) == {1}
        wanted.refresh_from_db()
        assert wanted.status == HoldStatus.USED
        assert worked(uncertain, seconds=3).status == HoldStatus.REFUSED

    def test_gives_up_where_the_carrier_is_away(self, market: Shop, cast: Cast) -> None:
        hold = want(market.offers(), cast)
        market.sandbox.fault("telnyx", "hold", "rate_limited", times=5)

        assert worked(hold).status == HoldStatus.WANTED
        assert worked(hold, seconds=121).status == HoldStatus.REFUSED
        assert hold.failure == carrier_hold_recording.GAVE_UP

    def test_ends_when_its_time_is_over(self, market: Shop, cast: Cast) -> None:
        offers = market.offers()
        hold = worked(want(offers, cast))
        assert hold.until is not None

        assert worked(hold).status == HoldStatus.HELD
        assert sweeps.holds(now=hold.until) == 1
        carrier_hold_work.hold(hold_id=hold.pk, now=hold.until)
        hold.refresh_from_db()
        assert (hold.status, hold.next_attempt_at) == (HoldStatus.EXPIRED, None)
        assert why_not_yet(hold) is None


class TestLetGo:
    def test_leaves_to_the_next_one_what_the_carrier_still_holds(
        self, market: Shop, cast: Cast
    ) -> None:
        offers = market.offers()
        hold = worked(want(offers, cast))
        carrier_holds.let_go(hold=hold, actor=cast.staff, now=timezone.now())

        colleague = make_actor(organization=cast.provider, role=Role.OPERATOR)
        next_one = worked(want(offers, cast, actor=colleague))

        assert (next_one.status, next_one.until) == (HoldStatus.HELD, hold.until)
        assert market.sandbox.seen("telnyx")["hold"] == 1
        with pytest.raises(UnableToMove):
            carrier_holds.let_go(hold=hold, actor=cast.staff, now=timezone.now())

    def test_leaves_to_the_next_one_what_was_given_up_without_an_answer(
        self, market: Shop, cast: Cast
    ) -> None:
        offers = market.offers()
        hold = want(offers, cast)
        market.sandbox.fault("telnyx", "hold", "timeout_after")
        worked(hold)
        market.sandbox.fault("telnyx", "held", "wrong_credentials")
        assert worked(hold, seconds=121).status == HoldStatus.REFUSED
        assert hold.failure == carrier_hold_recording.GAVE_UP

        colleague = make_actor(organization=cast.provider, role=Role.OPERATOR)
        next_one = worked(want(offers, cast, actor=colleague))

        assert next_one.status == HoldStatus.HELD
        assert market.sandbox.seen("telnyx")["hold"] == 1

    def test_is_not_believed_where_the_carrier_gave_it_to_somebody_else(
        self, market: Shop, cast: Cast
    ) -> None:
        offers = market.offers()
        carrier_holds.let_go(hold=worked(want(offers, cast)), actor=cast.staff, now=timezone.now())
        market.sandbox.end_hold(offers[0].e164)
        somebody_else_at_the_carrier(market, offers[0])

        next_one = worked(want(offers, cast))

        assert (next_one.status, next_one.failure) == (
            HoldStatus.REFUSED,
            carrier_hold_recording.TAKEN,
        )

    def test_is_asked_for_anew_where_the_carrier_keeps_it_no_longer(
        self, market: Shop, cast: Cast
    ) -> None:
        offers = market.offers()
        hold = worked(want(offers, cast))
        carrier_holds.let_go(hold=hold, actor=cast.staff, now=timezone.now())
        market.sandbox.end_hold(offers[0].e164)

        next_one = want(offers, cast)
        market.sandbox.fault("telnyx", "held", "garbage", times=READ_ATTEMPTS)
        assert worked(next_one).status == HoldStatus.WANTED
        assert worked(next_one, seconds=10).status == HoldStatus.HELD
        assert next_one.carrier_reference != hold.carrier_reference
        assert market.sandbox.seen("telnyx")["hold"] == 2


class TestAHoldThatLapsedAtTheCarrier:
    def test_leaves_an_order_that_says_so_and_can_be_replaced(
        self, market: Shop, cast: Cast
    ) -> None:
        offers = market.offers()
        worked(want(offers, cast))
        market.sandbox.end_hold(offers[0].e164)
        somebody_else_at_the_carrier(market, offers[0])

        order = make_order(offers=offers, actor=cast.staff, submit=True)
        drive(order, now=timezone.now())

        assert order.status == OrderStatus.FAILED
        line = order.lines.get()
        assert "Choose another one" in line.failure
        assert market.sandbox.purchases() == {}
        (other,) = market.offers()
        preview = replacing.replace(
            order=order,
            lines=[Replacement(line_id=line.uuid, offer_id=other.uuid)],
            actor=cast.staff,
            now=timezone.now(),
        )
        assert preview.lines.get().e164 == other.e164

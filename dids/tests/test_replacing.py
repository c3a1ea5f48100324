from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from dids.models import FoundOffer, NumberOrder, OrderLine
from dids.states import LineStatus, OrderStatus
from dids.tests.carrier import open_money
from dids.tests.factories import MAIN, make_failed_line, make_found_offer, make_order
from dids.workflows import ordering, recording, replacing
from dids.workflows.ordering import UnableToOrder
from dids.workflows.replacing import Replacement
from trunks.models import Trunk
from trunks.tests.factories import make_carrier_account, make_trunk

pytestmark = pytest.mark.django_db


def replaced(
    line: OrderLine, cast: Cast, *, offer: FoundOffer | None = None, trunk: Trunk | None = None
) -> NumberOrder:
    """Replace a line by an offer."""
    offer = offer or make_found_offer()
    wish = Replacement(line_id=line.uuid, offer_id=offer.uuid, trunk=trunk)
    return replacing.replace(order=line.order, lines=[wish], actor=cast.staff, now=timezone.now())


def refused(line: OrderLine, cast: Cast, *, offer: FoundOffer | None = None) -> UnableToOrder:
    """Replace a line, and give why not."""
    orders = NumberOrder.objects.count()
    with pytest.raises(UnableToOrder) as refusal:
        replaced(line, cast, offer=offer)
    assert NumberOrder.objects.count() == orders
    return refusal.value


class TestReplace:
    def test_keeps_the_plan_of_the_failed_line(self, cast: Cast) -> None:
        line = make_failed_line(
            payer=open_money(cast.dealer).organization,
            holder=cast.tenant,
            destination=MAIN,
            label="Front desk",
            actor=cast.staff,
        )
        offer = make_found_offer()
        made = replaced(line, cast, offer=offer)
        fresh = made.lines.get()
        assert (made.status, made.payer) == (OrderStatus.DRAFT, cast.dealer)
        assert (fresh.e164, fresh.replaces) == (offer.e164, line)
        assert (fresh.holder, fresh.label, fresh.destination) == (cast.tenant, "Front desk", MAIN)
        assert line.replaced_by == fresh
        event = Event.objects.get(action="dids.order.replaced")
        assert (event.subject, event.organization) == (line.order.subject, cast.dealer)

    def test_keeps_the_trunk_at_the_same_account_only(self, cast: Cast) -> None:
        account = make_carrier_account()
        trunk = make_trunk(account=account)
        for offer, given, kept in (
            (make_found_offer(account=account), None, trunk),
            (make_found_offer(), None, None),
            (make_found_offer(account=account), make_trunk(account=account), None),
        ):
            line = make_failed_line(account=account, trunk=trunk, actor=cast.staff)
            fresh = replaced(line, cast, offer=offer, trunk=given).lines.get()
            assert fresh.trunk == (given or kept)

    def test_reserves_nothing_before_it_is_submitted(self, cast: Cast) -> None:
        money = open_money(cast.dealer)
        line = make_failed_line(payer=cast.dealer, actor=cast.staff)
        made = replaced(line, cast, offer=make_found_offer(setup="3.00", monthly="1.50"))
        money.refresh_from_db()
        assert money.reserved == 0
        ordering.submit(order=made, actor=cast.staff, now=timezone.now())
        money.refresh_from_db()
        assert money.reserved == Decimal("4.50")

    def test_may_be_made_again_once_the_first_was_discarded(self, cast: Cast) -> None:
        line = make_failed_line(actor=cast.staff)
        first = replaced(line, cast)
        refusal = refused(line, cast)
        assert (refusal.field, refusal.conflict) == ("lines[0].line", True)
        assert f"replaced by order {first.uuid} already. Submit or discard" in str(refusal)
        ordering.discard(order=first, actor=cast.staff, now=timezone.now())
        assert line.replaced_by is None
        second = replaced(line, cast)
        assert line.replaced_by == second.lines.get()

    def test_that_fails_is_replaced_itself(self, cast: Cast) -> None:
        line = make_failed_line(actor=cast.staff)
        made = replaced(line, cast)
        ordering.submit(order=made, actor=cast.staff, now=timezone.now())
        assert "Wait for what becomes" in str(refused(line, cast))
        (row,) = made.carrier_orders.all()
        recording.failed(row, attempt=None, words="Gone.", why="gone", now=timezone.now())
        assert "It failed there too" in str(refused(line, cast))
        again = replaced(made.lines.get(), cast)
        assert again.lines.get().replaces == made.lines.get()

    def test_has_one_successor_in_the_database(self, cast: Cast) -> None:
        line = make_failed_line(actor=cast.staff)
        replaced(line, cast)
        other = make_order(actor=cast.staff).lines.get()
        with pytest.raises(IntegrityError, match="line_replaced_once"), transaction.atomic():
            OrderLine.objects.filter(pk=other.pk).update(replaces=line)


class TestRefusals:
    def test_of_an_order_that_has_not_ended(self, cast: Cast) -> None:
        for submit in (False, True):
            line = make_order(actor=cast.staff, submit=submit).lines.get()
            refusal = refused(line, cast)
            assert (refusal.field, refusal.conflict) == ("lines", True)

    def test_of_a_line_that_was_bought(self, cast: Cast) -> None:
        line = make_failed_line(actor=cast.staff)
        OrderLine.objects.filter(pk=line.pk).update(status=LineStatus.DISCARDED)
        refusal = refused(line, cast)
        assert (refusal.field, refusal.conflict) == ("lines[0].line", True)
        assert "only a failed line" in str(refusal)

    def test_of_a_line_of_another_order(self, cast: Cast) -> None:
        line, other = (make_failed_line(actor=cast.staff) for _ in range(2))
        line.order = other.order
        assert refused(line, cast).field == "lines[0].line"

    def test_of_a_line_named_twice(self, cast: Cast) -> None:
        line = make_failed_line(actor=cast.staff)
        wishes = [Replacement(line_id=line.uuid, offer_id=make_found_offer().uuid)] * 2
        with pytest.raises(UnableToOrder, match="twice") as refusal:
            replacing.replace(order=line.order, lines=wishes, actor=cast.staff, now=timezone.now())
        assert refusal.value.field == "lines[1].line"

    def test_of_an_offer_that_is_unknown(self, cast: Cast) -> None:
        line = make_failed_line(actor=cast.staff)
        assert refused(line, cast, offer=FoundOffer(uuid=uuid4())).field == "lines[0].offer"

    def test_of_a_holder_who_gets_no_numbers_any_more(self, cast: Cast) -> None:
        line = make_failed_line(holder=cast.tenant, actor=cast.staff)
        Organization.objects.filter(pk=cast.tenant.pk).update(status="SUSPENDED")
        refusal = refused(line, cast)
        assert (refusal.field, "not active" in str(refusal)) == ("lines[0].line", True)

    def test_of_a_line_that_was_bought_late(self, cast: Cast) -> None:
        line = make_failed_line(actor=cast.staff)
        made = replaced(line, cast)
        OrderLine.objects.filter(pk=line.pk).update(late_success_at=timezone.now())
        with pytest.raises(UnableToOrder, match=r"bought late .* in the provider's stock"):
            ordering.submit(order=made, actor=cast.staff, now=timezone.now())
        made.refresh_from_db()
        assert made.status == OrderStatus.DRAFT
        ordering.discard(order=made, actor=cast.staff, now=timezone.now())
        refusal = refused(line, cast)
        assert line.e164 in str(refusal)
        assert (refusal.field, refusal.conflict) == ("lines[0].line", True)

"""A bought number comes in: its row, its holder, and the first steps of its plan."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from dids import events, signals, tasks, timing
from dids.models import CarrierBinding, NumberOrder, OrderLine, PhoneNumber
from dids.states import BindingStatus, NumberStatus
from dids.workflows import assignment, opening, waiving
from dids.workflows.handover import open_holding, status_with
from lib.nudges import nudge
from lib.refusals import UnableTo
from trunks import capabilities, registry
from trunks.models import Trunk
from trunks.operations import Operation, Way


def of_line(
    line: OrderLine,
    *,
    order: NumberOrder,
    carrier_reference: str,
    actor: Actor,
    now: datetime,
) -> PhoneNumber:
    """Take in the number of a line, with the holder whose plan it is."""
    return _take_in(
        line,
        order=order,
        holder=line.holder,
        source=_source(line, order),
        carrier_reference=carrier_reference,
        label=line.label,
        actor=actor,
        now=now,
    )


def into_stock(
    line: OrderLine, *, order: NumberOrder, carrier_reference: str, actor: Actor, now: datetime
) -> PhoneNumber:
    """Take in a number that nobody waits for any more: into the stock of the account's owner."""
    return _take_in(
        line,
        order=order,
        holder=line.carrier_account.owner,
        source=None,
        carrier_reference=carrier_reference,
        label="",
        actor=actor,
        now=now,
    )


def follow_plan(line: OrderLine, number: PhoneNumber, *, actor: Actor, now: datetime) -> None:
    """
    Bind and assign as the plan says.

    What the plan asks for may have become impossible since the preview. The number has been bought
    all the same: the purchase stands, and the line says what is left to do.
    """
    if line.trunk is not None:
        want_binding(number, line.trunk, actor=actor, now=now)
    destination = line.destination
    if destination is None:
        signals.send([number.e164])
        return
    try:
        with transaction.atomic():
            if line.waiver_kind:
                waiving.waive_locked(
                    number,
                    kind=line.waiver_kind,
                    reason=line.waiver_reason,
                    actor=actor,
                    now=now,
                )
            event = assignment.point(number, destination, actor=actor, now=now)
            signals.send([number.e164], event_id=event.pk)
    except UnableTo as refusal:
        words = f"Bought, but not pointed at {destination}: {refusal}"
        OrderLine.objects.filter(pk=line.pk).update(failure=words[:200])
        line.failure = words[:200]
        opening.not_pointed(line, number, why=str(refusal), now=now)


def want_binding(
    number: PhoneNumber, trunk: Trunk, *, actor: Actor, now: datetime
) -> CarrierBinding:
    """
    Write down that a number without a binding is to be delivered to a trunk, and see to it.

    Where a person tells the carrier how it is routed, that was arranged when the trunk was made:
    the number is delivered there from its first day.
    """
    by_hand = is_routed_by_hand(number)
    binding = CarrierBinding.objects.create(
        number=number,
        trunk=trunk,
        status=BindingStatus.BOUND if by_hand else BindingStatus.WANTED,
        status_since=now,
        next_attempt_at=None if by_hand else now + timing.span("NUDGE_AGAIN_SECONDS"),
        give_up_at=now + timing.span("BINDING_GIVE_UP_SECONDS"),
    )
    if by_hand:
        journal.record(
            actor,
            events.BOUND_AS_ARRANGED,
            now=now,
            subject=number.subject,
            organization=number.holder,
            number=number.e164,
            after={"trunk": trunk.name},
        )
        return binding
    message = {"binding_id": binding.pk}
    nudge(tasks.bind.delay, **message)
    return binding


def is_routed_by_hand(number: PhoneNumber) -> bool:
    """Tell whether a person says to the number's carrier where it is delivered."""
    adapter = registry.carrier(number.carrier_account.carrier)
    return capabilities.way(adapter, Operation.ROUTE) == Way.MANUAL


def _source(line: OrderLine, order: NumberOrder) -> Organization | None:
    if line.holder_id != order.payer_id:
        return order.payer
    owner = line.carrier_account.owner
    return None if line.holder_id == owner.pk else owner


def _take_in(
    line: OrderLine,
    *,
    order: NumberOrder,
    holder: Organization,
    source: Organization | None,
    carrier_reference: str,
    label: str,
    actor: Actor,
    now: datetime,
) -> PhoneNumber:
    number = PhoneNumber.objects.create(
        e164=line.e164,
        country=line.country,
        type=line.type,
        region=line.region,
        locality=line.locality,
        rate_center=line.rate_center,
        capabilities=line.capabilities,
        carrier_account=line.carrier_account,
        carrier_reference=carrier_reference,
        status=NumberStatus(status_with(holder)),
        status_since=now,
        holder=holder,
        label=label,
        emergency_location=line.emergency_location,
        setup=line.setup,
        monthly=line.monthly,
        currency=line.currency or order.currency,
        bought_at=now,
    )
    open_holding(number, source=source, now=now)
    journal.record(
        actor,
        events.BOUGHT,
        now=now,
        subject=number.subject,
        organization=holder,
        number=number.e164,
        after={
            "holder": holder.name,
            "carrier_account": line.carrier_account.name,
            "carrier_reference": carrier_reference,
            "setup": str(line.setup),
            "monthly": str(line.monthly),
        },
    )
    return number

"""What people ask of a number's delivery: to which trunk its carrier delivers it."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, tasks, timing
from dids.models import CarrierBinding, PhoneNumber
from dids.states import BINDING, NUMBER, BindingStatus, NumberStatus
from dids.workflows import arrival, calling, leaving, opening
from dids.workflows.handover import locked
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from trunks import capabilities, registry
from trunks.models import Trunk
from trunks.operations import Operation, Way

_ACTOR = System("binding.bind")
_S = BindingStatus


class UnableToBind(UnableTo):
    """The number cannot be delivered there."""

    code = "cannot_bind"


def want(*, number: PhoneNumber, trunk: Trunk, actor: Actor, now: datetime) -> CarrierBinding:
    """
    Ask for a number to be delivered to a trunk; a worker sees to it.

    :raises UnableToBind: if the trunk is of another carrier account, or the number is leaving
    """
    if trunk.carrier_account_id != number.carrier_account_id:
        raise UnableToBind(
            f"The trunk {trunk.name} belongs to another carrier account than {number.e164}. "
            "Choose one of the same account.",
            field="trunk",
        )
    adapter = registry.carrier(trunk.carrier_account.carrier)
    if capabilities.way(adapter, Operation.ROUTE) == Way.NONE:
        raise UnableToBind(capabilities.why_not(adapter, Operation.ROUTE), field="trunk")
    if trunk.carries != Trunk.Carries.VOICE:
        raise UnableToBind(
            f"The trunk {trunk.name} carries messages only. Choose one that carries calls.",
            field="trunk",
        )
    with acting(actor):
        (row,) = locked([number])
        if why := leaving.why_gone(row):
            raise UnableToBind(why)
        there = _of(row)
        if there is None:
            binding = arrival.want_binding(row, trunk, actor=actor, now=now)
            if binding.status == _S.BOUND:
                return binding
        elif there.trunk_id == trunk.pk and there.status != _S.FAILED:
            return there
        else:
            binding = _want_other(there, trunk, now=now)
        journal.record(
            actor,
            events.BINDING_WANTED,
            now=now,
            subject=row.subject,
            organization=row.holder,
            number=row.e164,
            after={"trunk": trunk.name},
        )
    return binding


def want_again(*, number: PhoneNumber, now: datetime) -> None:
    """Have a locked number delivered where it was: the carrier may have been told to stop."""
    binding = _of(number)
    # Where a person tells the carrier, nobody was told before the number was ceased.
    if binding is not None and not arrival.is_routed_by_hand(number):
        _want_other(binding, binding.trunk, now=now)


def read_again(*, number: PhoneNumber, now: datetime) -> None:
    """
    Have a number's binding looked at after a call whose claim was over.

    A worker that slept between its last look at the clock and its call undoes what was bound
    meanwhile.
    """
    with acting(_ACTOR):
        (row,) = locked([number])
        there = _of(row)
        if there is None or row.status in {NumberStatus.RELEASING, *NUMBER.edges.final}:
            return
        if there.status in {_S.BINDING, _S.UNCERTAIN, _S.BOUND}:
            _want_other(there, there.trunk, now=now)


def _of(number: PhoneNumber) -> CarrierBinding | None:
    # Locked, so that a worker that records meanwhile loses, and not whoever asks here.
    return no_key(CarrierBinding.objects.filter(number=number)).first()


def _want_other(binding: CarrierBinding, trunk: Trunk, *, now: datetime) -> CarrierBinding:
    start = now
    on_its_way = binding.status in {_S.BINDING, _S.UNCERTAIN, _S.WANTED}
    if on_its_way and binding.call_before is not None:
        # A call that is still under way must have ended before the next one is sent.
        start = max(now, calling.dead_from(binding.call_before))
    if binding.status == _S.BY_HAND:
        # Whoever has its task would have it delivered to where it is wanted no more.
        opening.withdraw_route(binding, now=now)
    BINDING.edges.move(
        binding,
        to=_S.WANTED,
        now=now,
        trunk=trunk,
        attempt=None,
        call_before=binding.call_before if start > now else None,
        failure="",
        next_attempt_at=start,
        give_up_at=now + timing.span("BINDING_GIVE_UP_SECONDS"),
    )
    if start == now:
        nudge(tasks.bind.delay, binding_id=binding.pk)
    return binding

"""Let the calls of a carrier's trunk into a switch."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids.models import CarrierBinding
from dids.states import BindingStatus
from lib.e164 import DidFormat
from provisioning import desired, dirty, events, facts
from provisioning.models import Pbx, TrunkOnPbx
from provisioning.refusals import UnableToDetach, UnableToSetUp
from provisioning.workflows import deliveries, pbxs
from trunks.models import SourceAddress, Trunk


def attach(*, trunk: Trunk, pbx: Pbx, country: str = "", actor: Actor, now: datetime) -> TrunkOnPbx:
    """
    Accept calls from a trunk's source addresses on a switch.

    Numbers that ring there already, and that no trunk brought so far, are bound to it.

    :param country: ISO 3166 alpha-2; needed for a trunk that writes national numbers
    :raises UnableToSetUp: if the trunk is attached already, has no source address, or shares one
        with a trunk that writes numbers differently
    """
    country = country.strip().upper()
    if trunk.carries != Trunk.Carries.VOICE:
        raise UnableToSetUp(
            f"{trunk.name} carries messages only, and a PBX lets in calls. Choose another trunk.",
            field="trunk",
        )
    _check_country(trunk, country)
    with acting(actor):
        # One at a time for each switch: two trunks must not take the same sender at once.
        Pbx.objects.select_for_update(no_key=True).get(pk=pbx.pk)
        _check_senders(trunk, pbx, country)
        try:
            with transaction.atomic():
                attached = TrunkOnPbx.objects.create(
                    trunk=trunk, pbx=pbx, country=country, created_at=now
                )
        except IntegrityError:
            raise UnableToSetUp(
                f"{trunk.name} is attached to {pbx.name} already.", field="trunk"
            ) from None
        dirty.mark_facts(pbx.pk)
        deliveries.attached(trunk, pbx)
        _record(actor, events.TRUNK_ATTACHED, attached, now)
    return attached


def detach(*, attached: TrunkOnPbx, actor: Actor, now: datetime) -> None:
    """
    Refuse calls from a trunk's source addresses again.

    :raises UnableToDetach: while it delivers numbers that ring on this switch
    """
    with acting(actor):
        # The lock that attaching takes: what is bound by it is bound before or after this look.
        Pbx.objects.select_for_update(no_key=True).get(pk=attached.pbx_id)
        delivered = CarrierBinding.objects.filter(
            trunk=attached.trunk_id,
            number__holder__on_pbx__pbx=attached.pbx_id,
            number__assignment__isnull=False,
            number__status__in=desired.ROUTED,
        ).exclude(status=BindingStatus.FAILED)
        if count := delivered.count():
            raise UnableToDetach(
                f"{attached.trunk.name} delivers {count} numbers that ring on {attached.pbx.name}. "
                "Release them or have another trunk deliver them first."
            )
        dirty.mark_facts(attached.pbx_id)
        _record(actor, events.TRUNK_DETACHED, attached, now)
        attached.delete()


def follow_change(*, trunk: Trunk) -> None:
    """
    Publish a trunk's senders anew on each switch that lets its calls in; within the change.

    :raises UnableToSetUp: if a switch could no longer tell its calls from those of others
    """
    for attached in trunk.on_pbxs.order_by("pbx_id").select_related("pbx"):
        Pbx.objects.select_for_update(no_key=True).get(pk=attached.pbx_id)
        _check_country(trunk, attached.country)
        _check_senders(trunk, attached.pbx, attached.country)
        dirty.mark_facts(attached.pbx_id)


def _check_country(trunk: Trunk, country: str) -> None:
    if country and not facts.calling_code(country):
        raise UnableToSetUp(
            f"“{country[:10]}” is no country. Use its two letters, such as US.", field="country"
        )
    if trunk.did_format == DidFormat.NATIONAL and not country:
        raise UnableToSetUp(
            f"{trunk.name} writes national numbers. Say of which country, such as US.",
            field="country",
        )


def _check_senders(trunk: Trunk, pbx: Pbx, country: str) -> None:
    mine = list(trunk.source_addresses.values_list("address", flat=True))
    if not mine:
        raise UnableToSetUp(
            f"{trunk.name} has no source address, so its calls could not be told from a "
            "stranger's. Add one first.",
            field="trunk",
        )
    others = SourceAddress.objects.filter(trunk__on_pbxs__pbx=pbx, address__in=mine)
    for other in others.exclude(trunk=trunk).select_related("trunk"):
        there = other.trunk.on_pbxs.get(pbx=pbx).country
        if other.trunk.did_format != trunk.did_format or there != country:
            raise UnableToSetUp(
                f"Calls from {other.address} belong to {other.trunk.name}, which writes numbers "
                "differently. Give both trunks the same number format.",
                field="trunk",
            )


def _record(actor: Actor, event: journal.EventType, attached: TrunkOnPbx, now: datetime) -> None:
    journal.record(
        actor,
        event,
        now=now,
        subject=pbxs.subject(attached.pbx),
        organization=pbxs.provider(),
        after={"trunk": attached.trunk.name, "pbx": attached.pbx.name},
    )

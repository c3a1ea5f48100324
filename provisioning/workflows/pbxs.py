"""Set switches up: the switch itself, the targets of its calls."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.work import acting
from provisioning import addresses, dirty, events
from provisioning.models import Pbx, PbxNode, RouteHead, Table
from provisioning.refusals import UnableToSetUp


def create(*, name: str, authoritative: bool = False, actor: Actor, now: datetime) -> Pbx:
    """
    Add a switch with empty tables at version 0.

    :param authoritative: whether numbers that we do not publish exist nowhere else on it
    :raises UnableToSetUp: if the name is empty or taken
    """
    if not (name := name.strip()) or len(name) > 80:
        raise UnableToSetUp("Give the PBX a name of 1 to 80 characters.", field="name")
    with acting(actor):
        try:
            with transaction.atomic():
                pbx = Pbx.objects.create(name=name, authoritative=authoritative, created_at=now)
        except IntegrityError:
            raise UnableToSetUp(
                f"There is a PBX named {name} already. Choose another name.", field="name"
            ) from None
        RouteHead.objects.bulk_create(RouteHead(pbx=pbx, table=table) for table in Table)
        dirty.mark_facts(pbx.pk)
        _record(actor, events.PBX_CREATED, pbx, now, {"name": name, "authoritative": authoritative})
    return pbx


def set_authoritative(*, pbx: Pbx, authoritative: bool, actor: Actor, now: datetime) -> None:
    """Say whether numbers that we do not publish exist nowhere else on the switch."""
    with acting(actor):
        before = pbx.authoritative
        Pbx.objects.filter(pk=pbx.pk).update(authoritative=authoritative)
        pbx.authoritative = authoritative
        dirty.mark_facts(pbx.pk)
        journal.record(
            actor,
            events.PBX_CHANGED,
            now=now,
            subject=subject(pbx),
            organization=provider(),
            before={"name": pbx.name, "authoritative": before},
            after={"name": pbx.name, "authoritative": authoritative},
        )


def add_target(
    *,
    pbx: Pbx,
    name: str,
    address: str,
    set: int = 1,  # noqa: A002 - the word of the domain
    priority: int = 10,
    weight: int = 50,
    actor: Actor,
    now: datetime,
) -> PbxNode:
    """
    Add a machine that answers calls, as a member of a target set.

    :param address: such as ``sip:192.0.2.10:5060;transport=udp``
    :param priority: lower ones are tried first
    :raises UnableToSetUp: if the address cannot be read, or the name is empty or taken
    """
    if not 1 <= set <= 9999:
        raise UnableToSetUp("Use a target set from 1 to 9999.", field="set")
    if not (0 <= priority <= 1000 and 0 <= weight <= 1000):
        raise UnableToSetUp("Priority and weight lie between 0 and 1000.", field="priority")
    with acting(actor):
        node = add_node(
            PbxNode(
                pbx=pbx,
                name=name,
                role=PbxNode.Role.TARGET,
                address=address,
                set=set,
                priority=priority,
                weight=weight,
                created_at=now,
            )
        )
        dirty.mark_facts(pbx.pk)
        after = {"name": node.name, "pbx": pbx.name, "address": node.address, "set": set}
        _record(actor, events.TARGET_ADDED, pbx, now, after)
    return node


def add_node(node: PbxNode) -> PbxNode:
    """
    Store a machine, its name and address in order, inside the caller's transaction.

    :raises UnableToSetUp: if the address cannot be read, or the name is empty or taken
    """
    node.name = node.name.strip()
    if not node.name or len(node.name) > 80:
        raise UnableToSetUp("Give the machine a name of 1 to 80 characters.", field="name")
    try:
        node.address = addresses.sip_address(node.address)
    except addresses.NotAnAddress as trouble:
        raise UnableToSetUp(str(trouble), field="address") from trouble
    try:
        with transaction.atomic():
            node.save(force_insert=True)
    except IntegrityError:
        raise UnableToSetUp(
            f"{node.pbx.name} has a machine named {node.name} already. Choose another name.",
            field="name",
        ) from None
    return node


def subject(pbx: Pbx) -> str:
    """Name a switch in the journal."""
    return f"provisioning.pbx:{pbx.uuid}"


def provider() -> Organization:
    """Give the organization that runs the switches, and in whose journal they stand."""
    return Organization.objects.get(kind=Kind.PROVIDER)


def _record(
    actor: Actor, event: journal.EventType, pbx: Pbx, now: datetime, after: dict[str, object]
) -> None:
    journal.record(
        actor, event, now=now, subject=subject(pbx), organization=provider(), after=after
    )

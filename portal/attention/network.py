"""Routers, carriers, trunks and the journal: what stands still until somebody looks after it."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from accounts.models import PendingSeal
from accounts.permissions import FieldGroup, Permission
from dids import due
from portal.attention.matters import Kind, Matter, told
from portal.doctor import OVERDUE_AFTER, UNSEALED_AFTER
from provisioning import trouble
from trunks import health
from trunks.health import Word
from trunks.models import CarrierAccount, Trunk

P = Permission

_DUE = "next_attempt_at"

_CARRIERS = {
    Word.REFUSED: (
        "{name} refuses our credentials",
        "Nothing is bought, bound or released there until it accepts new ones.",
    ),
    Word.UNREACHABLE: (
        "{name} does not answer",
        "It is asked again by itself; searches leave it out meanwhile.",
    ),
    Word.TROUBLED: ("{name} answered the last check with trouble", "It is checked again soon."),
}


def routers(actor: Actor, _now: datetime) -> list[Matter]:
    """Routers that are silent or behind."""
    if not actor.may(P.MANAGE_PBXS):
        return []
    then = "Calls go on through the other routers. See whether the machine and its agent run."
    return _troubles(Kind.ROUTER, trouble.routers(), then)


def publishing(actor: Actor, _now: datetime) -> list[Matter]:
    """Changes that wait for a publisher."""
    if not actor.may(P.MANAGE_PBXS):
        return []
    then = "Calls ring where they rang before. See whether a worker of queue pbx runs."
    return _troubles(Kind.PUBLISHING, trouble.publishing(), then)


def carriers(actor: Actor, _now: datetime) -> list[Matter]:
    """Accounts that cannot be used, or have little money left."""
    if not actor.may(P.MANAGE_CARRIERS):
        return []
    accounts = list(CarrierAccount.objects.visible_to(actor).order_by("name", "pk"))
    words = health.words(accounts)
    bad = [account for account in accounts if words[account.pk] in _CARRIERS]

    def line(account: CarrierAccount, more: int) -> Matter:
        word = words[account.pk]
        said, then = _CARRIERS[word]
        return Matter(
            Kind.CREDENTIALS if word == Word.REFUSED else Kind.CARRIER,
            said.format(name=account.name),
            then,
            since=_since(account),
            about=account.uuid,
            more=more,
        )

    return told(bad, len(bad), line) + _balances(actor, accounts)


def _since(account: CarrierAccount) -> datetime | None:
    """Tell since when; None where calls fail, but no check has yet."""
    if account.status == CarrierAccount.Status.BROKEN:
        return account.status_since
    return account.trouble_since


def _balances(actor: Actor, accounts: list[CarrierAccount]) -> list[Matter]:
    if not actor.sees(FieldGroup.COST):
        return []
    low = [one for one in accounts if one.is_low]

    def line(account: CarrierAccount, more: int) -> Matter:
        return Matter(
            Kind.BALANCE,
            f"{account.name} has {account.balance} left",
            "Orders there fail when nothing is left. Pay it up at the carrier.",
            about=account.uuid,
            more=more,
        )

    return told(low, len(low), line)


def work(actor: Actor, now: datetime) -> list[Matter]:
    """What is due, but picked up by nobody."""
    if not actor.may(P.MANAGE_PBXS):
        return []
    late = [rows.order_by(_DUE).values_list(_DUE) for rows in due.since(now - OVERDUE_AFTER)]
    first, *others = (times[:1] for times in late)
    oldest = first.union(*others, all=True).order_by(_DUE).first()
    if oldest is None:
        return []
    then = "Nothing is lost. See whether beat and the workers run; then it goes on by itself."
    words = "Work that is due is not picked up"
    return [Matter(Kind.WORK, words, then, since=oldest[0])]


def trunks(actor: Actor, _now: datetime) -> list[Matter]:
    """Trunks that the carrier would not make."""
    if not actor.may(P.MANAGE_CARRIERS):
        return []
    rows = Trunk.objects.visible_to(actor).filter(status=Trunk.Status.FAILED)
    failed = list(rows.order_by("status_since", "pk"))

    def line(trunk: Trunk, more: int) -> Matter:
        return Matter(
            Kind.TRUNK,
            f"The trunk {trunk.name} could not be made",
            "Put right what the carrier says, then have it tried again.",
            since=trunk.status_since,
            about=trunk.uuid,
            more=more,
        )

    return told(failed, len(failed), line)


def journal(actor: Actor, now: datetime) -> list[Matter]:
    """Events that wait for their seal for too long."""
    if not (actor.may(P.VIEW_JOURNAL) and actor.may(P.MANAGE_PBXS)):
        return []
    # The first by key, not the oldest of all: with the sealer away there may be a million.
    oldest = PendingSeal.objects.order_by("pk").values_list("event__at", flat=True).first()
    if oldest is None or now - oldest <= UNSEALED_AFTER:
        return []
    then = "Nothing is lost. See whether beat and a worker of queue default run."
    return [Matter(Kind.JOURNAL, "The journal is not sealed", then, since=oldest)]


def _troubles(kind: Kind, found: list[trouble.Trouble], then: str) -> list[Matter]:
    def line(one: trouble.Trouble, more: int) -> Matter:
        return Matter(kind, one.words, then, since=one.since, about=one.pbx, more=more)

    return told(found, len(found), line)

"""Accounts at which people work: a second pair of eyes, and the day they get an interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.journal import EventType
from accounts.work import acting
from lib.locks import no_key
from trunks import capabilities, events, health, pacing
from trunks.models import CarrierAccount, Trunk
from trunks.operations import Operation, Way
from trunks.roles import Carrier
from trunks.workflows.accounts import UnableToConnect, adapter_of, checked_credentials

MOST_NAMED = 5
"""So many trunks a refusal names."""


def want_second(*, account: CarrierAccount, wanted: bool, actor: Actor, now: datetime) -> None:
    """Say whether a second person must confirm that a number was ceased there by hand."""
    with acting(actor):
        if CarrierAccount.objects.filter(pk=account.pk, needs_second=not wanted).update(
            needs_second=wanted
        ):
            words = "wants" if wanted else "no longer wants"
            _record(actor, events.SECOND_WANTED, account, now, words=words)
    account.needs_second = wanted


def promote(
    *,
    account: CarrierAccount,
    carrier: str,
    credentials: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    """
    Have an account that was worked by hand worked by its carrier's interface from now on.

    Open tasks end as they began; new work goes by the interface. Check the account afterwards.

    :raises UnableToConnect: if it has an interface already, that carrier has none, credentials are
        missing, or a trunk has no reference by which an interface could know it
    """
    adapter = adapter_of(carrier)
    if capabilities.way(adapter, Operation.ORDER) != Way.API:
        raise UnableToConnect(
            f"{adapter.name} sells no numbers through its interface. Choose a carrier that does.",
            field="carrier",
        )
    checked = checked_credentials(adapter, credentials)
    with acting(actor):
        row = no_key(CarrierAccount.objects.filter(pk=account.pk)).get()
        if not health.is_by_hand(row):
            raise UnableToConnect(f"{row.name} has an interface already.", field="carrier")
        _require_references(row, adapter)
        row.carrier, row.credentials = adapter.slug, checked
        row.rate_per_second, row.checked_at = adapter.calls_per_second, None
        row.save(update_fields=["carrier", "credentials", "rate_per_second", "checked_at"])
        _record(actor, events.ACCOUNT_PROMOTED, row, now, carrier=adapter.name)
    pacing.forget(account)
    account.refresh_from_db()


def _require_references(account: CarrierAccount, adapter: type[Carrier]) -> None:
    """Make sure that numbers can be moved to each trunk; afterwards no reference may change."""
    if capabilities.way(adapter, Operation.ROUTE) != Way.API:
        return
    unknown = Trunk.objects.for_calls().filter(carrier_account=account, carrier_reference="")
    names = list(unknown.order_by("name").values_list("name", flat=True)[: MOST_NAMED + 1])
    if names:
        more = " and others" if len(names) > MOST_NAMED else ""
        raise UnableToConnect(
            f"{adapter.name} is told by a reference to which trunk a number goes, and none is "
            f"known of {', '.join(names[:MOST_NAMED])}{more}. Change the trunk and enter its "
            "reference first.",
            field="carrier",
        )


def _record(
    actor: Actor, event_type: EventType, account: CarrierAccount, now: datetime, **after: str
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=account.subject,
        organization=account.owner,
        after={"name": account.name, **after},
    )

"""
Trunks that a person made at the carrier: described here, and changed when they changed there.

Such a trunk is ready as soon as it is described: nothing is asked of the carrier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.journal import EventType
from accounts.wording import one_line
from accounts.work import acting
from lib.locks import no_key
from trunks import capabilities, description, events, registry
from trunks.description import Auth, Carries, TrunkDescription
from trunks.models import CarrierAccount, CarrierHost, Gateway, SourceAddress, Trunk
from trunks.offers import GatewaySpec
from trunks.operations import Operation, Way
from trunks.workflows import trunk_checks
from trunks.workflows.trunk_checks import UnableToCreateTrunk

MOST_CHANNELS = 100_000
MOST_PLACES = 20
MOST_ADDRESSES = 100
LONGEST_SECRET = 200
CREDENTIALS = ("username", "password")
_LONGEST = {"carrier_reference": 80, "sender_id": 30, "attestation": 200}
_ROWS = {"hosts", "gateways", "source_addresses", "credentials"}
"""What is no column that may be shown: it stands in rows of its own, or is sealed."""


def describe(
    *, account: CarrierAccount, wish: TrunkDescription, actor: Actor, now: datetime
) -> Trunk:
    """
    Take in a trunk that a person made at the carrier; it is ready.

    :raises UnableToCreateTrunk: naming the field that must change
    """
    wish = _checked(wish, account)
    if wish.auth != Auth.IP and wish.carries == Carries.VOICE:
        _require_credentials(wish.credentials or {})
    trunk = Trunk(
        carrier_account=account,
        is_static=True,
        carries=wish.carries,
        status=Trunk.Status.READY,
        status_since=now,
        created_at=now,
        credentials=None if wish.credentials is None else dict(wish.credentials),
        **_columns(wish),
    )
    try:
        with acting(actor), transaction.atomic():
            trunk.save(force_insert=True)
            _write_rows(trunk, wish)
            _record(actor, events.TRUNK_DESCRIBED, trunk, now)
    except IntegrityError as clash:
        raise _clash(clash, wish) from None
    return trunk


def change(*, trunk: Trunk, wish: TrunkDescription, actor: Actor, now: datetime) -> frozenset[str]:
    """
    Write down what has changed at the carrier; whoever relies on the trunk may object.

    :return: the names of the fields that are different now
    :raises UnableToCreateTrunk: naming the field that must change
    """
    if not trunk.is_static:
        raise UnableToCreateTrunk(
            f"{trunk.name} was made by the carrier's interface and is not changed by hand. Make "
            "another trunk instead.",
        )
    wish = _checked(wish, trunk.carrier_account)
    if wish.carries != trunk.carries:
        raise UnableToCreateTrunk(
            "What a trunk carries never changes. Describe another trunk instead.", field="carries"
        )
    try:
        with acting(actor), transaction.atomic():
            row = no_key(Trunk.objects.filter(pk=trunk.pk)).get()
            changed = _differences(description.of(row), wish)
            if changed:
                _apply(row, wish, changed)
                events.tell_trunk_changed(row, changed)
                what = ", ".join(sorted(name.replace("_", " ") for name in changed))
                _record(actor, events.TRUNK_CHANGED, row, now, what=what)
    except IntegrityError as clash:
        raise _clash(clash, wish) from None
    trunk.refresh_from_db()
    return changed


def _differences(old: TrunkDescription, new: TrunkDescription) -> frozenset[str]:
    named = [field.name for field in fields(TrunkDescription) if field.name != "credentials"]
    changed = {name for name in named if getattr(old, name) != getattr(new, name)}
    # What is stored is not compared: that would tell whoever guesses.
    return frozenset(changed | ({"credentials"} if new.credentials else set()))


def _apply(trunk: Trunk, wish: TrunkDescription, changed: frozenset[str]) -> None:
    for name, value in _columns(wish).items():
        setattr(trunk, name, value)
    if wish.credentials:
        trunk.credentials = dict(wish.credentials)
    trunk.save()
    if changed & {"hosts", "gateways", "source_addresses"}:
        for rows in (trunk.hosts, trunk.gateways, trunk.source_addresses):
            rows.all().delete()
        _write_rows(trunk, wish)


def _columns(wish: TrunkDescription) -> dict[str, Any]:
    named = [field.name for field in fields(wish) if field.name not in {*_ROWS, "carries"}]
    values = {name: getattr(wish, name) for name in named}
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }


def _write_rows(trunk: Trunk, wish: TrunkDescription) -> None:
    CarrierHost.objects.bulk_create(
        CarrierHost(
            trunk=trunk,
            host=host.host,
            port=host.port,
            transport=host.transport,
            priority=place,
        )
        for place, host in enumerate(wish.hosts, start=1)
    )
    Gateway.objects.bulk_create(trunk_checks.gateway(trunk, spec) for spec in wish.gateways)
    SourceAddress.objects.bulk_create(
        SourceAddress(trunk=trunk, address=address) for address in wish.source_addresses
    )


def _checked(wish: TrunkDescription, account: CarrierAccount) -> TrunkDescription:
    """Give the description as it is stored, or name the field that must change."""
    tidy = replace(
        wish,
        name=trunk_checks.checked_name(wish.name),
        hosts=_in_order(wish.hosts),
        gateways=tuple(sorted(wish.gateways, key=lambda gateway: gateway.priority)),
        source_addresses=tuple(trunk_checks.checked_addresses(wish.source_addresses)),
        registered_addresses=tuple(
            trunk_checks.checked_addresses(wish.registered_addresses, field="registered_addresses")
        ),
        credentials=_checked_credentials(wish.credentials),
        carrier_reference=_line(wish.carrier_reference, "carrier_reference"),
        sender_id=_line(wish.sender_id, "sender_id"),
        attestation=_line(wish.attestation, "attestation"),
    )
    for field, places, word in (
        ("hosts", tidy.hosts, "host"),
        ("gateways", tidy.gateways, "gateway"),
    ):
        if len(places) > MOST_PLACES:
            raise UnableToCreateTrunk(f"Name at most {MOST_PLACES} of them.", field=field)
        trunk_checks.require_places(places, field=field, word=word)
    if max(len(tidy.source_addresses), len(tidy.registered_addresses)) > MOST_ADDRESSES:
        raise UnableToCreateTrunk(
            f"Name at most {MOST_ADDRESSES} addresses.", field="source_addresses"
        )
    if tidy.channels is not None and not 1 <= tidy.channels <= MOST_CHANNELS:
        raise UnableToCreateTrunk(f"Channels are 1 to {MOST_CHANNELS:,}.", field="channels")
    if tidy.carries == Carries.VOICE:
        _require_what_calls_need(tidy, account)
    return tidy


def _require_what_calls_need(wish: TrunkDescription, account: CarrierAccount) -> None:
    adapter = registry.carrier(account.carrier)
    way = capabilities.way(adapter, Operation.ROUTE)
    if way == Way.NONE:
        raise UnableToCreateTrunk(
            f"{capabilities.why_not(adapter, Operation.ROUTE)} Describe a trunk that carries "
            "messages only.",
            field="carries",
        )
    if wish.auth != Auth.ACCEPT_REGISTER and not (wish.hosts or wish.source_addresses):
        raise UnableToCreateTrunk(
            "Name the carrier's host, or the addresses from which its calls come.", field="hosts"
        )
    if wish.auth == Auth.REGISTER and not wish.hosts:
        raise UnableToCreateTrunk("Name the host at which to register.", field="hosts")
    if way == Way.API and not wish.carrier_reference:
        raise UnableToCreateTrunk(
            f"{adapter.name} is told through its interface to which trunk a number goes. Enter the "
            "trunk's reference there.",
            field="carrier_reference",
        )


def _checked_credentials(given: Mapping[str, str] | None) -> dict[str, str] | None:
    """Give what was entered; nothing at all leaves what is stored."""
    entered = {key: str(value) for key, value in (given or {}).items() if value}
    if not entered:
        return None
    _require_credentials(entered)
    if set(entered) - set(CREDENTIALS) or not all(
        value.isprintable() and len(value) <= LONGEST_SECRET for value in entered.values()
    ):
        raise UnableToCreateTrunk(
            f"Give username and password, in one line of at most {LONGEST_SECRET} characters.",
            field="password",
        )
    return entered


def _require_credentials(given: Mapping[str, str]) -> None:
    for key in CREDENTIALS:
        if not given.get(key):
            raise UnableToCreateTrunk(
                "Enter username and password: one of them is missing.", field=key
            )


def _in_order(hosts: Sequence[GatewaySpec]) -> tuple[GatewaySpec, ...]:
    """Number the hosts as they are tried."""
    tried = sorted(hosts, key=lambda host: host.priority)
    return tuple(replace(host, priority=place) for place, host in enumerate(tried, start=1))


def _line(text: str, field: str) -> str:
    tidy = one_line(text, longest=_LONGEST[field]) if text.strip() else ""
    if tidy is None:
        raise UnableToCreateTrunk(
            f"Shorten it to one line of {_LONGEST[field]} characters.", field=field
        )
    return tidy


def _clash(clash: IntegrityError, wish: TrunkDescription) -> Exception:
    return trunk_checks.clash_of(clash, name=wish.name, reference=wish.carrier_reference)


def _record(actor: Actor, event_type: EventType, trunk: Trunk, now: datetime, **after: str) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=trunk.subject,
        organization=trunk.carrier_account.owner,
        after={"name": trunk.name, **after},
    )

"""
How many numbers and tenants an organization may have: counters that only move within the limit.

Each move is one conditional UPDATE inside the caller's transaction. Numbers count for the
organization that holds them, tenants for every dealer above them. The provider is not counted, so
that its row is not a place where everybody waits. Take them after the numbers' own locks.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Kind, Organization
from accounts.models.organizations import OrganizationQuerySet
from lib.locks import no_key
from lib.refusals import UnableTo


class UnableToTake(UnableTo):
    """A limit would be exceeded."""

    code = "limit_reached"
    conflict = True


class CounterMismatch(RuntimeError):
    """More was given back than had been taken: a defect, not a refusal."""


def take_number(organization: Organization, count: int = 1) -> None:
    """
    Count numbers that an organization comes to hold.

    :raises UnableToTake: if its number limit does not allow that many more
    """
    if organization.is_provider or not count:
        return
    within = Q(number_limit__isnull=True) | Q(number_limit__gte=F("numbers_held") + count)
    moved = Organization.objects.filter(within, pk=organization.pk).update(
        numbers_held=F("numbers_held") + count
    )
    if not moved:
        raise UnableToTake(_numbers_full(organization))


def give_number(organization: Organization, count: int = 1) -> None:
    """
    Count numbers that an organization no longer holds.

    :raises CounterMismatch: if it did not hold that many
    """
    if organization.is_provider or not count:
        return
    moved = Organization.objects.filter(pk=organization.pk, numbers_held__gte=count).update(
        numbers_held=F("numbers_held") - count
    )
    if not moved:
        raise CounterMismatch(f"{organization} gave back more numbers than it held.")


def move_number(source: Organization, target: Organization, count: int = 1) -> None:
    """
    Count numbers that pass from one organization to another, with both rows locked in one order.

    :raises UnableToTake: if the target's number limit does not allow that many more
    """
    counted = Organization.objects.filter(pk__in=[source.pk, target.pk])
    # Leaf to root, the order in which the dealers above a tenant are locked too.
    list(no_key(counted.exclude(kind=Kind.PROVIDER), "-path").values_list("pk"))
    give_number(source, count)
    take_number(target, count)


def take_tenant(tenant: Organization) -> None:
    """
    Count a new tenant at every dealer above it.

    :raises UnableToTake: naming the dealer whose tenant limit is reached
    """
    dealers = _dealers_above(tenant)
    room = Q(tenant_limit__isnull=True) | Q(tenant_limit__gt=F("tenants_held"))
    with transaction.atomic():
        locked = list(no_key(dealers, "-path"))
        moved = dealers.filter(room).update(tenants_held=F("tenants_held") + 1)
        if moved < len(locked):
            full = next(dealer for dealer in locked if _is_full(dealer))
            raise UnableToTake(
                f"{full.name} may have {full.tenant_limit} tenants and has {full.tenants_held}. "
                "Ask for a higher tenant limit."
            )


def _dealers_above(organization: Organization) -> OrganizationQuerySet:
    return Organization.objects.above(organization).filter(kind=Kind.DEALER)


def _is_full(dealer: Organization) -> bool:
    return dealer.tenant_limit is not None and dealer.tenants_held >= dealer.tenant_limit


def _numbers_full(organization: Organization) -> str:
    organization.refresh_from_db(fields=["number_limit", "numbers_held"])
    return (
        f"{organization.name} may hold {organization.number_limit} numbers and holds "
        f"{organization.numbers_held}. Raise its number limit or give numbers back first."
    )

"""Rows for tests of the route layer: a switch, who is on it, numbers that point somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.db import connection

# By this, tenants that are made have emergency locations, in benchmarks too.
import dids.tests.factories  # noqa: F401
from accounts import limits
from accounts.actors import System
from accounts.models import Organization
from accounts.tests.factories import NOW, make_provider
from dids.models import CarrierBinding, PhoneNumber
from dids.states import BindingStatus, NumberStatus
from provisioning.models import InboundRoute, Pbx, RouteHead
from provisioning.workflows import pbxs, tenants
from trunks.models import CarrierAccount, Trunk

SYSTEM = System("tests")

_serial = count(1)

_NUMBERS = """
    WITH made AS (
        INSERT INTO dids_phonenumber
            (uuid, e164, country, type, region, locality, rate_center, capabilities,
             carrier_account_id, carrier_reference, status, status_since, holder_id, label,
             currency, bought_at)
        SELECT gen_random_uuid(), '+' || (%(first)s + i), 'US', 'LOCAL', '', '', '', '{}',
               %(account)s, '', %(status)s, %(now)s, %(holder)s, '', '', %(now)s
          FROM generate_series(0, %(count)s - 1) AS i
        RETURNING id, e164, holder_id
    ), held AS (
        INSERT INTO dids_holding (number_id, organization_id, source_id, during)
        SELECT id, holder_id, %(source)s, tstzrange(%(now)s, NULL) FROM made
    )
    INSERT INTO dids_assignment (number_id, kind, value, assigned_at)
    SELECT id, 'EXTENSION', '101', %(now)s FROM made WHERE %(assigned)s
"""


@dataclass(frozen=True)
class Scene:
    """A switch with one tenant."""

    pbx: Pbx
    tenant: Organization
    account: CarrierAccount


def make_pbx(*, name: str = "") -> Pbx:
    """Store a switch."""
    return pbxs.create(name=name or f"PBX {next(_serial)}", actor=SYSTEM, now=NOW)


def place(tenant: Organization, pbx: Pbx, *, domain: str = "") -> None:
    """Put a tenant on a switch."""
    tenants.place(
        tenant=tenant,
        pbx=pbx,
        sip_domain=domain or f"t{next(_serial)}.pbx.example",
        actor=SYSTEM,
        now=NOW,
    )


def make_account() -> CarrierAccount:
    """Store an account at a carrier."""
    return CarrierAccount.objects.create(
        carrier="telnyx",
        name=f"Account {next(_serial)}",
        owner=make_provider(),
        credentials={"api_key": "KEY-MARK-SECRET"},
        status_since=NOW,
        created_at=NOW,
    )


def make_trunk(
    account: CarrierAccount, *, address: str = "192.0.2.10", did_format: str = "PLUS_E164"
) -> Trunk:
    """Store a trunk that the carrier has made."""
    serial = next(_serial)
    trunk = Trunk.objects.create(
        carrier_account=account,
        name=f"Trunk {serial}",
        did_format=did_format,
        carrier_reference=f"trunk-{serial}",
        status=Trunk.Status.READY,
        status_since=NOW,
        created_at=NOW,
    )
    trunk.source_addresses.create(address=address)
    return trunk


def make_numbers(
    account: CarrierAccount,
    holder: Organization,
    *,
    first: int = 999_0000_0000,
    count: int = 1,
    assigned: bool = True,
    status: str = NumberStatus.ASSIGNED,
    now: datetime = NOW,
) -> list[str]:
    """Store numbers in a row that a tenant holds, pointing at extension 101 or nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NUMBERS,
            {
                "first": first,
                "count": count,
                "account": account.pk,
                "status": status,
                "holder": holder.pk,
                "source": holder.parent_id,
                "assigned": assigned,
                "now": now,
            },
        )
    limits.take_number(holder, count)
    return [f"+{first + i}" for i in range(count)]


def number(e164: str) -> PhoneNumber:
    """Read a number anew."""
    return PhoneNumber.objects.select_related("holder").get(e164=e164)


def bind(e164: str, trunk: Trunk) -> None:
    """Have the carrier deliver a number to a trunk."""
    CarrierBinding.objects.create(
        number=number(e164),
        trunk=trunk,
        status=BindingStatus.BOUND,
        status_since=NOW,
        give_up_at=NOW,
    )


def routes(pbx: Pbx) -> dict[str, str]:
    """Give what is published on a switch."""
    return dict(InboundRoute.objects.filter(pbx=pbx).values_list("did", "value"))


def version(pbx: Pbx) -> int:
    """Give the version of the inbound table."""
    return RouteHead.objects.get(pbx=pbx, table="inbound").version

"""Which trunk of a carrier account brings calls to where a holder's numbers ring."""

from __future__ import annotations

from accounts.models import Organization
from provisioning.models import TenantOnPbx
from provisioning.refusals import UnableToRoute
from trunks.models import CarrierAccount, Trunk


def trunk_wanted(*, account: CarrierAccount, holder: Organization, rings: bool) -> Trunk | None:
    """
    Give the trunk with which numbers are bought; those that ring nowhere yet may go without one.

    :raises UnableToRoute: as `trunk_for`, if they are to ring somewhere
    """
    try:
        return trunk_for(account=account, holder=holder)
    except UnableToRoute:
        if rings:
            raise
        return None


def trunk_for(*, account: CarrierAccount, holder: Organization) -> Trunk:
    """
    Find the trunk for the numbers of one account that a tenant holds.

    The oldest one that is ready and attached to the tenant's switch; the sentence of a refusal is
    for the provider, since it names the account.

    :raises UnableToRoute: if the tenant is on no switch, or none of the account's trunks reach it
    """
    hosted = TenantOnPbx.objects.select_related("pbx").filter(tenant=holder).first()
    if hosted is None:
        raise UnableToRoute(
            f"{holder.name} is on no PBX yet, so no trunk leads there. Put it on a PBX first.",
            field="trunk",
        )
    trunks = Trunk.objects.for_calls().filter(
        carrier_account=account, status=Trunk.Status.READY, on_pbxs__pbx=hosted.pbx
    )
    trunk = trunks.order_by("pk").first()
    if trunk is None:
        raise UnableToRoute(
            f"No trunk of {account.name} that is ready leads to {hosted.pbx.name}. Create one, or "
            "attach one to that PBX.",
            field="trunk",
        )
    return trunk

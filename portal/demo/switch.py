"""The demo's carriers and its PBX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx2

from accounts.actors import Actor
from accounts.models import Organization
from lib.e164 import DidFormat
from portal.demo.names import PBX
from portal.demo.waiting import wait
from provisioning.models import Pbx, PbxNode, TrunkOnPbx
from provisioning.workflows import nodes, pbxs
from provisioning.workflows import trunks as trunks_on_pbx
from trunks import registry
from trunks.models import CarrierAccount, Trunk
from trunks.offers import GatewaySpec, Transport
from trunks.workflows import accounts, trunks

PHONES = "phones"


@dataclass(frozen=True)
class Habits:
    """How a sandbox carrier delivers calls."""

    source: str
    did_format: DidFormat


HABITS = {
    "telnyx": Habits("127.0.1.10", DidFormat.E164),
    "twilio": Habits("127.0.2.10", DidFormat.PLUS_E164),
}
"""The carriers whose calls the demo's routers let in; the others sell numbers alone."""


def ensure_accounts(
    sandbox_url: str, webhook_base: str, *, provider: Organization, actor: Actor, now: datetime
) -> dict[str, CarrierAccount]:
    """Connect all sandbox carriers, or lead the known accounts to where the sandbox is now."""
    made = {}
    with httpx2.Client(base_url=sandbox_url, timeout=10.0, trust_env=False) as sandbox:
        for offered in sandbox.get("/_control/accounts").raise_for_status().json():
            slug = offered["carrier"]
            base_url = f"{sandbox_url}/{slug}"
            account = CarrierAccount.objects.filter(carrier=slug, owner=provider).first()
            if account is None:
                account = accounts.connect(
                    carrier=slug,
                    name=f"Sandbox {registry.carrier(slug).name}",
                    credentials=offered["credentials"],
                    base_url=base_url,
                    rate_per_second=20.0,
                    actor=actor,
                    now=now,
                )
            elif account.base_url != base_url:
                # The sandbox took another port this time; nothing of the account has changed.
                CarrierAccount.objects.filter(pk=account.pk).update(base_url=base_url)
                account.refresh_from_db()
            url = f"{webhook_base}/webhooks/{account.uuid}"
            wish = {"carrier": slug, "account": offered["account"], "url": url}
            sandbox.post("/_control/webhook", json=wish).raise_for_status()
            made[slug] = account
    return made


def ensure_pbx(phones: str, *, actor: Actor, now: datetime) -> Pbx:
    """Give the PBX with its one target, made if it is not there."""
    pbx = Pbx.objects.filter(name=PBX).first()
    if pbx is None:
        pbx = pbxs.create(name=PBX, authoritative=False, actor=actor, now=now)
    address = f"sip:{phones};transport=udp"
    known = PbxNode.objects.filter(pbx=pbx, role=PbxNode.Role.TARGET, name=PHONES).first()
    if known is not None and known.address != address:
        # The phones took another port this time.
        nodes.remove(node=known, actor=actor, now=now)
        known = None
    if known is None:
        pbxs.add_target(pbx=pbx, name=PHONES, address=address, actor=actor, now=now)
    return pbx


def ensure_trunks(
    carriers: dict[str, CarrierAccount],
    pbx: Pbx,
    *,
    routers: Sequence[str],
    actor: Actor,
    now: datetime,
) -> dict[str, Trunk]:
    """Give a trunk of each carrier that is let in, from it to the routers and on to the PBX."""
    made = {}
    for slug in HABITS:
        account = carriers[slug]
        trunk = Trunk.objects.filter(carrier_account=account).first()
        if trunk is None:
            trunk = trunks.create(
                account=account,
                name=f"{slug} to {PBX}",
                did_format=HABITS[slug].did_format,
                gateways=[gateway(address, place) for place, address in enumerate(routers, 1)],
                source_addresses=[HABITS[slug].source],
                actor=actor,
                now=now,
            )
        if not TrunkOnPbx.objects.filter(trunk=trunk, pbx=pbx).exists():
            trunks_on_pbx.attach(trunk=trunk, pbx=pbx, country="US", actor=actor, now=now)
        made[slug] = trunk
    wait("the demo's trunks", lambda: all(map(is_ready, made.values())))
    return made


def is_ready(trunk: Trunk) -> bool:
    """Tell whether the carrier has made a trunk; only then can numbers be bound to it."""
    trunk.refresh_from_db()
    return trunk.status == Trunk.Status.READY


def gateway(address: str, place: int) -> GatewaySpec:
    """Describe a router to a carrier, the first one preferred."""
    host, _, port = address.rpartition(":")
    return GatewaySpec(
        host=host, port=int(port), transport=Transport.UDP, priority=10 * place, weight=50
    )

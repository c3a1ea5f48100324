"""Rows for tests, as plain functions with keyword arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count

from accounts.models import Organization
from accounts.tests.factories import make_provider
from lib.e164 import DidFormat
from trunks.models import CarrierAccount, Gateway, SourceAddress, Trunk
from trunks.offers import GatewaySpec

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SANDBOX = "http://sandbox"
CREDENTIALS = {
    "telnyx": {"api_key": "KEY-MARK-SECRET", "public_key": "unused"},
    "twilio": {"account_sid": "AC" + "0" * 32, "auth_token": "MARK-SECRET-unused"},
    "vonage": {"api_key": "unused", "api_secret": "MARK-SECRET-unused"},
}
ROUTERS = (
    GatewaySpec(host="127.0.0.1", port=5070, priority=1),
    GatewaySpec(host="127.0.0.1", port=5080, priority=2),
)

_serial = count(1)


def make_carrier_account(
    *,
    carrier: str = "telnyx",
    credentials: Mapping[str, str] | None = None,
    name: str = "",
    owner: Organization | None = None,
    base_url: str | None = None,
    rate_per_second: float = 1000.0,
    status: str = CarrierAccount.Status.ACTIVE,
) -> CarrierAccount:
    """
    Store an account whose carrier is the sandbox; see `trunks.tests.carriers.sandbox`.

    :param credentials: unusable ones unless given: those of a sandbox account make it work
    """
    return CarrierAccount.objects.create(
        carrier=carrier,
        name=name or f"{carrier} {next(_serial)}",
        owner=owner or make_provider(),
        credentials=dict(CREDENTIALS[carrier] if credentials is None else credentials),
        base_url=f"{SANDBOX}/{carrier}" if base_url is None else base_url,
        rate_per_second=rate_per_second,
        status=status,
        status_since=NOW,
        created_at=NOW,
    )


def make_trunk(
    *,
    account: CarrierAccount | None = None,
    name: str = "",
    did_format: DidFormat = DidFormat.PLUS_E164,
    carrier_reference: str = "",
    status: str = Trunk.Status.READY,
    gateways: Sequence[GatewaySpec] = ROUTERS,
    source_addresses: Sequence[str] = ("127.0.1.10",),
) -> Trunk:
    """
    Store a trunk, ready unless said otherwise.

    :param carrier_reference: made up for a ready trunk; give a real one if the sandbox is asked
    """
    serial = next(_serial)
    if status == Trunk.Status.READY:
        carrier_reference = carrier_reference or f"made-up-{serial}"
    trunk = Trunk.objects.create(
        carrier_account=account or make_carrier_account(),
        name=name or f"Trunk {serial}",
        did_format=did_format,
        carrier_reference=carrier_reference,
        status=status,
        status_since=NOW,
        created_at=NOW,
    )
    for gateway in gateways:
        Gateway.objects.create(
            trunk=trunk,
            host=gateway.host,
            port=gateway.port,
            transport=gateway.transport,
            priority=gateway.priority,
            weight=gateway.weight,
        )
    for address in source_addresses:
        SourceAddress.objects.create(trunk=trunk, address=address)
    return trunk

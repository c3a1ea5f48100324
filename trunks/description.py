"""What a person says of a trunk that was made at the carrier by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lib.e164 import DidFormat
from trunks.models import Trunk
from trunks.offers import GatewaySpec, Transport

Auth: TypeAlias = Trunk.Auth
Carries: TypeAlias = Trunk.Carries
Codec: TypeAlias = Trunk.Codec
Header: TypeAlias = Trunk.Header


@dataclass(frozen=True, kw_only=True)
class TrunkDescription:
    """
    A static trunk, whole; `trunks.models.Trunk` says what each field means.

    :ivar hosts: the carrier's, where it takes our calls and registrations
    :ivar gateways: ours, to which the carrier delivers calls, as far as somebody told it
    :ivar source_addresses: the carrier's, from which its calls come
    :ivar credentials: username and password; None leaves those that are stored
    :ivar carrier_reference: by which the carrier's interface or staff know it
    """

    name: str = ""
    carries: Carries = Carries.VOICE
    auth: Auth = Auth.IP
    hosts: tuple[GatewaySpec, ...] = ()
    gateways: tuple[GatewaySpec, ...] = ()
    source_addresses: tuple[str, ...] = ()
    registered_addresses: tuple[str, ...] = ()
    credentials: Mapping[str, str] | None = None
    carrier_reference: str = ""
    did_format: DidFormat = DidFormat.PLUS_E164
    cli_format: DidFormat = DidFormat.PLUS_E164
    caller_id_in: tuple[Header, ...] = (Header.FROM,)
    asserts_carrier_host: bool = False
    codecs: tuple[Codec, ...] = ()
    channels: int | None = None
    sender_id: str = ""
    takes_emergency_calls: bool = False
    attestation: str = ""


def of(trunk: Trunk) -> TrunkDescription:
    """Give the description that a static trunk has now, without its credentials."""
    return TrunkDescription(
        name=trunk.name,
        carries=Carries(trunk.carries),
        auth=Auth(trunk.auth),
        hosts=tuple(
            GatewaySpec(
                host=host.host,
                port=host.port,
                transport=Transport(host.transport),
                priority=host.priority,
            )
            for host in trunk.hosts.all()
        ),
        gateways=tuple(gateway.spec for gateway in trunk.gateways.all()),
        source_addresses=tuple(source.address for source in trunk.source_addresses.all()),
        registered_addresses=tuple(trunk.registered_addresses),
        carrier_reference=trunk.carrier_reference,
        did_format=DidFormat(trunk.did_format),
        cli_format=DidFormat(trunk.cli_format),
        caller_id_in=tuple(map(Header, trunk.caller_id_in)),
        asserts_carrier_host=trunk.asserts_carrier_host,
        codecs=tuple(map(Codec, trunk.codecs)),
        channels=trunk.channels,
        sender_id=trunk.sender_id,
        takes_emergency_calls=trunk.takes_emergency_calls,
        attestation=trunk.attestation,
    )

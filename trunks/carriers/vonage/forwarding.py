"""
Where a number's calls go: Vonage has no trunks, each number carries the SIP addresses itself.

So a trunk's reference is short for what is written on its numbers: how the called number is
written, and the gateways in their order. Vonage takes them as a list with commas and tries them one
after the other (documentation of SIP, "Configure your system for SIP forwarding"); weights it does
not know.
"""

from __future__ import annotations

import re

from lib.e164 import E164, DidFormat, in_format
from trunks.errors import Reason, Rejected
from trunks.offers import GatewaySpec, Transport, TrunkSpec

SIP, APPLICATION = "sip", "app"
LONGEST = 80
"""Characters of a trunk's reference."""
USERS = {DidFormat.PLUS_E164: "+", DidFormat.E164: "", DidFormat.NATIONAL: "n"}
"""How the called number is written, in front of the gateways."""
_HOP = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:;,@]+):(?P<port>\d{1,5})(?:;(?P<transport>tcp|tls))?"
)
_ADDRESS = re.compile(
    r"(?:sip:)?(?P<user>[^@,;]+)@(?P<hop>[^,;]+)(?:;transport=(?P<transport>\w+))?", re.IGNORECASE
)


def reference_of(spec: TrunkSpec) -> str:
    """Write a trunk short: `+@192.0.2.1:5060,192.0.2.2:5061;tls`."""
    hops = [_hop(gateway) for gateway in sorted(spec.gateways, key=lambda one: one.priority)]
    if not all(_HOP.fullmatch(hop) for hop in hops):
        raise Rejected("Vonage takes gateways by name or IP address.", reason=Reason.INVALID)
    reference = f"{USERS[spec.did_format]}@{','.join(hops)}"
    if len(reference) > LONGEST:
        raise Rejected(
            "The gateways' names are too long together. Name fewer, or one name with SRV records.",
            reason=Reason.INVALID,
        )
    return reference


def _hop(gateway: GatewaySpec) -> str:
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    way = "" if gateway.transport is Transport.UDP else f";{gateway.transport.lower()}"
    return f"{host}:{gateway.port}{way}"


def value_of(reference: str, number: E164) -> str:
    """Write what a number carries, for the trunk of that reference."""
    letter, _, hops = reference.partition("@")
    found = [_HOP.fullmatch(hop) for hop in hops.split(",")]
    if letter not in USERS.values() or None in found:
        raise Rejected("That is no trunk of this carrier.", reason=Reason.INVALID)
    user = _user(letter, number)
    return ",".join(_address(user, *hop.groups()) for hop in found if hop is not None)


def _address(user: str, host: str, port: str, transport: str | None) -> str:
    way = f";transport={transport}" if transport else ""
    return f"sip:{user}@{host}:{port}{way}"


def reference_from(kind: str, value: str, number: E164) -> str:
    """Read what a number carries; what we did not write stays as it is, and is no trunk of ours."""
    if not value or kind == APPLICATION:
        # The link to an application stands here too; it forwards nothing, and a forwarding wins.
        return ""
    found = [_ADDRESS.fullmatch(address.strip()) for address in value.split(",")]
    read = [address for address in found if address is not None]
    users = {address["user"] for address in read}
    letter = next((one for one in USERS.values() if users == {_user(one, number)}), None)
    if kind != SIP or len(read) < len(found) or letter is None:
        return f"{kind}:{value}"[:LONGEST]
    hops = [_with_transport(address["hop"], address["transport"] or "udp") for address in read]
    return f"{letter}@{','.join(hops)}"


def _with_transport(hop: str, transport: str) -> str:
    return hop if transport.lower() == "udp" else f"{hop};{transport.lower()}"


def _user(letter: str, number: E164) -> str:
    did_format = next(one for one, sign in USERS.items() if sign == letter)
    return in_format(number, did_format)

"""
Where a number's calls go: Vonage has no trunks, each number carries the SIP addresses itself.

It takes them as a list with commas and tries them one after the other (documentation of SIP,
"Configure your system for SIP forwarding"); weights it does not know.
"""

from __future__ import annotations

import re

from lib.e164 import E164
from trunks import forwarding
from trunks.forwarding import LONGEST
from trunks.offers import TrunkSpec

SIP, APPLICATION = "sip", "app"
_ADDRESS = re.compile(
    r"(?:sip:)?(?P<user>[^@,;]+)@(?P<hop>[^,;]+)(?:;transport=(?P<transport>\w+))?", re.IGNORECASE
)


def reference_of(spec: TrunkSpec) -> str:
    """Write a trunk short: `+@192.0.2.1:5060,192.0.2.2:5061;tls`."""
    return forwarding.reference_of(spec, carrier="Vonage")


def value_of(reference: str, number: E164) -> str:
    """Write what a number carries, for the trunk of that reference."""
    user, hops = forwarding.read(reference, number)
    return ",".join(_address(user, *hop) for hop in hops)


def _address(user: str, host: str, port: str, transport: str) -> str:
    way = f";transport={transport}" if transport else ""
    return f"sip:{user}@{host}:{port}{way}"


def reference_from(kind: str, value: str, number: E164) -> str:
    """Read what a number carries; what we did not write stays as it is, and is no trunk of ours."""
    if not value or kind == APPLICATION:
        # The link to an application stands here too; it forwards nothing, and a forwarding wins.
        return ""
    found = [_ADDRESS.fullmatch(address.strip()) for address in value.split(",")]
    read = [address for address in found if address is not None]
    letter = forwarding.letter_of([address["user"] for address in read], number)
    if kind != SIP or len(read) < len(found) or letter is None:
        return f"{kind}:{value}"[:LONGEST]
    hops = [_with_transport(address["hop"], address["transport"] or "udp") for address in read]
    return f"{letter}@{','.join(hops)}"


def _with_transport(hop: str, transport: str) -> str:
    return hop if transport.lower() == "udp" else f"{hop};{transport.lower()}"

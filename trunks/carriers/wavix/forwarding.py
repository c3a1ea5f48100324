"""
Where a number's calls go: to SIP addresses on the number itself, tried by their priority.

Or to a SIP trunk at the carrier, by its id; which of the two a trunk is, `trunking` says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lib.e164 import E164
from trunks import forwarding
from trunks.errors import Reason, Rejected
from trunks.forwarding import LONGEST
from trunks.offers import Transport, TrunkSpec

SIP_ADDRESS, OWN_TRUNK = 1, 5
_ADDRESS = re.compile(
    r"(?:sip:)?(?P<user>[^@;]+)@(?P<host>\[[^\]]+\]|[^:;\[\]]+)(?::(?P<port>\d{1,5}))?",
    re.IGNORECASE,
)


def reference_of(spec: TrunkSpec) -> str:
    """Write a trunk short: `+@192.0.2.1:5060,192.0.2.2:5070`."""
    if any(gateway.transport is not Transport.UDP for gateway in spec.gateways):
        # What an address may name besides host and port is in no document.
        raise Rejected("Wavix calls gateways by UDP only.", reason=Reason.INVALID)
    return forwarding.reference_of(spec, carrier="Wavix")


def is_own_trunk(reference: str) -> bool:
    """Tell whether a reference is the id of a SIP trunk at the carrier."""
    return reference.isdecimal()


def destinations_of(reference: str, number: E164) -> list[dict[str, Any]]:
    """Write what a number carries. The carrier's `[did]` leaves open how the number is written."""
    user, hops = forwarding.read(reference, number)
    return [
        {
            "transport": SIP_ADDRESS,
            "destination": f"{user}@{host}:{port}",
            "priority": rank,
        }
        for rank, (host, port, _) in enumerate(hops, 1)
    ]


def to_own_trunk(reference: str, login: str) -> list[dict[str, Any]]:
    """Write that calls go to a SIP trunk at the carrier."""
    return [
        {
            "transport": OWN_TRUNK,
            "trunk_id": int(reference),
            "destination": login,
            "priority": 1,
        }
    ]


def reference_from(rows: Sequence[Mapping[str, Any]], number: E164) -> str:
    """Read what a number carries; what we did not write stays as it is, and is no trunk of ours."""
    ranked = sorted(rows, key=lambda row: int(row["priority"]))
    if not ranked:
        return ""
    if len(ranked) == 1 and ranked[0]["transport"] == OWN_TRUNK:
        return str(ranked[0]["trunk_id"])
    found = [_ADDRESS.fullmatch(str(row["destination"])) for row in ranked]
    read = [address for address in found if address is not None]
    letter = forwarding.letter_of([address["user"] for address in read], number)
    are_ours = len(read) == len(ranked) and {row["transport"] for row in ranked} == {SIP_ADDRESS}
    if letter is None or not are_ours:
        told = ",".join(f"{row['transport']}:{row['destination']}" for row in ranked)
        return told[:LONGEST]
    hops = [f"{address['host']}:{address['port'] or 5060}" for address in read]
    return f"{letter}@{','.join(hops)}"

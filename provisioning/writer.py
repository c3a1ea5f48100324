"""
Turn where a number rings into the value that a Kamailio router looks up. Pure.

`c,<set>,<user>@<domain>` sends the call to a set of targets, `h,0,` hangs up. A router keeps at
most 128 characters (its table type says so), and splits at commas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_VALUE = 128
HANG_UP = "HANG_UP"

# RFC 3261 section 25.1, "user": what may stand unescaped, less the comma that the router splits at.
_PLAIN = re.compile(r"[A-Za-z0-9*._+-]")
_LOCAL_PART = re.compile(r"[A-Za-z0-9*#+._-]{1,64}", re.ASCII)


class Unwritable(ValueError):
    """No router value can say this; the message is a sentence that says why."""


@dataclass(frozen=True)
class Hop:
    """
    Where one number rings on one switch.

    :ivar kind: the kind of destination, as stored
    :ivar value: the local part, such as 101; empty for HANG_UP
    :ivar set: the number of the target set that serves the tenant
    :ivar domain: the tenant's SIP domain
    """

    kind: str
    value: str
    set: int
    domain: str


def inbound(hop: Hop) -> str:
    """
    Render the value of an inbound route.

    :raises Unwritable: if the destination cannot be written
    """
    if hop.kind == HANG_UP:
        return "h,0,"
    if not _LOCAL_PART.fullmatch(hop.value):
        raise Unwritable(f"“{hop.value[:40]}” cannot be called on the PBX. Choose another place.")
    user = "".join(c if _PLAIN.match(c) else f"%{ord(c):02X}" for c in hop.value)
    written = f"c,{hop.set},{user}@{hop.domain}"
    if len(written) > LONGEST_VALUE:
        raise Unwritable("The destination and the SIP domain are too long together; shorten one.")
    return written


def source(*, did_format: str, calling_code: str, trunk: str) -> str:
    """Render what a router knows of a sender: number format, calling code if national, trunk."""
    return f"{did_format},{calling_code},{trunk}"


def target(*, address: str, priority: int, weight: int) -> str:
    """Render one member of a target set."""
    return f"{address},{priority},{weight}"

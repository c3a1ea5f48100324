"""
Turn where a number rings into the value that a Kamailio router looks up. Pure.

`c,<set>,<user>@<domain>` sends the call to a set of targets, `h,0,` hangs up. A router keeps at
most 128 characters (its table type says so), and splits at commas.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_VALUE = 128
HANG_UP = "HANG_UP"

# RFC 3261 section 25.1, "user": what may stand unescaped, less the comma that the router splits at.
_PLAIN = re.compile(r"[A-Za-z0-9*._+-]{1,64}", re.ASCII)
_LOCAL_PART = re.compile(r"[A-Za-z0-9*#+._-]{1,64}", re.ASCII)


class Unwritable(ValueError):
    """No router value can say this; the message is a sentence that says why."""


class Hop(NamedTuple):
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
    written = f"c,{hop.set},{_user(hop.value)}@{hop.domain}"
    if len(written) > LONGEST_VALUE:
        raise Unwritable("The destination and the SIP domain are too long together; shorten one.")
    return written


def said(value: str) -> str:
    """Say in words what the value of an inbound route has calls do."""
    what, number, place = value.split(",", 2)
    if what == "h":
        return "hangs up"
    return f"rings at {place.replace('%23', '#')} by target set {number}"


def _user(local_part: str) -> str:
    if _PLAIN.fullmatch(local_part):
        return local_part
    if not _LOCAL_PART.fullmatch(local_part):
        raise Unwritable(f"“{local_part[:40]}” cannot be called on the PBX. Choose another place.")
    return local_part.replace("#", "%23")


def source(*, did_format: str, calling_code: str, trunk: str) -> str:
    """Render what a router knows of a sender: number format, calling code if national, trunk."""
    return f"{did_format},{calling_code},{trunk}"


def target(*, address: str, priority: int, weight: int) -> str:
    """Render one member of a target set."""
    return f"{address},{priority},{weight}"

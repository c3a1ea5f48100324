"""
Trunks at carriers that keep none: each number carries the SIP addresses itself.

So a trunk's reference is short for what is written on its numbers: how the called number is
written, and the gateways in their order, such as `+@192.0.2.1:5060,192.0.2.2:5061;tls`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lib.e164 import E164, DidFormat, in_format
from trunks.errors import Reason, Rejected
from trunks.offers import GatewaySpec, Transport, TrunkSpec

LONGEST = 80
"""Characters of a trunk's reference."""
USERS = {DidFormat.PLUS_E164: "+", DidFormat.E164: "", DidFormat.NATIONAL: "n"}
"""How the called number is written, in front of the gateways."""
_HOP = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:;,@]+):(?P<port>\d{1,5})(?:;(?P<transport>tcp|tls))?"
)


def reference_of(spec: TrunkSpec, *, carrier: str) -> str:
    """Write a trunk short; `carrier` is its name, for whoever has to change the gateways."""
    hops = [_hop(gateway) for gateway in sorted(spec.gateways, key=lambda one: one.priority)]
    if not hops or not all(_HOP.fullmatch(hop) for hop in hops):
        raise Rejected(f"{carrier} takes gateways by name or IP address.", reason=Reason.INVALID)
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


def read(reference: str, number: E164) -> tuple[str, list[tuple[str, str, str]]]:
    """Read a trunk's reference: the called number as it is written, and host, port, transport."""
    letter, _, hops = reference.partition("@")
    found = [_HOP.fullmatch(hop) for hop in hops.split(",")]
    if letter not in USERS.values() or None in found:
        raise Rejected("That is no trunk of this carrier.", reason=Reason.INVALID)
    places = [hop.groups("") for hop in found if hop is not None]
    return _user(letter, number), [(host, port, transport) for host, port, transport in places]


def letter_of(users: Iterable[str], number: E164) -> str | None:
    """Tell how the called number is written in front of gateways; None where not in one form."""
    written = set(users)
    return next((one for one in USERS.values() if written == {_user(one, number)}), None)


def _user(letter: str, number: E164) -> str:
    did_format = next(one for one, sign in USERS.items() if sign == letter)
    return in_format(number, did_format)

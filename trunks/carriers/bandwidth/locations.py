"""Bandwidth's trunks: SIP peers, also called locations, of the account's site."""

from __future__ import annotations

import ipaddress
from xml.etree.ElementTree import Element

from lib.e164 import DidFormat
from trunks.errors import Reason, Rejected
from trunks.offers import GatewaySpec, Transport, TrunkSpec
from trunks.xml import Content, text_of, xml_of

LONGEST_NAME = 10
"""What the description allows; its own examples are longer."""


def check(spec: TrunkSpec) -> None:
    """
    Refuse what a location cannot be.

    :raises Rejected: before anything is sent
    """
    if spec.did_format is not DidFormat.PLUS_E164:
        # Other forms are options of each number (`tnoptions`), not of a location.
        raise Rejected("Bandwidth writes numbers as +E.164 only.", reason=Reason.INVALID)
    if not spec.gateways:
        raise Rejected("A location needs at least one gateway.", reason=Reason.INVALID)


def body(spec: TrunkSpec, reference: str) -> bytes:
    """
    Say what the location is, in one write.

    Its name is too short for our reference, so the description carries it. Voice hosts take no
    port and no rank; the route plan does.
    """
    content: list[tuple[str, Content]] = [
        ("PeerName", reference.replace("-", "")[:LONGEST_NAME]),
        ("Description", f"{spec.name} {reference}"),
        ("IsDefaultPeer", "false"),
        (
            "OriginationRoutePlan",
            [("Action", "asSpecified"), *(_route(each) for each in spec.gateways)],
        ),
    ]
    admitted = [_admitted(each.host) for each in spec.gateways if _is_address(each.host)]
    return xml_of("SipPeer", [*content, *([("TerminationHosts", admitted)] if admitted else [])])


def _route(gateway: GatewaySpec) -> tuple[str, Content]:
    return "Route", [
        ("Name", gateway.host),
        ("Priority", str(gateway.priority)),
        ("Weight", str(gateway.weight)),
        ("Endpoint", sip_uri(gateway)),
        ("EndpointType", "SIP"),
    ]


def sip_uri(gateway: GatewaySpec) -> str:
    """Write a gateway as a SIP address; the other kinds of endpoints have no port."""
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    how = "" if gateway.transport is Transport.UDP else f";transport={gateway.transport.lower()}"
    return f"sip:{host}:{gateway.port}{how}"


def _admitted(host: str) -> tuple[str, Content]:
    return "TerminationHost", [
        ("HostName", host),
        ("Port", "0"),
        ("CustomerTrafficAllowed", "DOMESTIC"),
    ]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def peers_from(answer: Element) -> list[Element]:
    """Read the site's locations, each of which has an id."""
    if answer.tag != "TNSipPeersResponse":
        raise ValueError("not a list of locations")
    peers = list(answer.iter("SipPeer"))
    for peer in peers:
        text_of(peer, "PeerId")
    return peers


def default_of(peers: list[Element]) -> str:
    """Give the site's default location, to which numbers go that are bound nowhere."""
    for peer in peers:
        if (peer.findtext("IsDefaultPeer") or "").lower() == "true":
            return text_of(peer, "PeerId")
    return ""


def with_reference(peers: list[Element], reference: str) -> str:
    """Give the location that carries our reference, or empty text."""
    for peer in peers:
        if (peer.findtext("Description") or "").strip().endswith(reference):
            return text_of(peer, "PeerId")
    return ""

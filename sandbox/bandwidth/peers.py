"""`sippeers`: the locations of the account's site; the default one is there from the start."""

from __future__ import annotations

import re
import zlib
from xml.etree.ElementTree import Element

from sandbox.bandwidth import errors
from sandbox.bandwidth.base import BandwidthBase, answer, default_peer, document, site_id
from sandbox.carrier import Gateway
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal
from sandbox.world import Account
from trunks.xml import Content

TABLE = "bandwidth.peers"
ROOT = "SipPeerResponse"
LONGEST_NAME = 10
SIP = re.compile(
    r"sip:(?P<host>\[[^\]]+\]|[^:;]+)(?::(?P<port>\d+))?(?:;transport=(?P<transport>\w+))?"
)


def create(carrier: BandwidthBase, call: Call) -> Answer:
    """Make a location; the answer is its address alone."""
    _require_site(call)
    body = document(call.request, "SipPeer")
    name = body.findtext("PeerName") or ""
    if not 1 <= len(name) <= LONGEST_NAME:
        raise errors.invalid(13511, "The PeerName is missing or too long.", root=ROOT)
    rows = carrier.world.store.table(TABLE)
    if any(row["name"] == name and row["account"] == call.account.id for row in rows.values()):
        words = f"Sip Peer with name '{name}' already exists"
        raise Refusal(errors.as_error(409, 13512, words, root=ROOT))
    routes = [_route(route) for route in body.iterfind("OriginationRoutePlan/Route")]
    id_ = str(600_000 + zlib.crc32(f"{call.account.id} {name}".encode()) % 100_000_000)
    row: Record = {
        "id": id_,
        "account": call.account.id,
        "name": name,
        "description": body.findtext("Description") or "",
        "routes": routes,
        "admitted": [host.text for host in body.iterfind("TerminationHosts/*/HostName")],
    }
    carrier.world.store.put(TABLE, id_, row)
    place = f"https://dashboard.bandwidth.com/api/v2{call.request.path.partition('/v2')[2]}/{id_}"
    return Answer(201, b"", (("Location", place),))


def listing(carrier: BandwidthBase, call: Call) -> Answer:
    """List the site's locations."""
    _require_site(call)
    default: Content = [
        ("PeerId", default_peer(call.account)),
        ("PeerName", "Default"),
        ("Description", "Default"),
        ("IsDefaultPeer", "true"),
        ("VoiceHosts", ""),
        ("OriginationRoutePlan", ""),
    ]
    rows = [
        _shown(row)
        for row in carrier.world.store.table(TABLE).values()
        if row["account"] == call.account.id
    ]
    listed: Content = [("SipPeer", shown) for shown in (default, *rows)]
    return answer("TNSipPeersResponse", [("SipPeers", listed)])


def chosen(carrier: BandwidthBase, account: Account, id_: str | None) -> str | None:
    """Give the location that is named, the default one where none is; None if there is none."""
    default = default_peer(account)
    if id_ in (None, default):
        return default
    row = carrier.world.store.get(TABLE, str(id_))
    return id_ if row is not None and row["account"] == account.id else None


def name_of(carrier: BandwidthBase, id_: str) -> str:
    """Give a location's name."""
    row = carrier.world.store.get(TABLE, id_)
    return "Default" if row is None else str(row["name"])


def gateways(carrier: BandwidthBase, id_: str) -> tuple[Gateway, ...]:
    """Give where a location delivers calls."""
    row = carrier.world.store.get(TABLE, id_)
    made = [Gateway(**route) for route in (row["routes"] if row else ())]
    return tuple(sorted(made, key=lambda gateway: gateway.priority))


def _route(route: Element) -> Record:
    match = SIP.fullmatch(route.findtext("Endpoint") or "")
    if match is None or route.findtext("EndpointType") != "SIP":
        raise errors.invalid(13590, "The Endpoint of a Route is invalid.", root=ROOT)
    return {
        "host": match["host"].strip("[]"),
        "port": int(match["port"] or 5060),
        "transport": match["transport"] or "udp",
        "priority": int(route.findtext("Priority") or 1),
        "weight": int(route.findtext("Weight") or 1),
    }


def _require_site(call: Call) -> None:
    if call.parts["site"] != site_id(call.account):
        raise errors.missing(f"Site '{call.parts['site']}' does not exist", root=ROOT)


def _shown(row: Record) -> Content:
    routes: Content = [
        (
            "Route",
            [
                ("Name", route["host"]),
                ("Priority", str(route["priority"])),
                ("Weight", str(route["weight"])),
                ("Endpoint", f"sip:{route['host']}:{route['port']}"),
                ("EndpointType", "SIP"),
            ],
        )
        for route in row["routes"]
    ]
    return [
        ("PeerId", row["id"]),
        ("PeerName", row["name"]),
        ("Description", row["description"]),
        ("IsDefaultPeer", "false"),
        ("OriginationRoutePlan", routes),
    ]

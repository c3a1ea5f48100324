"""
Trunks at Telnyx: connections to IP addresses, to host names, or to whatever registers there.

Facts: `telnyx-provisioning.openapi.yaml`. A connection is one of the three for good. What registers
uses a login that nobody else at Telnyx has; it follows from our reference, so it is made once.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final

from lib.e164 import DidFormat
from trunks.carriers.telnyx.wire import TelnyxWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.offers import MadeTrunk, TrunkSpec
from trunks.roles import ManagesTrunks

MOST_GATEWAYS = 3
"""A connection has a primary, a secondary and a tertiary address."""
DNIS_FORMATS = {
    DidFormat.PLUS_E164: "+e164",
    DidFormat.E164: "e164",
    DidFormat.NATIONAL: "national",
}
LONGEST_LOGIN = 32


@dataclass(frozen=True)
class Kind:
    """
    How connections to gateways of one kind are made.

    :ivar connections: where they stand
    :ivar places: where their gateways stand
    :ivar field: what a gateway's host is called there
    :ivar word: what a gateway is called where they are ranked
    :ivar told: what is told of a gateway besides
    """

    connections: str
    places: str
    field: str
    word: str
    told: Mapping[str, str]


BY_ADDRESS: Final = Kind("ip_connections", "ips", "ip_address", "ip", {})
# With a port, a name is looked up as one of a host.
BY_NAME: Final = Kind("fqdn_connections", "fqdns", "fqdn", "fqdn", {"dns_record_type": "a"})
BY_LOGIN: Final = "credential_connections"


class TelnyxTrunks(TelnyxWire, ManagesTrunks):
    """The part of the adapter that makes trunks."""

    trunk_lag: ClassVar[timedelta] = timedelta(seconds=15)
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset(DidFormat)
    registered_formats: ClassVar[frozenset[DidFormat]] = frozenset(DidFormat)
    registrars: ClassVar[tuple[str, ...]] = ("sip.telnyx.com",)

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make a connection: first itself, then its gateways, then their order."""
        if spec.password:
            return self._make_login(spec, reference, deadline)
        kind = kind_of(spec)
        made = self._found(kind.connections, reference, deadline)
        known: dict[tuple[str, int], str] = {}
        if made is None:
            id_ = self._call(
                "POST",
                kind.connections,
                json=trunk_body(spec, reference, kind),
                parse=_id,
                deadline=deadline,
            )
        else:
            id_ = made.carrier_reference
            filters = [("filter[connection_id]", id_)]
            known = dict(self._pages(kind.places, filters, lambda row: _place(row, kind), deadline))
        ranked = sorted(spec.gateways, key=lambda gateway: gateway.priority)
        ids = [
            known.get((gateway.host.lower(), gateway.port))
            or self._add_place(kind, id_, gateway.host, gateway.port, deadline)
            for gateway in ranked
        ]
        self._call(
            "PATCH",
            f"{kind.connections}/{id_}",
            json={"inbound": inbound_body(spec, kind, ids)},
            parse=lambda _body: None,
            deadline=deadline,
        )
        return MadeTrunk(carrier_reference=id_)

    def _add_place(self, kind: Kind, id_: str, host: str, port: int, deadline: Deadline) -> str:
        body = {"connection_id": id_, kind.field: host, "port": port, **kind.told}
        return self._call("POST", kind.places, json=body, parse=_id, deadline=deadline)

    def _make_login(self, spec: TrunkSpec, reference: str, deadline: Deadline) -> MadeTrunk:
        if spec.gateways:
            raise Rejected(
                "A login at Telnyx calls whatever registers there, and no gateways.",
                reason=Reason.INVALID,
            )
        made = self._found(BY_LOGIN, reference, deadline)
        if made is not None:
            return made
        try:
            return self._call(
                "POST",
                BY_LOGIN,
                json=login_body(spec, reference),
                parse=lambda body: made_from(body["data"], BY_LOGIN),
                deadline=deadline,
            )
        except Rejected:
            # The login is nobody else's: if it is taken, the answer to making it was lost.
            made = self._found(BY_LOGIN, reference, deadline)
            if made is None:
                raise
            return made

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look for the connection whose name carries our reference, whatever it goes to."""
        kinds = (BY_ADDRESS.connections, BY_NAME.connections, BY_LOGIN)
        found = (self._found(kind, reference, deadline) for kind in kinds)
        return next((made for made in found if made is not None), None)

    def _found(self, connections: str, reference: str, deadline: Deadline) -> MadeTrunk | None:
        filters = [("filter[connection_name][contains]", reference)]
        found = self._entries(
            connections,
            filters,
            lambda row: (str(row["connection_name"]), made_from(row, connections)),
            deadline,
        )
        return next((made for name, made in found if name.endswith(reference)), None)


def kind_of(spec: TrunkSpec) -> Kind:
    """
    Tell which kind of connection a trunk is.

    :raises Rejected: if it is none
    """
    if not 1 <= len(spec.gateways) <= MOST_GATEWAYS:
        raise Rejected("Telnyx takes one to three gateways.", reason=Reason.INVALID)
    if len({gateway.transport for gateway in spec.gateways}) > 1:
        raise Rejected("Telnyx takes one transport for all gateways.", reason=Reason.INVALID)
    addresses = [gateway.host for gateway in spec.gateways if _is_address(gateway.host)]
    if addresses and len(addresses) < len(spec.gateways):
        raise Rejected(
            "Telnyx takes the gateways of a trunk either by IP address or by host name. Make two "
            "trunks.",
            reason=Reason.INVALID,
        )
    return BY_ADDRESS if addresses else BY_NAME


def trunk_body(spec: TrunkSpec, reference: str, kind: Kind) -> dict[str, Any]:
    """Say what a connection is; its gateways come later, they need its identifier."""
    return {
        **_connection(spec, reference),
        "transport_protocol": spec.gateways[0].transport.value,
        "inbound": inbound_body(spec, kind),
    }


def inbound_body(spec: TrunkSpec, kind: Kind, ids: Sequence[str] = ()) -> dict[str, Any]:
    """
    Say how calls are delivered.

    :param ids: the gateways in their order; not accepted before they exist
    """
    ranks = [f"default_{rank}_{kind.word}_id" for rank in ("primary", "secondary", "tertiary")]
    in_turn = len({gateway.priority for gateway in spec.gateways}) > 1
    return {
        "dnis_number_format": DNIS_FORMATS[spec.did_format],
        "default_routing_method": "sequential" if in_turn else "round-robin",
        **dict(zip(ranks, ids, strict=False)),
    }


def login_body(spec: TrunkSpec, reference: str) -> dict[str, Any]:
    """Say what a connection is to whatever registers with our login and password."""
    return {
        **_connection(spec, reference),
        "user_name": login_of(reference),
        "password": spec.password,
        "inbound": {"dnis_number_format": DNIS_FORMATS[spec.did_format]},
    }


def login_of(reference: str) -> str:
    """Write our reference as a login: it has a letter among its first five characters."""
    return f"t{reference.replace('-', '')}"[:LONGEST_LOGIN]


def made_from(row: Mapping[str, Any], connections: str) -> MadeTrunk:
    """Read a connection. One to host names may have a login as well, which is none of ours."""
    login = str(row["user_name"]) if connections == BY_LOGIN else ""
    return MadeTrunk(carrier_reference=str(row["id"]), login=login)


def _connection(spec: TrunkSpec, reference: str) -> dict[str, Any]:
    name = f"{spec.name} {reference}"
    return {"connection_name": name, "active": True, "tags": [reference]}


def _place(row: Mapping[str, Any], kind: Kind) -> tuple[tuple[str, int], str]:
    return (str(row[kind.field]).lower(), int(row.get("port") or 5060)), str(row["id"])


def _id(body: Any) -> str:
    return str(body["data"]["id"])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

"""
Trunks and groups of them: a trunk is one gateway, and a number goes to a group.

Each is looked for by our reference before it is made; names must be unique as well.
"""

from __future__ import annotations

from lib.e164 import DidFormat
from trunks.carriers.didww import payloads
from trunks.carriers.didww.documents import body_of, links, row_from
from trunks.carriers.didww.wire import Wire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.offers import MadeTrunk, TrunkSpec

GROUPS, TRUNKS = "voice_in_trunk_groups", "voice_in_trunks"


def find(wire: Wire, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
    """Look for the group that carries our reference."""
    id_ = _id_of(wire, GROUPS, reference, deadline)
    return MadeTrunk(carrier_reference=id_) if id_ else None


def create(wire: Wire, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
    """Make what is missing: a trunk for each gateway, then the group of all of them."""
    if spec.did_format is not DidFormat.E164:
        raise Rejected("DIDWW writes numbers as E.164 without a plus.", reason=Reason.INVALID)
    if not spec.gateways:
        raise Rejected("DIDWW takes one gateway at least.", reason=Reason.INVALID)
    trunks = [
        _trunk(wire, spec, place, f"{reference}-{place + 1}", deadline)
        for place in range(len(spec.gateways))
    ]
    group = _id_of(wire, GROUPS, reference, deadline)
    if not group:
        body = payloads.group_body(spec, reference, trunks)
        return MadeTrunk(carrier_reference=_make(wire, GROUPS, body, deadline))
    there = wire.read(
        f"{GROUPS}/{group}",
        params=[("include", TRUNKS)],
        parse=lambda body: {
            str(data["id"]) for data in row_from(body)["relationships"][TRUNKS]["data"]
        },
        deadline=deadline,
    )
    if there != set(trunks):
        whole = body_of(GROUPS, id_=group, relationships={TRUNKS: links(TRUNKS, trunks)})
        wire.write("PATCH", f"{GROUPS}/{group}", content=whole, parse=row_from, deadline=deadline)
    return MadeTrunk(carrier_reference=group)


def _trunk(wire: Wire, spec: TrunkSpec, place: int, reference: str, deadline: Deadline) -> str:
    body = payloads.trunk_body(
        spec.gateways[place], name=f"{spec.name} {reference}", reference=reference
    )
    return _id_of(wire, TRUNKS, reference, deadline) or _make(wire, TRUNKS, body, deadline)


def _id_of(wire: Wire, path: str, reference: str, deadline: Deadline) -> str:
    return wire.read(
        path,
        params=[("filter[external_reference_id]", reference)],
        parse=lambda body: str((payloads.row_with(body, reference) or {"id": ""})["id"]),
        deadline=deadline,
    )


def _make(wire: Wire, path: str, content: bytes, deadline: Deadline) -> str:
    return wire.write(
        "POST",
        path,
        content=content,
        parse=lambda body: str(row_from(body)["id"]),
        deadline=deadline,
    )

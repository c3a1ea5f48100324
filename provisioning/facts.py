"""The small tables of a switch, wanted from committed state: senders, targets, settings."""

from __future__ import annotations

import phonenumbers

from lib.e164 import DidFormat
from provisioning import writer
from provisioning.models import Pbx, PbxNode, Table, TrunkOnPbx
from trunks.models import SourceAddress

SMALL = (Table.SOURCES, Table.TARGETS, Table.SETTINGS)

Tables = dict[str, dict[str, str]]


def wanted(pbx_id: int) -> Tables:
    """Give what each small table should hold, by table and key."""
    return {
        Table.SOURCES.value: _sources(pbx_id),
        Table.TARGETS.value: _targets(pbx_id),
        Table.SETTINGS.value: _settings(pbx_id),
    }


def calling_code(country: str) -> str:
    """Give the calling code of a country (ISO 3166 alpha-2) as digits; empty if unknown."""
    code = phonenumbers.country_code_for_region(country.upper())
    return str(code) if code else ""


def _sources(pbx_id: int) -> dict[str, str]:
    hosted = {row.trunk_id: row for row in TrunkOnPbx.objects.filter(pbx_id=pbx_id)}
    addresses = SourceAddress.objects.filter(trunk_id__in=hosted).select_related("trunk")
    table: dict[str, str] = {}
    for row in addresses.order_by("trunk_id", "pk"):
        national = row.trunk.did_format == DidFormat.NATIONAL
        # Two trunks may share a sender (attaching sees to it that they write numbers alike);
        # the older one names it.
        table.setdefault(
            row.address,
            writer.source(
                did_format=row.trunk.did_format,
                calling_code=calling_code(hosted[row.trunk_id].country) if national else "",
                trunk=str(row.trunk.uuid),
            ),
        )
    return table


def _targets(pbx_id: int) -> dict[str, str]:
    targets = PbxNode.objects.filter(pbx_id=pbx_id, role=PbxNode.Role.TARGET).order_by("pk")
    return {
        f"{node.set}:{node.pk}": writer.target(
            address=node.address, priority=node.priority, weight=node.weight
        )
        for node in targets
    }


def _settings(pbx_id: int) -> dict[str, str]:
    pbx = Pbx.objects.get(pk=pbx_id)
    return {"authoritative": "1" if pbx.authoritative else "0"}

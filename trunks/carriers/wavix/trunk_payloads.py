"""
What Wavix says of its SIP trunks, and how they are told, without any network.

A change replaces all that is set on a trunk: what it leaves out falls back to its default. Reading
and telling differ, too: the password is wanted each time and never shown, addresses come back with
an id, an amount comes back as text, and whoever may show any number is shown without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trunks.offers import MadeTrunk, TrunkSpec

LONGEST_LABEL: Final = 64
"""How long one may be is in no document."""
REQUIRED: Final[Mapping[str, bool | int]] = {
    "ip_restrict": False,
    "didinfo_enabled": True,
    "call_restrict": False,
    "cost_limit": False,
    "channels_restrict": False,
    "rewrite_enabled": False,
    "transcription_enabled": False,
    "transcription_threshold": 6,
}
"""What a trunk is always told, and what holds where its answer has none of it."""
_AS_SHOWN: Final = (
    *("label", "callerid", "multiple_numbers", "call_limit", "max_channels", "rewrite_prefix"),
    *("rewrite_cond", "call_recording_enabled", "machine_detection_enabled", "encrypted_media"),
)
_BY_LOGIN: Final = "dynamic"


def label_of(spec: TrunkSpec, reference: str) -> str:
    """Write a trunk's name there: our reference first, which nothing may cut off."""
    return f"{reference} {spec.name}"[:LONGEST_LABEL]


def new_body(spec: TrunkSpec, reference: str, caller_id: str) -> dict[str, Any]:
    """Say what a trunk shall be at which we register; any number of the account may call by it."""
    return {
        **REQUIRED,
        "label": label_of(spec, reference),
        "password": spec.password,
        "callerid": caller_id,
        "multiple_numbers": True,
    }


def trunks_from(body: Mapping[str, Any]) -> list[tuple[str, MadeTrunk]]:
    """Read a page of trunks, each with its label."""
    return [(str(row["label"] or ""), made_from(row)) for row in body["sip_trunks"] or ()]


def made_from(row: Mapping[str, Any]) -> MadeTrunk:
    """Read a trunk."""
    return MadeTrunk(carrier_reference=str(row["id"]), login=str(row["name"]))


def tells_numbers(row: Mapping[str, Any]) -> bool:
    """Tell whether its calls say which number was called; where nothing is said, they do."""
    return row.get("didinfo_enabled") is not False


def whole_body(row: Mapping[str, Any], *, password: str, caller_id: str) -> dict[str, Any]:
    """
    Say all that is set on a trunk once more.

    :param caller_id: one of our numbers, where the trunk is shown without
    """
    told = {name: row[name] for name in _AS_SHOWN if row.get(name) is not None}
    shown = {name: row[name] for name in REQUIRED if row.get(name) is not None}
    addresses = [{"ip": one["ip"]} for one in row["allowed_ips"] or ()]
    cost, host = row.get("max_call_cost"), row.get("host") or _BY_LOGIN
    return {
        **told,
        **REQUIRED,
        **shown,
        "password": password,
        "callerid": row["callerid"] or caller_id,
        **({"allowed_ips": addresses} if addresses else {}),
        # A limit of some cents, shown as text and wanted as a number: the same digits again.
        **({"max_call_cost": float(cost)} if cost is not None else {}),
        **({"host_request": {"host": host}} if host != _BY_LOGIN else {}),
    }

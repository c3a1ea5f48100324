"""Emergency addresses: settings of a number like any other."""

from __future__ import annotations

from typing import Any

from sandbox import places
from sandbox.questblue.base import refused

NAME = "e911"
NEEDED = ("e911_name", "e911_address", "e911_city", "e911_state", "e911_zip")
OPTIONAL = ("e911_unittype", "e911_unitnumber")
FIELDS = (NAME, *NEEDED, *OPTIONAL)
UNITS = ("unit", "suite", "apt")


def wanted(told: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Read what an update says of the address: what is to be kept of it, and remarks."""
    match told.get(NAME):
        case None:
            return {}, []
        case "no":
            # An empty map is an empty list in PHP.
            return {NAME: []}, []
        case "yes":
            return _address(told)
    raise refused("The e911 field must be yes or no.")


def _address(told: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    for name in NEEDED:
        if not told.get(name):
            raise refused(f"The {name} field is required.")
    if told.get("e911_unittype") not in (None, *UNITS):
        raise refused("The e911_unittype field must be unit, suite or apt.")
    if places.judge(told["e911_address"], told["e911_zip"], "US").trouble:
        raise refused("E911 address could not be validated.")
    if places.fails_later(told["e911_address"]):
        return {}, ["E911 could not be provisioned."]
    return {NAME: {name: told[name] for name in (*NEEDED, *OPTIONAL) if name in told}}, []

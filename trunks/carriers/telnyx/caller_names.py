"""
Names of callers at Telnyx: voice settings of a number, in force as soon as they are set.

Facts: `telnyx-provisioning.openapi.yaml`, `/phone_numbers/{id}/voice`. The setting that looks
callers up is written there but read back from the number alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.telnyx.wire import TelnyxWire
from trunks.deadlines import Deadline
from trunks.features import IN_FORCE, NOTHING, CallerNames, Standing
from trunks.roles import SetsCallerName


class TelnyxCallerNames(TelnyxWire, SetsCallerName):
    """The part of the adapter that names callers."""

    lists_names: ClassVar[bool] = True
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Write the voice settings; the databases of names follow within two days."""
        id_ = carrier_reference or self._id_of(number, deadline)
        self._call(
            "PATCH",
            f"phone_numbers/{id_}/voice",
            json=settings_for(wanted),
            parse=lambda body: body["data"],
            deadline=deadline,
        )
        return IN_FORCE if wanted.text or wanted.shows_callers else NOTHING

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the listing from the voice settings, and the look-up from the number."""
        id_ = carrier_reference or self._id_of(number, deadline)
        text = self._call(
            "GET",
            f"phone_numbers/{id_}/voice",
            parse=lambda body: text_from(body["data"]),
            deadline=deadline,
        )
        shows_callers = self._call(
            "GET",
            f"phone_numbers/{id_}",
            parse=lambda body: body["data"].get("caller_id_name_enabled") is True,
            deadline=deadline,
        )
        there = CallerNames(text=text, shows_callers=shows_callers)
        return IN_FORCE if there == wanted and there != CallerNames() else NOTHING


def settings_for(wanted: CallerNames) -> dict[str, Any]:
    """Write the voice settings; details may only stand where the listing is on."""
    listing: dict[str, Any] = {"cnam_listing_enabled": bool(wanted.text)}
    if wanted.text:
        listing["cnam_listing_details"] = wanted.text
    return {"cnam_listing": listing, "caller_id_name_enabled": wanted.shows_callers}


def text_from(settings: Mapping[str, Any]) -> str:
    """Read the listed name; empty where none is listed."""
    listing = settings["cnam_listing"] or {}
    is_on = listing.get("cnam_listing_enabled") is True
    return str(listing.get("cnam_listing_details") or "") if is_on else ""

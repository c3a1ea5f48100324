"""Trust Hub: profiles that somebody makes in Twilio's console, and that it has approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline

APPROVED = "twilio-approved"
"""The status in which Trust Hub lets a profile be used."""
PATIENCE = 3600.0
"""Seconds after which profiles that were missing are looked for again."""


@dataclass(frozen=True)
class Profile:
    """What Trust Hub knows of a business, or of what it does."""

    sid: str
    email: str


class TwilioTrust(TwilioWire):
    """Finds what a person made there by its name."""

    def approved(self, kind: str, name: str, deadline: Deadline) -> Profile | None:
        """Look for an approved profile, by the name of the business."""
        filters = [("Status", APPROVED), ("FriendlyName", name)]
        for row in self.bundles(kind, filters, deadline):
            if (row["friendly_name"], row["status"]) == (name, APPROVED):
                return Profile(str(row["sid"]), str(row["email"] or ""))
        return None

    def bundles(
        self, kind: str, filters: list[tuple[str, str]], deadline: Deadline
    ) -> list[Mapping[str, Any]]:
        """Read the profiles or products that filters leave."""
        return self.pages(
            "trusthub", f"/v1/{kind}", "results", read=dict, deadline=deadline, filters=filters
        )

"""Trust Hub: profiles that somebody makes in Twilio's console, and that it has approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline

T = TypeVar("T")
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

        def read(row: Mapping[str, Any]) -> Profile | None:
            is_meant = (row["friendly_name"], row["status"]) == (name, APPROVED)
            return Profile(str(row["sid"]), str(row["email"] or "")) if is_meant else None

        return next(filter(None, self.bundles(kind, filters, read, deadline)), None)

    def bundles(
        self,
        kind: str,
        filters: list[tuple[str, str]],
        read: Callable[[Mapping[str, Any]], T],
        deadline: Deadline,
    ) -> list[T]:
        """Read the profiles or products that filters leave."""
        return self.pages(
            "trusthub", f"/v1/{kind}", "results", read=read, deadline=deadline, filters=filters
        )

"""Where a number rings: the kinds of destination and what each takes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import models

from lib.refusals import UnableTo


class DestinationKind(models.TextChoices):
    """What may answer a call."""

    EXTENSION = "EXTENSION", "Extension"
    RING_GROUP = "RING_GROUP", "Ring group"
    QUEUE = "QUEUE", "Queue"
    VIRTUAL_RECEPTIONIST = "VIRTUAL_RECEPTIONIST", "Virtual receptionist"
    VOICEMAIL = "VOICEMAIL", "Voicemail"
    MEETING = "MEETING", "Meeting"
    SIP_URI = "SIP_URI", "SIP address"
    EXTERNAL_NUMBER = "EXTERNAL_NUMBER", "Outside number"
    HANG_UP = "HANG_UP", "Hang up"


OUTSIDE = frozenset({DestinationKind.SIP_URI, DestinationKind.EXTERNAL_NUMBER})

_LOCAL_PART = re.compile(r"[A-Za-z0-9*#][A-Za-z0-9._*#-]{0,63}", re.ASCII)


class UnableToPoint(UnableTo):
    """A number cannot ring there."""

    code = "bad_destination"


@dataclass(frozen=True)
class Destination:
    """
    One place where calls go.

    :ivar value: the local part on the holder's PBX, such as "101"; empty for HANG_UP
    """

    kind: str
    value: str = ""

    def checked(self) -> Destination:
        """
        Give the destination as it will be stored.

        :raises UnableToPoint: if the kind is unknown or not open yet, or the value is none
        """
        kind, value = self.kind.strip().upper(), self.value.strip()
        if kind not in DestinationKind.values:
            known = ", ".join(k for k in DestinationKind.values if k not in OUTSIDE)
            raise UnableToPoint(
                f"“{self.kind[:40]}” is no kind of destination. Use one of {known}.",
                field="destination.kind",
            )
        if kind in OUTSIDE:
            raise UnableToPoint(
                "Forwarding to outside numbers and SIP addresses is not open yet. Choose an "
                "extension, ring group or another destination on the PBX.",
                field="destination.kind",
            )
        if kind == DestinationKind.HANG_UP:
            if value:
                raise UnableToPoint(
                    "Hanging up needs no value. Leave it empty.", field="destination.value"
                )
        elif not _LOCAL_PART.fullmatch(value):
            raise UnableToPoint(
                "Write the destination as the PBX knows it, for example 101: letters, digits and "
                ". _ - * #, at most 64.",
                field="destination.value",
            )
        return Destination(kind, value)

    def __str__(self) -> str:
        words = DestinationKind(self.kind).label
        return f"{words} {self.value}" if self.value else words

"""
VoiceMeUp (Canada): its engine API is public for messages; how it sells numbers is not verified.

So numbers are worked by hand until its full guide was read with an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from trunks.carriers.manual.adapter import Manual
from trunks.operations import Operation


class VoiceMeUp(Manual):
    """VoiceMeUp, in its control panel."""

    slug: ClassVar[str] = "voicemeup"
    name: ClassVar[str] = "VoiceMeUp"
    country: ClassVar[str] = "CA"
    calendar: ClassVar[str] = "CA-QC"
    where: ClassVar[str] = "in its control panel"
    trunk_word: ClassVar[str] = "Account of the trunk"
    notes: ClassVar[Mapping[Operation, tuple[str, ...]]] = {
        Operation.ORDER: (
            "Prices are in Canadian dollars unless the panel says otherwise; compare them with "
            "the quote.",
        ),
    }

"""Gamma (United Kingdom): its interface is documented for partners only; a person works there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from trunks.by_hand import RefusalCode
from trunks.carriers.manual.adapter import Manual
from trunks.errors import Reason
from trunks.operations import Operation

_O = Operation


class Gamma(Manual):
    """Gamma, in the Gamma Portal."""

    slug: ClassVar[str] = "gamma"
    name: ClassVar[str] = "Gamma"
    country: ClassVar[str] = "GB"
    calendar: ClassVar[str] = "GB-ENG"
    where: ClassVar[str] = "in the Gamma Portal"
    trunk_word: ClassVar[str] = "SIP trunk endpoint"
    notes: ClassVar[Mapping[Operation, tuple[str, ...]]] = {
        _O.ORDER: (
            "A geographic number needs the postcode of its site; its emergency address is kept "
            "for each number.",
            "An international number needs a proof of address and a Customer Requirement Form: "
            "count with 10 to 15 business days.",
        ),
    }
    # Industry codes of porting desks (Gamma Academy) that a numbers desk uses, too.
    refusal_codes: ClassVar[tuple[RefusalCode, ...]] = (
        RefusalCode("06", "Number missing or invalid", Reason.INVALID),
        *Manual.refusal_codes,
    )

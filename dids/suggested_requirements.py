"""
What carriers commonly ask for before they sell, as a start for whoever writes it down.

Nothing of it counts until somebody has looked at the carrier's own words and kept it. Carriers
without an interface publish little, so this is weak: Gamma wants a proof of address for numbers
abroad, and geographic numbers in Great Britain go by a postcode; in Spain a holder is known by a
tax number, and some carriers want an address in the area of the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dids.models import DocumentType
from dids.models.filings import words_for
from dids.workflows.requirement_keeping import Asked
from trunks.numbering import NumberType
from trunks.regulation import Asks

_IDENTITY = Asked(
    name="Proof of identity",
    asks=Asks.DOCUMENT,
    words="Of the company or person that uses the numbers.",
    accepts=(DocumentType.REGISTER, DocumentType.IDENTITY),
)
_PROOF_OF_ADDRESS = Asked(
    name="Proof of address",
    asks=Asks.DOCUMENT,
    words="A recent bill or statement with the name and the address of whoever uses the numbers.",
    accepts=(DocumentType.ADDRESS, DocumentType.BILL),
)
_PLACE = Asked(
    name="Address of use",
    asks=Asks.ADDRESS,
    words="Where the numbers are used, with the postal code.",
)
_TAX_NUMBER = Asked(
    name="Tax number",
    asks=Asks.TEXT,
    words="NIF, NIE or CIF of whoever uses the numbers.",
)
_LOCAL_PLACE = Asked(
    name="Address in the area",
    asks=Asks.ADDRESS,
    words="In the province that the numbers belong to.",
)


@dataclass(frozen=True)
class Suggestion:
    """What is commonly asked for before numbers of a type are sold in a country."""

    country: str
    type: NumberType
    asked: tuple[Asked, ...]

    @property
    def what(self) -> str:
        """Name the numbers in sentences."""
        return words_for(self.country, self.type.value)


_ALL: Final = (
    Suggestion("GB", NumberType.LOCAL, (_PLACE, _PROOF_OF_ADDRESS)),
    Suggestion("GB", NumberType.NATIONAL, (_PLACE, _IDENTITY)),
    Suggestion("ES", NumberType.LOCAL, (_TAX_NUMBER, _LOCAL_PLACE, _PROOF_OF_ADDRESS)),
    Suggestion("ES", NumberType.MOBILE, (_TAX_NUMBER, _IDENTITY)),
)
SUGGESTIONS: Final[Mapping[tuple[str, str], Suggestion]] = {
    (one.country, one.type.value): one for one in _ALL
}
"""By country and type."""

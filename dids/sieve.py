"""What we choose from carriers' answers ourselves, because few carriers can be asked it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from lib import keypad
from lib.e164 import DidFormat, in_format
from trunks.offers import FoundNumber, Wanted


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """
    What an offer must be beyond what carriers are asked; empty means "any".

    :ivar pattern: as `lib.keypad.written` writes it
    :ivar rate_center: how the rate center begins, as carriers write it; carriers that name none
        cannot promise it
    :ivar documents: whether the carrier asks for documents; None for either
    """

    pattern: str = ""
    rate_center: str = ""
    documents: bool | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything may be left out."""
        return bool(self.pattern or self.rate_center) or self.documents is not None

    def kept(self) -> dict[str, Any]:
        """Write it so that JSON can keep it."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    def asked(self, wanted: Wanted, *, most: int) -> Wanted:
        """
        Give what carriers are asked, so that enough comes to choose from.

        :param most: as many numbers as one carrier is asked for at most
        """
        if not self.narrows:
            return wanted
        spans = keypad.begins(self.pattern) and (wanted.area_code or wanted.prefix)
        run = "" if spans else keypad.longest_run(self.pattern)
        return replace(wanted, limit=most, contains=wanted.contains or run)

    def chosen(self, found: Iterable[FoundNumber], *, most: int) -> list[FoundNumber]:
        """Give what is let through, at most so many."""
        return [number for number in found if self._lets_through(number)][:most]

    def _lets_through(self, found: FoundNumber) -> bool:
        if self.documents is not None and found.needs_documents is not self.documents:
            return False
        if not _plain(found.rate_center).startswith(_plain(self.rate_center)):
            return False
        national = in_format(found.number, DidFormat.NATIONAL)
        return not self.pattern or keypad.fits(self.pattern, national)


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())

"""One Wavix account: the way to it, and its numbers."""

from __future__ import annotations

from functools import cached_property

from lib.e164 import E164
from trunks.carriers.wavix import payloads
from trunks.carriers.wavix.wire import Wire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.offers import OwnedNumber
from trunks.paging import each_once
from trunks.roles import ListsNumbers


class WavixAccount(ListsNumbers):
    """The part of the adapter that knows which numbers are ours."""

    @cached_property
    def wire(self) -> Wire:
        """The way to the account."""
        return Wire(self.caller, api_key=self.credentials["api_key"], base_url=self.base_url)

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers."""
        return each_once(self.wire.pages("numbers", [], payloads.owned_numbers_from, deadline))

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number; the search finds parts of numbers as well."""
        search = [("search", payloads.written(number))]
        found = self.wire.entries("numbers", search, payloads.owned_numbers_from, deadline)
        return next((mine for mine in found if mine.number == number), None)

    def _ours(self, number: E164, deadline: Deadline) -> OwnedNumber:
        mine = self.owned_number(number, deadline=deadline)
        if mine is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return mine

"""One DIDWW account: the way to it, and its numbers."""

from __future__ import annotations

from functools import cached_property

from lib.e164 import E164
from trunks.carriers.didww import payloads
from trunks.carriers.didww.wire import Wire
from trunks.deadlines import Deadline
from trunks.offers import OwnedNumber
from trunks.paging import each_once
from trunks.roles import ListsNumbers


class DidwwAccount(ListsNumbers):
    """The part of the adapter that knows which numbers are ours."""

    @cached_property
    def wire(self) -> Wire:
        """The way to the account."""
        return Wire(self.caller, api_key=self.credentials["api_key"], base_url=self.base_url)

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers."""
        found = self.wire.pages("dids", payloads.OWNED, payloads.owned_numbers_from, deadline)
        return each_once([one for one in found if one is not None])

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number."""
        found = self.wire.read(
            "dids",
            params=[("filter[number]", payloads.written(number)), payloads.OWNED],
            parse=payloads.owned_numbers_from,
            deadline=deadline,
        )
        return next((mine for mine in found if mine and mine.number == number), None)

"""How Twilio is called, its lists, and the numbers that are ours there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.twilio import payloads
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import Call, signed_in
from trunks.offers import OwnedNumber
from trunks.paging import each_once
from trunks.regulation import File
from trunks.roles import ListsNumbers

T = TypeVar("T")


class TwilioWire(ListsNumbers):
    """What the parts of the adapter share."""

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers."""
        return each_once(self._owned([], deadline))

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number; the filter also takes parts of numbers."""
        mine = self._owned([("PhoneNumber", number)], deadline)
        return next((entry for entry in mine if entry.number == number), None)

    def _owned(self, filters: Sequence[tuple[str, str]], deadline: Deadline) -> list[OwnedNumber]:
        return self.pages(
            "api",
            f"{self.account_path}/IncomingPhoneNumbers.json",
            "incoming_phone_numbers",
            read=payloads.owned_number_from,
            deadline=deadline,
            filters=filters,
        )

    def _sid_of(self, number: E164, deadline: Deadline) -> str:
        mine = self.owned_number(number, deadline=deadline)
        if mine is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return mine.carrier_reference

    @property
    def account_path(self) -> str:
        """The path of the account at the first product."""
        return f"/2010-04-01/Accounts/{self.credentials['account_sid']}"

    def pages(
        self,
        product: str,
        path: str,
        key: str,
        *,
        read: Callable[[Mapping[str, Any]], T],
        deadline: Deadline,
        filters: Sequence[tuple[str, str]] = (),
    ) -> list[T]:
        """Read a whole list; of the address of the next page only the query is believed."""

        def parse(body: Any) -> tuple[list[T], payloads.Params]:
            following = body.get("next_page_uri") or (body.get("meta") or {}).get("next_page_url")
            return [read(row) for row in body[key]], payloads.next_page_from(following)

        entries: list[T] = []
        page: payloads.Params = [("PageSize", str(payloads.LARGEST_PAGE))]
        read_pages: list[payloads.Params] = []
        while page:
            if page in read_pages:
                raise Unavailable("The carrier's list names a page twice.")
            read_pages.append(page)
            rows, page = self.call(
                "GET", product, path, params=[*filters, *page], parse=parse, deadline=deadline
            )
            entries += rows
        return entries

    def assign(self, product: str, items: str, wanted: Set[str], deadline: Deadline) -> None:
        """Have exactly these objects assigned to a bundle, whose list of items this is."""
        there = dict(
            self.pages(
                product,
                items,
                "results",
                read=lambda row: (str(row["object_sid"]), str(row["sid"])),
                deadline=deadline,
            )
        )
        for sid in sorted(there.keys() - wanted):
            one = f"{items}/{there[sid]}"
            self.call("DELETE", product, one, parse=lambda _body: None, deadline=deadline)
        for sid in sorted(wanted - there.keys()):
            form = [("ObjectSid", sid)]
            self.call(
                "POST", product, items, form=form, parse=lambda body: body["sid"], deadline=deadline
            )

    def _account(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Sequence[tuple[str, str]] = (),
        form: Sequence[tuple[str, str]] | None = None,
    ) -> T:
        return self.call(
            method,
            "api",
            f"{self.account_path}{path}",
            parse=parse,
            deadline=deadline,
            params=params,
            form=form,
        )

    def call(
        self,
        method: str,
        product: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Sequence[tuple[str, str]] = (),
        form: Sequence[tuple[str, str]] | None = None,
        attached: tuple[str, File] | None = None,
        kept_for: float = 0.0,
    ) -> T:
        """Call one of Twilio's products, each of which has a host of its own."""
        host = f"{self.base_url}/{product}" if self.base_url else f"https://{product}.twilio.com"
        user, password = (self.credentials[key] for key in ("account_sid", "auth_token"))
        call = Call(
            method=method,
            url=f"{host}{path}",
            params=params,
            form=form,
            attached=attached,
            headers={"Authorization": signed_in(user, password)},
            kept_for=kept_for,
        )
        return self.caller.call(call, parse=parse, explain=payloads.refusal_from, deadline=deadline)

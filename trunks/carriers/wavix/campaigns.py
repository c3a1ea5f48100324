"""
Brands and campaigns at Wavix, and the numbers that take part.

Facts: `wavix-api.yaml` (`/v3/10dlc`). Brands keep no reference of ours; a campaign's name is ours.
Whether linking a number takes it out of another campaign is not said, so it leaves any other before
it joins one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from lib.e164 import E164
from trunks.carriers.wavix import campaign_payloads as told
from trunks.carriers.wavix import payloads
from trunks.carriers.wavix.account import WavixAccount
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.messaging import BrandSpec, CampaignSpec, missing
from trunks.roles import RegistersCampaigns

T = TypeVar("T")


class WavixCampaigns(WavixAccount, RegistersCampaigns):
    """The part of the adapter that registers who sends, and what."""

    asks_of_brands: ClassVar[frozenset[str]] = frozenset({"first_name", "last_name"})
    asks_of_campaigns: ClassVar[frozenset[str]] = frozenset(
        {"opt_in_words", "opt_in_answer", "opt_out_answer", "terms"}
    )

    def register_brand(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Register a brand, or correct the one that was refused."""
        if problems := missing(brand, self.asks_of_brands):
            return _refused(carrier_reference, problems)
        return self._ten_dlc(
            "PUT" if carrier_reference else "POST",
            f"brands/{carrier_reference}" if carrier_reference else "brands",
            told.brand_from,
            deadline,
            json=told.brand_body(brand),
        )

    def brand_standing(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read a brand; one without a reference is that of the same names and address for mail."""
        if carrier_reference:
            return self._there(f"brands/{carrier_reference}", told.brand_from, NOTHING, deadline)
        found = self._list(
            "brands",
            [("company_name", brand.legal_name)],
            lambda body: told.brands_from(body, brand),
            deadline,
        )
        return found[-1] if found else NOTHING

    def end_brand(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """Delete a brand, which must have no campaign any more."""
        self._delete(f"brands/{carrier_reference}", deadline)

    def register_campaign(
        self,
        campaign: CampaignSpec,
        *,
        brand_reference: str,
        reference: str,
        carrier_reference: str,
        deadline: Deadline,
    ) -> Standing:
        """Register a campaign, or correct the one that was refused."""
        if problems := missing(campaign, self.asks_of_campaigns):
            return _refused(carrier_reference, problems)
        if carrier_reference:
            path, body = told.path_of(carrier_reference), told.campaign_correction(campaign)
            return self._ten_dlc("PUT", path, told.campaign_from, deadline, json=body)
        path, body = f"brands/{brand_reference}/campaigns", told.campaign_body(campaign, reference)
        return self._ten_dlc("POST", path, told.campaign_from, deadline, json=body)

    def campaign_standing(
        self, *, brand_reference: str, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read a campaign; one without the carrier's reference has ours as its name."""
        if carrier_reference:
            path = told.path_of(carrier_reference)
            return self._there(path, told.campaign_from, NOTHING, deadline)
        path = f"brands/{brand_reference}/campaigns"
        ours = self._list(
            path,
            [("name", reference)],
            lambda body: [
                told.campaign_from(row)
                for row in told.campaigns_from(body)
                if row["name"] == reference
            ],
            deadline,
        )
        return ours[0] if ours else NOTHING

    def end_campaign(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """Delete a campaign."""
        self._delete(told.path_of(carrier_reference), deadline)

    def join_campaign(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Take the number out of any other campaign that names it, then link it to this one."""
        there = self._linked(number, campaign_reference, deadline)
        if there.stage in {Stage.ACTIVE, Stage.PENDING}:
            return there
        for other, is_there in self._campaigns(number, deadline):
            if is_there:
                self._unlink(number, other, deadline)
        self._ten_dlc("POST", _link_path(number, campaign_reference), payloads.done_from, deadline)
        return self._linked(number, campaign_reference, deadline)

    def campaign_of(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Look for the number among those of the campaign."""
        return self._linked(number, campaign_reference, deadline)

    def leave_campaign(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Unlink it wherever it is: whether a campaign names those that wait is not said."""
        for reference, is_there in self._campaigns(number, deadline):
            if is_there or self._linked(number, reference, deadline).stage is not Stage.ABSENT:
                self._unlink(number, reference, deadline)

    def _campaigns(self, number: E164, deadline: Deadline) -> list[tuple[str, bool]]:
        """Give all campaigns, and whether they name the number."""
        return self._list(
            "brands/campaigns",
            [],
            lambda body: [
                (told.reference_of(row), told.has_number(row, number))
                for row in told.campaigns_from(body)
            ],
            deadline,
        )

    def _linked(self, number: E164, campaign: str, deadline: Deadline) -> Standing:
        path = f"{told.path_of(campaign)}/numbers"
        return self._there(path, lambda body: told.link_from(body, number), NOTHING, deadline)

    def _unlink(self, number: E164, campaign: str, deadline: Deadline) -> None:
        self._delete(_link_path(number, campaign), deadline)

    def _there(self, path: str, parse: Callable[[Any], T], otherwise: T, deadline: Deadline) -> T:
        """Read one thing; gives `otherwise` where the carrier knows of none."""
        try:
            return self._ten_dlc("GET", path, parse, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return otherwise
            raise

    def _delete(self, path: str, deadline: Deadline) -> None:
        try:
            self._ten_dlc("DELETE", path, payloads.done_from, deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise

    def _list(
        self,
        path: str,
        filters: payloads.Params,
        parse: Callable[[Any], list[T]],
        deadline: Deadline,
    ) -> list[T]:
        """Read all pages; some parse fewer than there are, so their number says when to end."""
        found: list[T] = []
        page = 1
        while True:
            rows, is_last = self._ten_dlc(
                "GET",
                path,
                lambda body: (parse(body), payloads.is_last_page(body)),
                deadline,
                params=[*filters, *payloads.page_params(page)],
            )
            found += rows
            if is_last:
                return found
            page += 1

    def _ten_dlc(
        self, method: str, path: str, parse: Callable[[Any], T], deadline: Deadline, **body: Any
    ) -> T:
        return self.wire.call(
            method, f"10dlc/{path}", parse=parse, deadline=deadline, version="v3", **body
        )


def _refused(reference: str, problems: tuple[Problem, ...]) -> Standing:
    return Standing(stage=Stage.REJECTED, carrier_reference=reference, problems=problems)


def _link_path(number: E164, campaign: str) -> str:
    return f"{told.path_of(campaign)}/numbers/{payloads.written(number)}"

"""
Text messages at Telnyx: a messaging profile for each address, brands, campaigns and their numbers.

Facts: `telnyx-provisioning.openapi.yaml`; what is below `/10dlc` answers unwrapped and in
camelCase. How a campaign is made (`POST /10dlc/campaignBuilder`) stands in the carrier's reference
alone: its fields are those with which the description reads a campaign.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from lib.e164 import E164
from trunks.carriers.telnyx import messaging_payloads as payloads
from trunks.carriers.telnyx.wire import TelnyxWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, Standing
from trunks.messaging import BrandSpec, CampaignSpec
from trunks.roles import EnablesMessaging, RegistersCampaigns

T = TypeVar("T")
LARGEST_PAGE = 250


class TelnyxMessaging(TelnyxWire, EnablesMessaging, RegistersCampaigns):
    """The part of the adapter that is about text messages."""

    def route_messages(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Put the number into the profile of its address; empty text takes it out of any."""
        id_ = carrier_reference or self._id_of(number, deadline)
        kept = self._profiles(address, deadline) if address else []
        profile = kept[0] if kept else ""
        if address and not profile:
            profile = self._call(
                "POST",
                "messaging_profiles",
                json=payloads.profile_body(address),
                parse=lambda body: str(body["data"]["id"]),
                deadline=deadline,
            )
        self._call(
            "PATCH",
            f"phone_numbers/{id_}/messaging",
            json={"messaging_profile_id": profile},
            parse=lambda body: body["data"],
            deadline=deadline,
        )
        return IN_FORCE if address else NOTHING

    def messages_of(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Compare the number's profile with those of the address."""
        id_ = carrier_reference or self._id_of(number, deadline)
        there = self._call(
            "GET",
            f"phone_numbers/{id_}/messaging",
            parse=lambda body: str(body["data"]["messaging_profile_id"] or ""),
            deadline=deadline,
        )
        is_wanted = bool(there) and there in self._profiles(address, deadline)
        return IN_FORCE if is_wanted else NOTHING

    def _profiles(self, address: str, deadline: Deadline) -> list[str]:
        """Give those of an address: two numbers that had it at the same moment made one each."""
        name = payloads.profile_name(address)
        found = self._pages(
            "messaging_profiles",
            [("filter[name][eq]", name)],
            lambda row: (str(row["id"]), str(row["name"]), str(row.get("webhook_url") or "")),
            deadline,
        )
        return [id_ for id_, named, url in found if (named, url) == (name, address)]

    def register_brand(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Register a brand, or correct the one that was refused."""
        path = f"10dlc/brand/{carrier_reference}" if carrier_reference else "10dlc/brand"
        return self._call(
            "PUT" if carrier_reference else "POST",
            path,
            json=payloads.brand_body(brand),
            parse=payloads.brand_from,
            deadline=deadline,
        )

    def brand_standing(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read a brand; one without a reference is that of the same name and address for mail."""
        id_ = carrier_reference
        if not id_:
            id_ = self._record(
                "10dlc/brand",
                [("displayName", brand.name)],
                lambda row: str(row["brandId"]) if payloads.is_brand(row, brand) else "",
                deadline,
            )
        return self._one(f"10dlc/brand/{id_}", payloads.brand_from, deadline) if id_ else NOTHING

    def end_brand(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """Delete a brand, which must have no campaign any more."""
        self._delete(f"10dlc/brand/{carrier_reference}", deadline)

    def register_campaign(
        self,
        campaign: CampaignSpec,
        *,
        brand_reference: str,
        reference: str,
        carrier_reference: str,
        deadline: Deadline,
    ) -> Standing:
        """Register a campaign, or correct the one that was refused; our reference goes with it."""
        if carrier_reference:
            return self._call(
                "PUT",
                f"10dlc/campaign/{carrier_reference}",
                json=payloads.campaign_correction(campaign),
                parse=payloads.campaign_from,
                deadline=deadline,
            )
        return self._call(
            "POST",
            "10dlc/campaignBuilder",
            json=payloads.campaign_body(campaign, brand_reference, reference),
            parse=payloads.campaign_from,
            deadline=deadline,
        )

    def campaign_standing(
        self, *, brand_reference: str, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read a campaign; one without the carrier's reference is found by ours."""
        id_ = carrier_reference
        if not id_:
            id_ = self._record(
                "10dlc/campaign",
                [("brandId", brand_reference)],
                lambda row: str(row["campaignId"]) if row.get("referenceId") == reference else "",
                deadline,
            )
        path = f"10dlc/campaign/{id_}"
        return self._one(path, payloads.campaign_from, deadline) if id_ else NOTHING

    def end_campaign(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """End a campaign; its numbers leave it first."""
        self._delete(f"10dlc/campaign/{carrier_reference}", deadline)

    def join_campaign(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Assign the number, or move it from another campaign."""
        path = "10dlc/phone_number_campaigns"
        there = self._one(_of(number), lambda body: body, deadline, otherwise=None)
        return self._call(
            "POST" if there is None else "PUT",
            path if there is None else _of(number),
            json={"phoneNumber": number, "campaignId": campaign_reference},
            parse=lambda body: payloads.link_from(body, campaign_reference),
            deadline=deadline,
        )

    def campaign_of(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read to which campaign the number is assigned."""

        def parse(body: Any) -> Standing:
            return payloads.link_from(body, campaign_reference)

        there: Standing = self._one(_of(number), parse, deadline)
        return there

    def leave_campaign(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Take the assignment back."""
        self._delete(_of(number), deadline)

    def _one(self, path: str, parse: Any, deadline: Deadline, *, otherwise: Any = NOTHING) -> Any:
        """Read one thing; gives `otherwise` where the carrier knows of none."""
        try:
            return self._call("GET", path, parse=parse, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return otherwise
            raise

    def _record(
        self,
        path: str,
        filters: list[tuple[str, str]],
        read: Callable[[Mapping[str, Any]], str],
        deadline: Deadline,
    ) -> str:
        """Look through a list below `/10dlc`, which is paged in a manner of its own."""
        count = 0
        page = 1
        while True:
            params = [*filters, ("page", str(page)), ("recordsPerPage", str(LARGEST_PAGE))]
            rows, total = self._call(
                "GET",
                path,
                params=params,
                parse=lambda body: (
                    [read(row) for row in body["records"]],
                    int(body["totalRecords"]),
                ),
                deadline=deadline,
            )
            if found := next(filter(None, rows), ""):
                return found
            count += len(rows)
            if not rows or count >= total:
                return ""
            page += 1

    def _delete(self, path: str, deadline: Deadline) -> None:
        try:
            self._call("DELETE", path, parse=lambda body: body, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise


def _of(number: E164) -> str:
    return f"10dlc/phone_number_campaigns/{quote(number)}"

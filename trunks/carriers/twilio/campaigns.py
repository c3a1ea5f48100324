"""
Brands and campaigns at Twilio: profiles of Trust Hub, and a messaging service for each campaign.

Facts: `twilio_messaging_v1.json`, `twilio_trusthub_v1.json`. A brand is registered from two
profiles that Twilio reviews with papers and with a person who signs for the business. Somebody
makes them in its console; they are found by the brand's legal name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.twilio import campaign_payloads as payloads
from trunks.carriers.twilio.trust import PATIENCE, TwilioTrust
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.features import IN_FORCE, NOTHING, Standing
from trunks.messaging import BrandSpec, CampaignSpec
from trunks.roles import RegistersCampaigns

BRANDS = "/v1/a2p/BrandRegistrations"
SERVICES = "/v1/Services"


class TwilioCampaigns(TwilioTrust, RegistersCampaigns):
    """The part of the adapter that registers campaigns."""

    ends_brands: ClassVar[bool] = False

    def register_brand(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Register a brand from its profiles, or have the one that was refused judged again."""
        if carrier_reference:
            path, form = f"{BRANDS}/{carrier_reference}", None
        else:
            path = BRANDS
            form = payloads.brand_form(*self._profiles(brand, deadline), brand)
        return self.call(
            "POST", "messaging", path, form=form, parse=payloads.brand_from, deadline=deadline
        )

    def _profiles(self, brand: BrandSpec, deadline: Deadline) -> tuple[str, str]:
        name = payloads.profile_name(brand)
        profile = self.approved("CustomerProfiles", name, deadline)
        a2p_profile = self.approved("TrustProducts", name, deadline)
        if not (profile and a2p_profile):
            raise Unavailable(
                f"Trust Hub has no approved customer profile and A2P profile that are named "
                f"{name}. Make them in Twilio's console.",
                retry_after=PATIENCE,
            )
        return profile.sid, a2p_profile.sid

    def brand_standing(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read a brand; one without a reference is that of the brand's customer profile."""
        if carrier_reference:
            path = f"{BRANDS}/{carrier_reference}"
            return self._one(path, payloads.brand_from, deadline)
        name = payloads.profile_name(brand)
        profile = self.approved("CustomerProfiles", name, deadline)
        if profile is None:
            return NOTHING
        sid = profile.sid

        def read(row: Mapping[str, Any]) -> Standing | None:
            return payloads.brand_from(row) if row["customer_profile_bundle_sid"] == sid else None

        rows = self.pages("messaging", BRANDS, "data", read=read, deadline=deadline)
        return next(filter(None, rows), NOTHING)

    def end_brand(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """Say that a person does it."""
        raise Rejected(
            "Twilio's interface deletes no brands. Have it deleted by its support, or leave it.",
            reason=Reason.OTHER,
        )

    def register_campaign(
        self,
        campaign: CampaignSpec,
        *,
        brand_reference: str,
        reference: str,
        carrier_reference: str,
        deadline: Deadline,
    ) -> Standing:
        """Register a campaign on a messaging service of its own, or correct the refused one."""
        service = carrier_reference or self._service(reference, deadline)
        if not service:
            service = self.call(
                "POST",
                "messaging",
                SERVICES,
                form=payloads.service_form(reference),
                parse=lambda body: str(body["sid"]),
                deadline=deadline,
            )
        there = self._campaign(service, deadline) if carrier_reference else None
        path = f"{SERVICES}/{service}/Compliance/Usa2p"
        if there is None:
            form = payloads.campaign_form(campaign, brand_reference)
        else:
            path, form = f"{path}/{there[0]}", payloads.campaign_correction(campaign)
        return self.call(
            "POST",
            "messaging",
            path,
            form=form,
            parse=lambda body: payloads.campaign_from(body, service),
            deadline=deadline,
        )

    def campaign_standing(
        self, *, brand_reference: str, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read a campaign from its service, which our reference finds."""
        service = carrier_reference or self._service(reference, deadline)
        there = self._campaign(service, deadline) if service else None
        return there[1] if there is not None else NOTHING

    def end_campaign(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """Delete the service, and the campaign before it: a service alone leaves it billed."""
        there = self._campaign(carrier_reference, deadline)
        if there is not None:
            self._delete(f"{SERVICES}/{carrier_reference}/Compliance/Usa2p/{there[0]}", deadline)
        self._delete(f"{SERVICES}/{carrier_reference}", deadline)

    def join_campaign(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Put the number into the service of the campaign, and take it out of another one."""
        sid = carrier_reference or self._sid_of(number, deadline)
        if self._is_in(campaign_reference, sid, deadline):
            return IN_FORCE
        self._leave(sid, deadline)
        return self.call(
            "POST",
            "messaging",
            f"{SERVICES}/{campaign_reference}/PhoneNumbers",
            form=[("PhoneNumberSid", sid)],
            parse=lambda body: _linked(body, sid),
            deadline=deadline,
        )

    def campaign_of(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read whether the number is in the service of the campaign."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return IN_FORCE if self._is_in(campaign_reference, sid, deadline) else NOTHING

    def leave_campaign(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Take the number out of the service that has it."""
        self._leave(carrier_reference or self._sid_of(number, deadline), deadline)

    def _leave(self, sid: str, deadline: Deadline) -> None:
        # A number does not tell its service; each of ours is asked.
        for service, name in self._services(deadline):
            is_ours = name.startswith(payloads.service_name(""))
            if is_ours and self._is_in(service, sid, deadline):
                self._delete(f"{SERVICES}/{service}/PhoneNumbers/{sid}", deadline)

    def _services(self, deadline: Deadline) -> list[tuple[str, str]]:
        return self.pages(
            "messaging",
            SERVICES,
            "services",
            read=lambda row: (str(row["sid"]), str(row["friendly_name"] or "")),
            deadline=deadline,
        )

    def _service(self, reference: str, deadline: Deadline) -> str:
        name = payloads.service_name(reference)
        return next((sid for sid, named in self._services(deadline) if named == name), "")

    def _campaign(self, service: str, deadline: Deadline) -> tuple[str, Standing] | None:
        try:
            rows = self.pages(
                "messaging",
                f"{SERVICES}/{service}/Compliance/Usa2p",
                "compliance",
                read=lambda row: (str(row["sid"]), payloads.campaign_from(row, service)),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise
        return rows[0] if rows else None

    def _is_in(self, service: str, sid: str, deadline: Deadline) -> bool:
        path = f"{SERVICES}/{service}/PhoneNumbers/{sid}"
        return self._one(path, lambda body: _linked(body, sid), deadline) is IN_FORCE

    def _one(self, path: str, parse: Any, deadline: Deadline) -> Standing:
        try:
            found: Standing = self.call("GET", "messaging", path, parse=parse, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return NOTHING
            raise
        return found

    def _delete(self, path: str, deadline: Deadline) -> None:
        try:
            self.call("DELETE", "messaging", path, parse=lambda _body: None, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise


def _linked(body: Mapping[str, Any], sid: str) -> Standing:
    if body["sid"] != sid:
        raise ValueError("the answer is about another number")
    return IN_FORCE

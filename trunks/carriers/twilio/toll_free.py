"""
Verification of toll-free numbers at Twilio: one for each number, decided by somebody there.

Facts: `twilio_messaging_v1.json` (`Tollfree/Verifications`). What was refused is edited, where
Twilio allows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.e164 import E164
from trunks.carriers.twilio.payloads import Params
from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.roles import VerifiesTollFree
from trunks.toll_free import VerificationSpec

VERIFICATIONS = "/v1/Tollfree/Verifications"
_STAGES = {"TWILIO_APPROVED": Stage.ACTIVE, "TWILIO_REJECTED": Stage.REJECTED}
_USE_CASES = {
    "2FA": "TWO_FACTOR_AUTHENTICATION",
    "APPOINTMENTS": "CUSTOMER_CARE",
    "BILLING": "ACCOUNT_NOTIFICATIONS",
    "BOOKING_CONFIRMATIONS": "CUSTOMER_CARE",
    "BUSINESS_UPDATES": "ACCOUNT_NOTIFICATIONS",
    "DELIVERIES": "DELIVERY_NOTIFICATIONS",
    "FRAUD_ALERTS": "FRAUD_ALERT_MESSAGING",
    "HEALTHCARE_ALERTS": "CUSTOMER_CARE",
    "MARKETING": "MARKETING",
    "ORDER_NOTIFICATIONS": "DELIVERY_NOTIFICATIONS",
    "SURVEYS": "POLLING_AND_VOTING_NON_POLITICAL",
}
_MIXED = ("ACCOUNT_NOTIFICATIONS", "CUSTOMER_CARE", "MARKETING")
"""Twilio has no word for a mixture, and takes several words."""
_OPT_INS = {"TEXT": "VIA_TEXT", "QR_CODE": "MOBILE_QR_CODE"}
"""Where Twilio's word is another than ours."""


class TwilioTollFree(TwilioWire, VerifiesTollFree):
    """The part of the adapter that has toll-free numbers verified."""

    def verify_toll_free(
        self, number: E164, spec: VerificationSpec, *, deadline: Deadline
    ) -> Standing:
        """Make a verification, or edit the one that is there."""
        sid = self._sid_of(number, deadline)
        there = self._verification_of(sid, deadline).carrier_reference
        if there:
            path, form = f"{VERIFICATIONS}/{there}", form_of(spec)
        else:
            path, form = VERIFICATIONS, [*form_of(spec), ("TollfreePhoneNumberSid", sid)]
        return self.call(
            "POST", "messaging", path, form=form, parse=standing_from, deadline=deadline
        )

    def toll_free_standing(self, number: E164, *, deadline: Deadline) -> Standing:
        """Read the verification, which the number finds."""
        return self._verification_of(self._sid_of(number, deadline), deadline)

    def end_toll_free(self, number: E164, *, deadline: Deadline) -> None:
        """Delete the verification."""
        sid = self._sid_of(number, deadline)
        there = self._verification_of(sid, deadline).carrier_reference
        if not there:
            return
        try:
            self.call(
                "DELETE",
                "messaging",
                f"{VERIFICATIONS}/{there}",
                parse=lambda body: body,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise

    def _verification_of(self, sid: str, deadline: Deadline) -> Standing:
        """Read the latest verification of a number; the filter may let in others."""

        def read(row: Mapping[str, Any]) -> tuple[str, Standing] | None:
            is_ours = row["tollfree_phone_number_sid"] == sid
            return (str(row["date_created"]), standing_from(row)) if is_ours else None

        rows = self.pages(
            "messaging",
            VERIFICATIONS,
            "verifications",
            read=read,
            deadline=deadline,
            filters=[("TollfreePhoneNumberSid", sid)],
        )
        ours = filter(None, rows)
        return max(ours, key=lambda dated: dated[0], default=("", NOTHING))[1]


def form_of(spec: VerificationSpec) -> Params:
    """Write all that is said about a number."""
    uses = _MIXED if spec.use_case == "MIXED" else (_USE_CASES[spec.use_case],)
    return [
        ("BusinessName", spec.business),
        ("BusinessWebsite", spec.website),
        ("NotificationEmail", spec.email),
        *(("UseCaseCategories", use) for use in uses),
        ("UseCaseSummary", spec.summary),
        ("ProductionMessageSample", spec.sample),
        *(("OptInImageUrls", url) for url in spec.opt_in_urls),
        ("OptInType", _OPT_INS.get(spec.opt_in_by, spec.opt_in_by)),
        ("MessageVolume", f"{spec.volume:,}"),
        ("AdditionalInformation", spec.opt_in),
        ("BusinessStreetAddress", spec.street),
        ("BusinessCity", spec.city),
        ("BusinessStateProvinceRegion", spec.region),
        ("BusinessPostalCode", spec.postal_code),
        ("BusinessCountry", spec.country),
        ("BusinessContactFirstName", spec.first_name),
        ("BusinessContactLastName", spec.last_name),
        ("BusinessContactEmail", spec.email),
        ("BusinessContactPhone", spec.phone),
        ("BusinessType", spec.kind),
        *_registered(spec),
    ]


def _registered(spec: VerificationSpec) -> Params:
    if not spec.registered_as:
        return []
    return [
        ("BusinessRegistrationNumber", spec.registration),
        ("BusinessRegistrationAuthority", spec.registered_as),
        ("BusinessRegistrationCountry", spec.country),
    ]


def standing_from(body: Mapping[str, Any]) -> Standing:
    """Read how a verification stands."""
    stage = _STAGES.get(str(body["status"]), Stage.PENDING)
    words = str(body.get("rejection_reason") or "") if stage is Stage.REJECTED else ""
    return Standing(
        stage=stage,
        carrier_reference=str(body["sid"]),
        problems=(Problem(field="", words=words),) if words else (),
    )

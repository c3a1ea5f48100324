"""
Verification of toll-free numbers at Telnyx: a request for each number, decided by somebody there.

Facts: `telnyx-provisioning.openapi.yaml`, below `/messaging_tollfree`, which answers unwrapped and
in camelCase. A request that was refused, or about which it waits for the customer, is corrected;
only one that was refused can be deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.telnyx.wire import TelnyxWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.roles import VerifiesTollFree
from trunks.toll_free import VerificationSpec

REQUESTS = "messaging_tollfree/verification/requests"
LARGEST_PAGE = 100
REFUSED = "Rejected"
_STAGES = {
    "Verified": Stage.ACTIVE,
    REFUSED: Stage.REJECTED,
    "Waiting For Customer": Stage.REJECTED,
}


class TelnyxTollFree(TelnyxWire, VerifiesTollFree):
    """The part of the adapter that has toll-free numbers verified."""

    takes_back_verified: ClassVar[bool] = False

    def verify_toll_free(
        self, number: E164, spec: VerificationSpec, *, deadline: Deadline
    ) -> Standing:
        """Hand the request in, or the one that is there with what was corrected."""
        id_ = self._request_of(number, deadline)[0].carrier_reference
        return self._call(
            "PATCH" if id_ else "POST",
            f"{REQUESTS}/{id_}" if id_ else REQUESTS,
            json=request_body(number, spec),
            parse=standing_from,
            deadline=deadline,
        )

    def toll_free_standing(self, number: E164, *, deadline: Deadline) -> Standing:
        """Read the request, which the number finds."""
        return self._request_of(number, deadline)[0]

    def end_toll_free(self, number: E164, *, deadline: Deadline) -> None:
        """Delete a refused request; any other stays with the number, and is corrected later."""
        there, word = self._request_of(number, deadline)
        if word != REFUSED:
            return
        path = f"{REQUESTS}/{there.carrier_reference}"
        try:
            self._call("DELETE", path, parse=lambda body: body, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise

    def _request_of(self, number: E164, deadline: Deadline) -> tuple[Standing, str]:
        """Read the request about a number, and its status; the filter may let in others."""

        def read(row: Mapping[str, Any]) -> tuple[Standing, str] | None:
            is_ours = number in _numbers(row)
            word = str(row.get("verificationStatus") or "")
            return (standing_from(row), word) if is_ours else None

        params = [("page", "1"), ("page_size", str(LARGEST_PAGE)), ("phone_number", str(number))]
        rows, total = self._call(
            "GET",
            REQUESTS,
            params=params,
            parse=lambda body: (
                [read(row) for row in body["records"]],
                int(body["total_records"]),
            ),
            deadline=deadline,
        )
        if total > len(rows):
            raise Unavailable("The carrier lists more requests about a number than it shows.")
        return next(filter(None, rows), (NOTHING, ""))


def _numbers(row: Mapping[str, Any]) -> set[str]:
    return {one["phoneNumber"] for one in row["phoneNumbers"]}


def request_body(number: E164, spec: VerificationSpec) -> dict[str, Any]:
    """Write a request."""
    registered = {
        "businessRegistrationNumber": spec.registration,
        "businessRegistrationType": spec.registered_as,
        "businessRegistrationCountry": spec.country,
    }
    return {
        "phoneNumbers": [{"phoneNumber": number}],
        "entityType": spec.kind,
        "businessName": spec.business,
        "corporateWebsite": spec.website,
        "businessAddr1": spec.street,
        "businessCity": spec.city,
        "businessState": spec.region,
        "businessZip": spec.postal_code,
        "businessContactFirstName": spec.first_name,
        "businessContactLastName": spec.last_name,
        "businessContactEmail": spec.email,
        "businessContactPhone": spec.phone,
        "useCase": spec.purpose,
        "useCaseSummary": spec.summary,
        "productionMessageContent": spec.sample,
        "messageVolume": volume_word(spec.volume),
        "optInWorkflow": spec.opt_in,
        "optInWorkflowImageURLs": [{"url": url} for url in spec.opt_in_urls],
        # It is required, and may be empty.
        "additionalInformation": "",
        **(registered if spec.registered_as else {}),
    }


def volume_word(volume: int) -> str:
    """Write how many messages are sent, in the carrier's words."""
    return f"{volume:,}+" if volume >= 10_000_000 else f"{volume:,}"


def standing_from(body: Mapping[str, Any]) -> Standing:
    """Read how a request stands; what was just handed in may not say."""
    stage = _STAGES.get(str(body.get("verificationStatus") or ""), Stage.PENDING)
    words = str(body.get("reason") or "") if stage is Stage.REJECTED else ""
    return Standing(
        stage=stage,
        carrier_reference=str(body["id"]),
        problems=(Problem(field="", words=words),) if words else (),
    )

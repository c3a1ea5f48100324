"""
Verification of toll-free numbers at Bandwidth: a submission for each number, decided later.

Facts: `messaging_tfv_lookup.openapi.yaml` (`tollFreeVerification`), which has another host than
numbers have, and speaks JSON. A number that nobody submitted is unverified, as is one that was
refused. A refused one is submitted again for a week, where Bandwidth allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.bandwidth.payloads import COUNTRIES, number_out
from trunks.carriers.bandwidth.wire import BandwidthWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.http import Call
from trunks.roles import VerifiesTollFree
from trunks.toll_free import VerificationSpec

T = TypeVar("T")
HOST = "https://api.bandwidth.com"
SUBMISSIONS = "tollFreeVerification"
REFUSED = "UNVERIFIED"
_STAGES = {"VERIFIED": Stage.ACTIVE, REFUSED: Stage.REJECTED}
_REASONS = {404: Reason.NOT_FOUND, 400: Reason.INVALID, 403: Reason.NOT_ALLOWED}


class BandwidthTollFree(BandwidthWire, VerifiesTollFree):
    """The part of the adapter that has toll-free numbers verified."""

    def verify_toll_free(
        self, number: E164, spec: VerificationSpec, *, deadline: Deadline
    ) -> Standing:
        """Submit the number, or once more where that is what its refusal allows."""
        there = self._verification_of(number, deadline)
        told = submission_of(spec)
        if there.get("submission") and there.get("resubmitAllowed"):
            self._ask("PUT", _path(number), _nothing, deadline, {"submission": told})
        else:
            told = {**told, "phoneNumbers": [number_out(number)]}
            self._ask("POST", SUBMISSIONS, _nothing, deadline, told)
        return Standing(stage=Stage.PENDING)

    def toll_free_standing(self, number: E164, *, deadline: Deadline) -> Standing:
        """Read how the number stands."""
        return standing_from(self._verification_of(number, deadline))

    def end_toll_free(self, number: E164, *, deadline: Deadline) -> None:
        """Delete the submission."""
        try:
            self._ask("DELETE", _path(number), _nothing, deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise

    def _verification_of(self, number: E164, deadline: Deadline) -> Mapping[str, Any]:
        try:
            return self._ask("GET", _path(number), _told, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return {}
            raise

    def _ask(
        self,
        method: str,
        path: str,
        parse: Callable[[Any], T],
        deadline: Deadline,
        body: Mapping[str, Any] | None = None,
    ) -> T:
        account = self.credentials["account_id"]
        call = Call(
            method=method,
            url=f"{self.base_url or HOST}/api/v2/accounts/{account}/{path}",
            json=body,
            headers=self._headers("application/json"),
        )
        return self.caller.call(call, parse=parse, explain=refusal_from, deadline=deadline)


def _path(number: E164) -> str:
    return f"phoneNumbers/{number_out(number)}/{SUBMISSIONS}"


def _nothing(_body: Any) -> None:
    """Read what is promised first: the status alone tells."""


def _told(body: Any) -> Mapping[str, Any]:
    return {**body, "status": str(body["status"])}


def submission_of(spec: VerificationSpec) -> dict[str, Any]:
    """Write all that is said about a number."""
    registered = {
        "businessRegistrationNumber": spec.registration,
        "businessRegistrationType": spec.registered_as,
        "businessRegistrationIssuingCountry": COUNTRIES.get(spec.country, spec.country),
    }
    return {
        "businessAddress": {
            "name": spec.business,
            "addr1": spec.street,
            "city": spec.city,
            "state": spec.region,
            "zip": spec.postal_code,
            "url": spec.website,
        },
        "businessContact": {
            "firstName": spec.first_name,
            "lastName": spec.last_name,
            "email": spec.email,
            "phoneNumber": spec.phone,
        },
        "businessEntityType": spec.kind,
        "messageVolume": spec.volume,
        "useCase": spec.purpose,
        "useCaseSummary": spec.summary,
        "productionMessageContent": spec.sample,
        "optInWorkflow": {"description": spec.opt_in, "imageUrls": list(spec.opt_in_urls)},
        # Of a sole proprietor it must be left out.
        **(registered if spec.registered_as else {}),
    }


def standing_from(body: Mapping[str, Any]) -> Standing:
    """Read how a number stands; without a submission it only lacks one."""
    if not body or (body["status"] == REFUSED and not body.get("submission")):
        return NOTHING
    stage = _STAGES.get(body["status"], Stage.PENDING)
    if body.get("blocked"):
        stage = Stage.REJECTED
    words = _minded(body) if stage is Stage.REJECTED else []
    return Standing(
        stage=stage,
        carrier_reference=str(body.get("internalTicketNumber") or ""),
        problems=tuple(Problem(field="", words=each) for each in words),
    )


def _minded(body: Mapping[str, Any]) -> list[str]:
    more = [each.get("reason") for each in body.get("additionalDenialReasons") or ()]
    told = (body.get("blockedReason"), body.get("declineReasonDescription"), *more)
    return [str(words) for words in told if words]


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read why the carrier said no; it names the fields that it minds."""
    words = str(body.get("description") or body.get("type") or "")
    fields = [f"{name}: {minded}" for name, minded in (body.get("errors") or {}).items()]
    if not words and not fields:
        raise ValueError("a refusal without words")
    return _REASONS.get(status, Reason.OTHER), " ".join([words, *fields]).strip()

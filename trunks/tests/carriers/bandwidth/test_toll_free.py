"""What the conformance suite does not say about toll-free verification at Bandwidth."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.bandwidth.adapter import Bandwidth
from trunks.carriers.bandwidth.toll_free import refusal_from, standing_from, submission_of
from trunks.errors import Reason, Rejected
from trunks.features import Stage
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.bandwidth.test_caller_names import CREDENTIALS
from trunks.tests.carriers.conformance import SHOP, soon

FREE = E164("+18005550100")
MINDED = {
    "status": "UNVERIFIED",
    "submission": {"useCase": "2FA"},
    "declineReasonDescription": "The website is down.",
    "additionalDenialReasons": [{"statusCode": 512, "reason": "No consent."}],
}


def answering(*answers: httpx2.Response) -> tuple[Bandwidth, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Bandwidth, CREDENTIALS, answers)


def ok(body: Any, status: int = 200) -> httpx2.Response:
    """Write an answer."""
    return httpx2.Response(status, json=body)


class TestVerify:
    @pytest.mark.parametrize(("allowed", "method"), [(True, "PUT"), (False, "POST")])
    def test_submits_once_more_as_the_refusal_allows(self, allowed: bool, method: str) -> None:
        there = ok({**MINDED, "resubmitAllowed": allowed})
        carrier, seen = answering(there, httpx2.Response(202))
        told = carrier.verify_toll_free(FREE, SHOP, deadline=soon())
        assert told.stage is Stage.PENDING
        assert [request.method for request in seen] == ["GET", method]
        assert {request.url.host for request in seen} == {"api.bandwidth.com"}
        body = json.loads(seen[1].content)
        assert ("submission" in body) == allowed
        assert body.get("phoneNumbers") == (None if allowed else [FREE])

    def test_says_which_field_is_minded(self) -> None:
        minded = {"description": "No.", "errors": {"businessAddress.url": "It is not valid."}}
        carrier, _ = answering(ok({"status": "UNVERIFIED"}), ok(minded, 400))
        with pytest.raises(Rejected, match="url: It is not valid"):
            carrier.verify_toll_free(FREE, SHOP, deadline=soon())


class TestSubmissionOf:
    def test_leaves_out_the_registration_of_whoever_has_none(self) -> None:
        assert submission_of(SHOP)["businessRegistrationIssuingCountry"] == "USA"
        sole = submission_of(replace(SHOP, kind="SOLE_PROPRIETOR"))
        assert not [name for name in sole if name.startswith("businessRegistration")]


class TestStanding:
    def test_of_a_number_that_nobody_submitted_is_none(self) -> None:
        assert standing_from({"status": "UNVERIFIED"}).stage is Stage.ABSENT
        assert standing_from({}).stage is Stage.ABSENT

    def test_says_all_that_is_minded(self) -> None:
        there = standing_from(MINDED)
        assert there.stage is Stage.REJECTED
        assert [one.words for one in there.problems] == ["The website is down.", "No consent."]

    def test_of_a_blocked_number_is_refused(self) -> None:
        body = {"status": "VERIFIED", "blocked": True, "blockedReason": "It sent spam."}
        there = standing_from(body)
        assert there.stage is Stage.REJECTED
        assert [one.words for one in there.problems] == ["It sent spam."]

    def test_is_none_where_the_number_is_not_known(self) -> None:
        missing = {"type": "Not Found", "description": "Cannot find the requested resource."}
        carrier, _ = answering(ok(missing, 404))
        assert carrier.toll_free_standing(FREE, deadline=soon()).stage is Stage.ABSENT


class TestRefusal:
    def test_without_words_is_none(self) -> None:
        with pytest.raises(ValueError, match="without words"):
            refusal_from(400, {})

    def test_is_told_by_its_status(self) -> None:
        reason, _ = refusal_from(403, {"type": "forbidden", "description": "Not authorized."})
        assert reason is Reason.NOT_ALLOWED

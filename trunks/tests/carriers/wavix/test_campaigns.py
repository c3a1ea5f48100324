"""What is particular to brands and campaigns at Wavix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.wavix import campaign_payloads as payloads
from trunks.carriers.wavix.adapter import Wavix
from trunks.deadlines import Deadline
from trunks.errors import Unavailable
from trunks.features import Stage
from trunks.http import READ_ATTEMPTS
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.conformance import BRAND, CAMPAIGN

NUMBER = E164("+14165550400")


def answering(*bodies: Any) -> tuple[Wavix, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    answers = tuple(httpx2.Response(200, json=body) for body in bodies)
    return carriers.answering(Wavix, {"api_key": "k"}, answers)


def brand(status: str, feedback: str | None = None) -> dict[str, Any]:
    """Write a brand."""
    return {"brand_id": "B1", "status": status, "feedback": feedback}


def campaign(id_: str, *numbers: str, status: str = "APPROVED") -> dict[str, Any]:
    """Write a campaign."""
    told = {"brand_id": "B1", "campaign_id": id_, "status": status, "feedback": None}
    return {**told, "name": id_, "phone_numbers": list(numbers)}


def listed(*items: dict[str, Any]) -> dict[str, Any]:
    """Write a page."""
    return {"items": list(items), "pagination": {"current_page": 1, "total_pages": 1}}


def numbers(status: str = "") -> dict[str, Any]:
    """Write the numbers of a campaign."""
    return {"numbers": [{"number": NUMBER[1:], "status": status}] if status else []}


class TestBrand:
    # A correction resets a brand to what a failed one is called, too.
    @pytest.mark.parametrize(
        ("there", "stage"),
        [
            (brand("REVIEW"), Stage.PENDING),
            (brand("VERIFIED"), Stage.ACTIVE),
            (brand("VETTED_VERIFIED"), Stage.ACTIVE),
            (brand("UNVERIFIED"), Stage.PENDING),
            (brand("UNVERIFIED", "No such EIN."), Stage.REJECTED),
            (brand("SUSPENDED"), Stage.REJECTED),
            (brand("PONDERED"), Stage.PENDING),
        ],
    )
    def test_stands_as_the_registry_says(self, there: dict[str, Any], stage: Stage) -> None:
        assert payloads.brand_from(there).stage is stage

    def test_without_the_name_of_a_person_is_not_sent(self) -> None:
        carrier, seen = answering()
        told = carrier.register_brand(
            replace(BRAND, first_name="", last_name=""),
            reference="r",
            carrier_reference="",
            deadline=Deadline(5),
        )

        assert told.stage is Stage.REJECTED
        assert [problem.field for problem in told.problems] == ["first_name", "last_name"]
        assert seen == []

    def test_of_another_sector_is_other(self) -> None:
        assert payloads.brand_body(replace(BRAND, sector="ENERGY"))["vertical"] == "OTHER"
        assert payloads.brand_body(replace(BRAND, sector="NGO"))["vertical"] == "NON_PROFIT"


class TestCampaign:
    @pytest.mark.parametrize(
        ("sample", "link", "has_number"),
        [
            ("Your appointment is tomorrow at 9, see you.", None, False),
            ("Change it at https://oak.example/a?b=c today.", "https://oak.example/a?b=c", False),
            ("Change it at oakdental.com if you like.", "oakdental.com", False),
            ("Call (312) 555-0199 to change it.", None, True),
        ],
    )
    def test_says_whether_links_and_telephone_numbers_stand_in_it(
        self, sample: str, link: str | None, has_number: bool
    ) -> None:
        body = payloads.campaign_body(replace(CAMPAIGN, samples=(sample,)), "r")

        told = (body["embedded_links"], body["embedded_link_sample"], body["embedded_phones"])
        assert told == (link is not None, link, has_number)
        assert (body["sample1"], body["sample2"], body["sample5"]) == (sample, None, None)

    def test_without_terms_is_not_sent(self) -> None:
        carrier, seen = answering()
        told = carrier.register_campaign(
            replace(CAMPAIGN, terms=""),
            brand_reference="B1",
            reference="r",
            carrier_reference="",
            deadline=Deadline(5),
        )

        assert [problem.field for problem in told.problems] == ["terms"]
        assert seen == []


def ways() -> dict[str, Any]:
    """Give what every operation on a number takes."""
    return {"carrier_reference": "", "deadline": Deadline(5)}


class TestNumber:
    @pytest.mark.parametrize(
        ("word", "stage"),
        [("APPROVED", Stage.ACTIVE), ("REJECTED", Stage.REJECTED), ("ODD", Stage.PENDING)],
    )
    def test_stands_as_the_campaign_lists_it(self, word: str, stage: Stage) -> None:
        carrier, seen = answering(numbers(word))

        there = carrier.campaign_of(NUMBER, campaign_reference="B1/C1", **ways())
        assert there.stage is stage
        assert seen[0].url.path == "/v3/10dlc/brands/B1/campaigns/C1/numbers"

    def test_that_waits_leaves_although_its_campaign_does_not_name_it(self) -> None:
        every = listed(campaign("C1"), campaign("C2"), campaign("C3", NUMBER[1:]))
        carrier, seen = answering(
            every, numbers(), numbers("PENDING"), {"success": True}, {"success": True}
        )
        carrier.leave_campaign(NUMBER, **ways())

        gone = [request.url.path for request in seen if request.method == "DELETE"]
        assert [path.split("/")[6] for path in gone] == ["C2", "C3"]

    def test_that_is_there_already_is_not_linked_again(self) -> None:
        carrier, seen = answering(numbers("PENDING"))
        carrier.join_campaign(NUMBER, campaign_reference="B1/C1", **ways())

        assert [request.method for request in seen] == ["GET"]


@pytest.mark.parametrize("row", ["C1", {"campaign_id": "C1"}])
class TestRowsThatCannotBeRead:
    """They are an error of the carrier's, whatever was looked for among them."""

    def test_when_a_campaign_is_looked_for(self, row: Any) -> None:
        carrier, _ = answering(*[listed(row)] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.campaign_standing(
                brand_reference="B1",
                reference="r",
                carrier_reference="",
                deadline=Deadline(5),
            )

    def test_when_a_number_leaves(self, row: Any) -> None:
        carrier, _ = answering(*[listed(row)] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.leave_campaign(NUMBER, carrier_reference="", deadline=Deadline(5))

"""What the conformance suite does not say about toll-free verification at Twilio."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trunks.carriers.twilio.toll_free import form_of, standing_from
from trunks.features import Stage
from trunks.tests.carriers.conformance import SHOP, soon
from trunks.tests.carriers.twilio.test_texts import page
from trunks.tests.carriers.twilio.test_twilio import NUMBER, answering, ok, owned
from trunks.toll_free import KINDS, OPT_INS, USE_CASES


def told(sid: str, **more: Any) -> dict[str, Any]:
    """Write a verification."""
    number = {"tollfree_phone_number_sid": "PN1", "date_created": "2026-01-01T00:00:00Z"}
    return {"sid": sid, "status": "TWILIO_APPROVED", **number, **more}


class TestFormOf:
    def test_has_a_word_for_whatever_may_be_asked_for(self) -> None:
        for use_case in USE_CASES:
            uses = [
                value for name, value in form_of(replace(SHOP, use_case=use_case)) if "Cat" in name
            ]
            assert len(uses) == (3 if use_case == "MIXED" else 1)

    def test_writes_ways_of_agreeing_in_its_own_words(self) -> None:
        ways = {dict(form_of(replace(SHOP, opt_in_by=way)))["OptInType"] for way in OPT_INS}
        assert ways == {"WEB_FORM", "PAPER_FORM", "VERBAL", "VIA_TEXT", "MOBILE_QR_CODE"}

    def test_tells_no_registration_of_whoever_has_none(self) -> None:
        for kind in KINDS:
            form = dict(form_of(replace(SHOP, kind=kind)))
            assert ("BusinessRegistrationNumber" in form) == (kind != "SOLE_PROPRIETOR")

    def test_names_who_registered_a_business(self) -> None:
        told = {
            country: dict(form_of(replace(SHOP, country=country)))["BusinessRegistrationAuthority"]
            for country in ("US", "CA", "GB")
        }
        assert told == {"US": "EIN", "CA": "CBN", "GB": "OTHER"}


class TestStanding:
    def test_of_a_number_is_that_of_its_latest_verification(self) -> None:
        rows = [
            told("HH1"),
            told("HH2", status="TWILIO_REJECTED", date_created="2026-02-01T00:00:00Z"),
            told("HH3", tollfree_phone_number_sid="PN2", date_created="2026-03-01T00:00:00Z"),
        ]
        mine = ok({"incoming_phone_numbers": [owned()], "next_page_uri": None})
        carrier, _ = answering(mine, page("verifications", *rows))
        there = carrier.toll_free_standing(NUMBER, deadline=soon())
        assert (there.stage, there.carrier_reference) == (Stage.REJECTED, "HH2")

    def test_says_what_is_minded_of_a_refused_one_alone(self) -> None:
        minded = told("HH1", status="TWILIO_REJECTED", rejection_reason="No consent.")
        assert [one.words for one in standing_from(minded).problems] == ["No consent."]
        assert not standing_from({**minded, "status": "IN_REVIEW"}).problems

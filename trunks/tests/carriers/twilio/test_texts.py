"""What the conformance suite does not say about Twilio's text messages and names of callers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from trunks.carriers.twilio import campaign_payloads as payloads
from trunks.errors import OutcomeUnknown, Unavailable
from trunks.features import CallerNames, Stage
from trunks.http import READ_ATTEMPTS
from trunks.numbering import NumberType
from trunks.tests.carriers.conformance import BRAND, CAMPAIGN, HERE, soon
from trunks.tests.carriers.twilio.test_twilio import NUMBER, answering, ok, owned


class TestRouteMessages:
    def test_says_that_an_application_takes_them(self) -> None:
        carrier, _ = answering(ok({"sms_url": HERE, "sms_application_sid": "AP1"}))
        told = carrier.route_messages(NUMBER, HERE, carrier_reference="PN1", deadline=soon())
        assert told.stage is Stage.REJECTED
        assert "application" in told.problems[0].words

    def test_an_address_beside_an_application_is_not_in_force(self) -> None:
        carrier, _ = answering(ok({"sms_url": HERE, "sms_application_sid": "AP1"}))
        told = carrier.messages_of(NUMBER, HERE, carrier_reference="PN1", deadline=soon())
        assert told.stage is Stage.ABSENT


class TestSetCallerNames:
    def test_an_answer_without_the_setting_is_not_believed(self) -> None:
        carrier, _ = answering(ok({"voice_caller_id_lookup": None}))
        wanted = CallerNames(shows_callers=True)
        with pytest.raises(OutcomeUnknown):
            carrier.set_caller_names(NUMBER, wanted, carrier_reference="PN1", deadline=soon())


def page(key: str, *rows: Any) -> Any:
    """Write the only page of a list."""
    return ok({key: list(rows), "meta": {"key": key, "next_page_url": None}})


class TestRegisterBrand:
    def test_waits_for_the_profiles_that_a_person_makes(self) -> None:
        almost = {"friendly_name": "Oak", "status": "twilio-approved", "sid": "BU1"}
        carrier, seen = answering(page("results", almost), page("results"))
        with pytest.raises(Unavailable, match="Oak Street Dental LLC") as caught:
            carrier.register_brand(BRAND, reference="r", carrier_reference="", deadline=soon())
        assert caught.value.retry_after
        assert [request.method for request in seen] == ["GET", "GET"]


class TestCampaignPayloads:
    def test_says_whether_messages_have_links_or_phone_numbers(self) -> None:
        def told(*samples: str) -> tuple[str, str]:
            form = dict(payloads.campaign_form(replace(CAMPAIGN, samples=samples), "BN1"))
            return form["HasEmbeddedLinks"], form["HasEmbeddedPhone"]

        assert told("Come by tomorrow at 9.", "We are closed.") == ("false", "false")
        assert told("See https://oak.example.", "We are closed.") == ("true", "false")
        assert told("Call +1 312 555 0199.", "We are closed.") == ("false", "true")

    @pytest.mark.parametrize(
        ("fields", "words", "field"),
        [
            (["ein"], "It does not match.", "tax_id"),
            (["MESSAGE_FLOW"], "Consent is unclear.", "opt_in"),
            ([], "The website is down.", "website"),
            ([], "Try again.", ""),
        ],
    )
    def test_reads_which_field_is_minded(self, fields: list[str], words: str, field: str) -> None:
        body = {"sid": "BN1", "status": "FAILED", "errors": [{"fields": fields}]}
        body["errors"][0]["description"] = words  # type: ignore[index]
        (problem,) = payloads.brand_from(body).problems
        assert (problem.field, problem.words) == (field, words)

    def test_an_approved_brand_that_nobody_could_prove_is_refused(self) -> None:
        body = {"sid": "BN1", "status": "APPROVED", "identity_status": "UNVERIFIED"}
        assert payloads.brand_from(body).stage is Stage.REJECTED


@pytest.mark.parametrize("row", ["RN1", {"sid": "RN1"}])
class TestRowsThatCannotBeRead:
    """They are an error of the carrier's, whatever was looked for among them."""

    def test_among_brands_and_profiles(self, row: Any) -> None:
        carrier, _ = answering(*[page("results", row)] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.brand_standing(BRAND, reference="r", carrier_reference="", deadline=soon())

    def test_among_campaigns(self, row: Any) -> None:
        carrier, _ = answering(*[page("compliance", row)] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.campaign_standing(
                brand_reference="BN1", reference="r", carrier_reference="MG1", deadline=soon()
            )

    def test_among_verifications(self, row: Any) -> None:
        mine = ok({"incoming_phone_numbers": [owned()], "next_page_uri": None})
        carrier, _ = answering(mine, *[page("verifications", row)] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.toll_free_standing(NUMBER, deadline=soon())

    def test_among_names_of_callers(self, row: Any) -> None:
        setting = ok({"voice_caller_id_lookup": True})
        carrier, _ = answering(setting, *[page("results", row)] * READ_ATTEMPTS)
        wanted = CallerNames(text="Oak", shows_callers=True, business="Oak LLC")
        with pytest.raises(Unavailable):
            carrier.caller_names_of(NUMBER, wanted, carrier_reference="PN1", deadline=soon())

    def test_among_regulations(self, row: Any) -> None:
        carrier, _ = answering(*[page("results", row)] * READ_ATTEMPTS)
        with pytest.raises(Unavailable):
            carrier.requirements("DE", NumberType.LOCAL, deadline=soon())

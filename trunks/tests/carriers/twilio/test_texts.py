"""What the conformance suite does not say about Twilio's text messages and names of callers."""

from __future__ import annotations

import pytest

from trunks.errors import OutcomeUnknown
from trunks.features import CallerNames, Stage
from trunks.tests.carriers.conformance import HERE, soon
from trunks.tests.carriers.twilio.test_twilio import NUMBER, answering, ok


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

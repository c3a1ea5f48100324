"""What the conformance suite does not say about Twilio's emergency addresses."""

from __future__ import annotations

import httpx2
import pytest

from lib.e164 import E164
from trunks.addresses import EmergencyState
from trunks.errors import Unavailable
from trunks.tests.carriers.conformance import soon
from trunks.tests.carriers.twilio.test_twilio import answering, ok

NUMBER = {"emergency_address_status": "registered", "emergency_address_sid": "AD1"}


def test_an_address_that_is_not_shown_says_nothing_about_the_number() -> None:
    gone = httpx2.Response(404, json={"code": 20404, "message": "not found", "status": 404})
    carrier, _ = answering(ok(NUMBER), gone)
    with pytest.raises(Unavailable, match="names"):
        carrier.registered(E164("+12015550100"), carrier_reference="PN1", deadline=soon())


@pytest.mark.parametrize("status", [{}, {"emergency_address_status": None}])
def test_a_status_that_is_not_told_decides_nothing(status: dict[str, None]) -> None:
    named = ok({"emergency_address_sid": "AD1", **status})
    carrier, _ = answering(named, ok({"friendly_name": "x"}), ok({"emergency_address_sid": None}))
    found = carrier.registered(E164("+12015550100"), carrier_reference="PN1", deadline=soon())

    assert found is not None
    assert found.state is EmergencyState.PENDING
    assert not carrier.registered(E164("+12015550100"), carrier_reference="PN1", deadline=soon())

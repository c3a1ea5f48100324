"""What the conformance suite does not say about Telnyx's emergency addresses."""

from __future__ import annotations

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.errors import Unavailable
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.conformance import soon

NUMBER = {"data": {"emergency_status": "active", "emergency_address_id": "7"}}


def test_an_address_that_is_not_shown_says_nothing_about_the_number() -> None:
    gone = {"errors": [{"code": "10005", "title": "Not found", "detail": "No such address."}]}
    answers = (httpx2.Response(200, json=NUMBER), httpx2.Response(404, json=gone))
    carrier, _ = carriers.answering(Telnyx, {"api_key": "KEY", "public_key": "unused"}, answers)
    with pytest.raises(Unavailable, match="names"):
        carrier.registered(E164("+12015550100"), carrier_reference="id", deadline=soon())

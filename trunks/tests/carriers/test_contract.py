"""
The conformance suite once more, with every request and every answer checked.

Both directions are held against the carriers' official descriptions, read from the folder that
CARRIER_SPECS names. Twilio's prices (`/v1/PhoneNumbers/Countries/{CC}`) are in none of the given
files; they alone pass unchecked, and a test says so.
"""

from __future__ import annotations

import httpx2

from trunks.tests.carriers.bandwidth import test_conformance as bandwidth
from trunks.tests.carriers.contract import (
    UNDESCRIBED,
    UNDESCRIBED_TOO,
    Checked,
    needs_specs,
    official,
)
from trunks.tests.carriers.didww import test_conformance as didww
from trunks.tests.carriers.flowroute import test_conformance as flowroute
from trunks.tests.carriers.questblue import test_conformance as questblue
from trunks.tests.carriers.telnyx import test_conformance as telnyx
from trunks.tests.carriers.twilio import test_conformance as twilio
from trunks.tests.carriers.voip_innovations import test_conformance as voip_innovations
from trunks.tests.carriers.voipms import test_conformance as voipms
from trunks.tests.carriers.vonage import test_conformance as vonage
from trunks.tests.carriers.wavix import test_conformance as wavix


@needs_specs
class TestBandwidthContract(bandwidth.TestBandwidth):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestDidwwContract(didww.TestDidww):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestFlowrouteContract(flowroute.TestFlowroute):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestQuestBlueContract(questblue.TestQuestBlue):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestTelnyxContract(telnyx.TestTelnyx):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestTwilioContract(twilio.TestTwilio):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestVoipInnovationsContract(voip_innovations.TestVoipInnovations):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestVoipMsContract(voipms.TestVoipMs):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestVonageContract(vonage.TestVonage):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestWavixContract(wavix.TestWavix):
    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        return Checked(transport)


@needs_specs
class TestWhatIsNotDescribed:
    def test_no_given_description_has_the_prices_of_twilio_numbers(self) -> None:
        path = UNDESCRIBED.removeprefix("/twilio/pricing")
        known = [known for description in official() for known in description.document["paths"]]

        assert known
        assert not [other for other in known if other.startswith(path)]

    def test_twilio_lets_no_emergency_address_be_cleared(self) -> None:
        schemas = [
            document["paths"][path]["post"]["requestBody"]["content"]
            for document in (description.document for description in official())
            for path in document["paths"]
            if path.endswith("/IncomingPhoneNumbers/{Sid}.json")
        ]

        assert [
            media["schema"]["properties"]["EmergencyAddressSid"]["minLength"]
            for schema in schemas
            for media in schema.values()
        ] == [34]

    def test_no_given_description_has_the_making_of_campaigns_at_telnyx(self) -> None:
        known = [known for description in official() for known in description.document["paths"]]

        assert "/10dlc/campaign/{campaignId}" in known
        assert not {path.removeprefix("/telnyx/v2") for path in UNDESCRIBED_TOO} & set(known)

    def test_the_given_description_has_twilios_documents_without_their_files(self) -> None:
        (found,) = (one for one in official() if one.prefix == "/twilio/numbers")
        (path,) = (path for path in UNDESCRIBED_TOO if path.startswith("/twilio/"))
        known = found.document["paths"][path.removeprefix("/twilio/numbers-upload")]["post"]

        (form,) = known["requestBody"]["content"].values()
        assert "File" not in form["schema"]["properties"]

    def test_flowroute_lists_its_numbers_in_another_shape_than_described(self) -> None:
        schemas = [
            description.document["components"]["schemas"]
            for description in official()
            if "/v2/numbers" in description.document["paths"]
        ]

        assert [list(schema["Number"]["properties"]) for schema in schemas] == [
            ["data", "included"]
        ]

    def test_flowroute_does_not_say_how_a_number_loses_its_name(self) -> None:
        described = [
            path
            for description in official()
            for path, methods in description.document["paths"].items()
            if "/relationships/cnam" in path and "delete" in methods
        ]

        assert described == []

    def test_flowroute_does_not_say_how_emergency_addresses_are_read(self) -> None:
        paths = [
            description.document["paths"]
            for description in official()
            if "/v2/e911s" in description.document["paths"]
        ]

        for path in ("/v2/e911s", "/v2/e911s/{e911_id}"):
            (answer,) = [known[path]["get"]["responses"]["200"] for known in paths]
            assert "content" not in answer

    def test_questblue_names_no_setting_of_a_number_or_a_trunk(self) -> None:
        paths = [
            description.document["paths"]
            for description in official()
            if "/did/available" in description.document["paths"]
        ]

        for path in ("/did", "/siptrunk"):
            (answer,) = [known[path]["get"]["responses"]["200"] for known in paths]
            schema = answer["content"]["application/json"]["schema"]
            assert schema["properties"]["data"]["additionalProperties"]["type"] == "array"

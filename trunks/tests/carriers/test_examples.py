"""The carriers' own examples, as their descriptions print them, are read without an error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from trunks.carriers.telnyx import payloads as telnyx
from trunks.carriers.twilio import payloads as twilio
from trunks.carriers.wavix import payloads as wavix
from trunks.offers import LineStatus, Wanted
from trunks.tests.carriers.contract import SPECS, needs_specs, official

pytestmark = needs_specs

WANTED = Wanted(country="US")
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"


def answers(path: str, method: str = "get") -> Iterator[Any]:
    """Give the examples of the good answers of an operation of Twilio."""
    for description in official():
        operation = description.document["paths"].get(path, {}).get(method)
        for answer in (operation or {"responses": {}})["responses"].values():
            for media in answer.get("content", {}).values():
                yield from (example["value"] for example in media.get("examples", {}).values())


class TestTwilio:
    @pytest.mark.parametrize("kind", ["Local", "Mobile", "National", "TollFree", "SharedCost"])
    def test_available_numbers(self, kind: str) -> None:
        path = f"{ACCOUNT}/AvailablePhoneNumbers/{{CountryCode}}/{kind}.json"
        bodies = list(answers(path))

        assert bodies
        for body in bodies:
            found = twilio.found_numbers_from(body, WANTED, None)
            assert len(found) == len(body["available_phone_numbers"])

    def test_owned_numbers(self) -> None:
        bodies = list(answers(f"{ACCOUNT}/IncomingPhoneNumbers.json"))
        entries = [entry for body in bodies for entry in body["incoming_phone_numbers"]]

        assert entries
        for entry in entries:
            assert twilio.owned_number_from(entry).carrier_reference.startswith("PN")

    def test_a_bought_number(self) -> None:
        bodies = list(answers(f"{ACCOUNT}/IncomingPhoneNumbers.json", "post"))

        assert bodies
        for body in bodies:
            assert twilio.owned_number_from(body).number.startswith("+")

    def test_a_balance(self) -> None:
        (body,) = answers(f"{ACCOUNT}/Balance.json")

        assert twilio.balance_from(body).currency


@cache
def examples() -> Any:
    """Read the examples of Telnyx's schemas; the checker's copy has none."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (Path(SPECS) / "telnyx/telnyx-provisioning.openapi.yaml").read_text()
    schemas = yaml.load(text, Loader=loader)["components"]["schemas"]  # noqa: S506 - it is safe
    return {name: schema.get("example") for name, schema in schemas.items()}


class TestTelnyx:
    def test_an_available_number(self) -> None:
        body = {"data": [examples()["AvailablePhoneNumber"]]}

        (offer,) = telnyx.found_numbers_from(body, WANTED)
        assert (str(offer.setup), str(offer.monthly)) == ("3.21 USD", "6.54 USD")

    def test_a_line_of_an_order(self) -> None:
        body = {"data": {"id": "o-1", "phone_numbers": [examples()["PhoneNumber"]]}}

        (line,) = telnyx.placed_order_from(body).numbers
        assert line.status is LineStatus.BOUGHT

    def test_an_owned_number(self) -> None:
        mine = telnyx.owned_number_from(examples()["PhoneNumberDetailed"])

        assert mine is not None
        assert mine.active
        assert mine.trunk_reference

    def test_a_deleted_number(self) -> None:
        assert telnyx.owned_number_from(examples()["PhoneNumberDeletedDetailed"]) is None


class TestWavix:
    def test_numbers_for_sale(self) -> None:
        bodies = list(answers("/v1/buy/countries/{country_id}/cities/{city_id}/dids"))

        assert bodies
        for body in bodies:
            offers = wavix.found_numbers_from(body, Wanted(country="AR"), "")
            assert len(offers) == len(body["dids"])
            assert wavix.is_last(body)

    def test_a_cart(self) -> None:
        (body,) = answers("/v1/buy/cart")

        assert wavix.cart_from(body)

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/v1/buy/countries", "countries"),
            ("/v1/buy/countries/{country_id}/regions", "regions"),
            ("/v1/buy/countries/{country_id}/cities", "cities"),
            ("/v1/buy/countries/{country_id}/regions/{region_id}/cities", "cities"),
        ],
    )
    def test_places(self, path: str, kind: str) -> None:
        (body,) = answers(path)

        places = wavix.places_from(body, kind)
        assert len(places) == len(body[kind])
        assert all(place.area_code or kind != "cities" for place in places)

    def test_a_balance(self) -> None:
        (body,) = answers("/v1/profile/config")

        assert wavix.balance_from(body).currency == "USD"

"""`AvailablePhoneNumbers` and the price list: the search itself knows no prices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sandbox.stock.shelf import Article
from sandbox.twilio import errors, parameters, stock
from sandbox.twilio.base import TwilioBase
from sandbox.wire import Answer, Call, as_json

SEARCH: dict[str, Any] = {
    "AreaCode": int,
    "Contains": str,
    "SmsEnabled": bool,
    "MmsEnabled": bool,
    "VoiceEnabled": bool,
    "FaxEnabled": bool,
    "ExcludeAllAddressRequired": bool,
    "ExcludeLocalAddressRequired": bool,
    "ExcludeForeignAddressRequired": bool,
    "Beta": bool,
    "NearNumber": str,
    "NearLatLong": str,
    "Distance": int,
    "InPostalCode": str,
    "InRegion": str,
    "InRateCenter": str,
    "InLata": str,
    "InLocality": str,
    **parameters.PAGE,
}
PLACES: dict[str, Callable[[Article], str]] = {
    "InPostalCode": lambda article: article.postal_code,
    "InRegion": lambda article: article.region,
    "InRateCenter": lambda article: article.rate_center,
    "InLocality": lambda article: article.locality,
    "InLata": lambda article: "",
}
ENABLED = {"SmsEnabled": "sms", "MmsEnabled": "mms", "VoiceEnabled": "voice", "FaxEnabled": "fax"}
KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
PAGE_SIZE = 30


def countries(carrier: TwilioBase, call: Call) -> Answer:
    """List the countries with their kinds of numbers."""
    parameters.query(call.request, parameters.PAGE)
    base = f"/2010-04-01/Accounts/{call.account.id}/AvailablePhoneNumbers"
    rows = [_country(base, code, kinds) for code, kinds in carrier.shelf.countries().items()]
    return as_json({"countries": rows, "uri": f"{base}.json"})


def country(carrier: TwilioBase, call: Call) -> Answer:
    """Show one country."""
    base = f"/2010-04-01/Accounts/{call.account.id}/AvailablePhoneNumbers"
    code = call.parts["country"]
    kinds = carrier.shelf.countries().get(code)
    if kinds is None:
        raise errors.not_found(f"{base}/{code}.json")
    return as_json(_country(base, code, kinds))


def search(carrier: TwilioBase, call: Call) -> Answer:
    """
    Answer a search: one page, no more.

    `NearLatLong` and `Distance` are taken and change nothing: the numbers have no coordinates.
    """
    asked = parameters.query(call.request, SEARCH)
    code, kind = call.parts["country"], stock.PATHS.get(call.parts["kind"], "")
    uri = (
        f"/2010-04-01/Accounts/{call.account.id}/AvailablePhoneNumbers/{code}"
        f"/{call.parts['kind']}.json"
    )
    if not kind or kind not in carrier.shelf.countries().get(code, ()):
        raise errors.not_found(uri)
    if "AreaCode" in asked and code not in ("US", "CA"):
        raise errors.refused(21451, "AreaCode can be used in the United States and Canada only")
    _, size = parameters.page_of({"PageSize": PAGE_SIZE, **asked})
    found = islice(_fitting(carrier, code, kind, asked), size)
    return as_json({"available_phone_numbers": [_offer(article) for article in found], "uri": uri})


def prices(carrier: TwilioBase, call: Call) -> Answer:
    """
    Show what numbers of a country cost a month.

    This path is in none of Twilio's published descriptions; its shape is that of
    twilio.com/docs/phone-numbers/pricing.
    """
    code = call.parts["country"].upper()
    kinds = carrier.shelf.countries().get(code)
    if kinds is None:
        raise errors.not_found(f"/PhoneNumbers/Countries/{code}")
    return as_json(
        {
            "country": stock.COUNTRIES[code],
            "iso_country": code,
            "phone_number_prices": [
                {
                    # The price list writes "toll free" where paths write TollFree.
                    "number_type": kind.replace("_", " "),
                    "base_price": stock.MONTHLY[code, kind],
                    "current_price": stock.MONTHLY[code, kind],
                }
                for kind in kinds
            ],
            "price_unit": "USD",
            "url": f"{call.request.base}{call.request.path}",
        }
    )


def price_countries(carrier: TwilioBase, call: Call) -> Answer:
    """List the countries that have prices."""
    rows = [
        {
            "country": stock.COUNTRIES[code],
            "iso_country": code,
            "url": f"{call.request.base}{call.request.path}/{code}",
        }
        for code in carrier.shelf.countries()
    ]
    return parameters.paged_by_meta(call.request, "countries", rows)


def _fitting(carrier: TwilioBase, code: str, kind: str, asked: dict[str, Any]) -> Iterator[Article]:
    near = carrier.shelf.articles.get(asked.get("NearNumber", ""))
    places = [(read, str(asked[name]).lower()) for name, read in PLACES.items() if name in asked]
    wanted = {feature: asked[name] for name, feature in ENABLED.items() if name in asked}
    pattern = _pattern(asked["Contains"]) if asked.get("Contains") else None
    free = asked.get("ExcludeAllAddressRequired")
    area = str(asked.get("AreaCode", ""))
    for article in carrier.for_sale(country=code, kind=kind, code=area):
        if (
            all(read(article).lower() == place for read, place in places)
            and all((feature in article.features) == yes for feature, yes in wanted.items())
            and (pattern is None or pattern.search(article.number))
            and not (free and stock.address_requirements(article) != "none")
            and (near is None or near.code == article.code)
        ):
            yield article


def _pattern(text: str) -> re.Pattern[str]:
    """Read a `Contains` pattern: `*` is any digit, `%` any digits, letters are keypad digits."""
    text = text.lower().translate(KEYPAD)
    if not re.fullmatch(r"\+?[0-9*%]{2,}", text):
        raise errors.refused(21421, f"Contains {text!r} is not a valid pattern")
    body = text.removeprefix("+").replace("*", r"\d").replace("%", r"\d*")
    return re.compile(rf"^\+{body}" if text.startswith("+") else body)


def _offer(article: Article) -> dict[str, object]:
    return {
        "phone_number": article.number,
        "friendly_name": stock.friendly(article),
        "lata": None,
        "locality": article.locality or None,
        "rate_center": article.rate_center or None,
        "latitude": None,
        "longitude": None,
        "region": article.region or None,
        "postal_code": article.postal_code or None,
        "iso_country": article.country,
        "address_requirements": stock.address_requirements(article),
        "beta": False,
        "capabilities": stock.capabilities(article),
    }


def _country(base: str, code: str, kinds: tuple[str, ...]) -> dict[str, object]:
    paths = {kind: path for path, kind in stock.PATHS.items()}
    return {
        "country_code": code,
        "country": stock.COUNTRIES[code],
        "uri": f"{base}/{code}.json",
        "beta": False,
        "subresource_uris": {kind: f"{base}/{code}/{paths[kind]}.json" for kind in kinds},
    }

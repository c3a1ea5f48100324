"""`availableNumbers`: what is for sale, without prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from sandbox.bandwidth import errors, reservations, stock
from sandbox.bandwidth.base import BandwidthBase, answer
from sandbox.stock.shelf import Article
from sandbox.wire import Answer, Call
from trunks.xml import Content

MOST = 5000
PLACES: dict[str, Callable[[Article], str]] = {
    "city": lambda article: article.locality,
    "state": lambda article: article.region,
    "rateCenter": lambda article: article.rate_center,
    "zip": lambda article: article.postal_code,
}
PREFIXES = {"npaNxx": 6, "npaNxxx": 7}
KNOWN = {
    *PLACES,
    *PREFIXES,
    *("countryCodeA3", "phoneNumberType", "areaCode", "features", "quantity", "enableTNDetail"),
    *("LCA", "localVanity", "endsIn", "orderBy"),
}


def search(carrier: BandwidthBase, call: Call) -> Answer:
    """Answer a search."""
    asked = call.query
    if unknown := sorted(set(asked) - KNOWN):
        raise errors.of_search(4000, f"The parameter {unknown[0]} is not supported.")
    try:
        quantity = int(asked.get("quantity", MOST))
    except ValueError as trouble:
        raise errors.of_search(4003, "The quantity is invalid.") from trouble
    if not 1 <= quantity <= MOST:
        raise errors.of_search(4003, "The quantity is invalid.")
    vanity = asked.get("localVanity", "")
    if vanity and not 4 <= len(vanity) <= 7:
        raise errors.of_search(4010, "The localVanity is invalid.")
    found = list(islice(_fitting(carrier, call, asked), quantity))
    if asked.get("enableTNDetail") == "true":
        listed: Content = [("TelephoneNumberDetail", _detail(article)) for article in found]
        name = "TelephoneNumberDetailList"
    else:
        listed = [("TelephoneNumber", article.number) for article in found]
        name = "TelephoneNumberList"
    return answer("SearchResult", [("ResultCount", str(len(found))), (name, listed)])


def _fitting(carrier: BandwidthBase, call: Call, asked: dict[str, str]) -> Iterator[Article]:
    countries = [
        stock.COUNTRIES.get(code, "-") for code in asked.get("countryCodeA3", "USA,CAN").split(",")
    ]
    features = {stock.FEATURES.get(v, "-") for name, v in call.request.query if name == "features"}
    # With its default a search also gives what is near; not asked for here means not exact.
    code = asked.get("areaCode", "")
    held = reservations.holders(carrier)
    for country in countries:
        for article in carrier.for_sale(
            country=country, kind=stock.KINDS.get(asked.get("phoneNumberType", ""), ""), code=code
        ):
            if (
                article.number not in held
                and features <= article.features
                and (_is_there(article, asked))
            ):
                yield article


def _is_there(article: Article, asked: dict[str, str]) -> bool:
    national = article.national
    vanity = asked.get("localVanity", "")
    last = national[-7:]
    return (
        all(
            read(article).lower() == asked[name].lower()
            for name, read in PLACES.items()
            if name in asked
        )
        and all(
            national[:length] == asked[name] for name, length in PREFIXES.items() if name in asked
        )
        and (last.endswith(vanity) if asked.get("endsIn") == "true" else vanity in last)
    )


def _detail(article: Article) -> Content:
    facts = [
        ("CountryCodeA3", stock.country_of(article)),
        ("PhoneNumberType", stock.kind_of(article)),
        ("City", article.locality.upper()),
        ("FullNumber", article.number),
        ("Tier", "0"),
    ]
    if article.country == "GB":
        return [*facts, ("AreaCode", article.code)]
    return [
        *facts,
        ("LATA", "426"),
        ("RateCenter", article.rate_center),
        ("State", article.region),
        ("VendorId", "49"),
        ("VendorName", "Bandwidth CLEC"),
    ]

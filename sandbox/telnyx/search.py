"""`GET /available_phone_numbers`: the one search of the market that prices every number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sandbox.carrier import Carrier
from sandbox.stock.shelf import Article
from sandbox.telnyx import errors, parameters, reservations
from sandbox.wire import Answer, Call, as_json

KINDS = ("local", "toll_free", "mobile", "national", "shared_cost")
FEATURES = [
    "sms",
    "mms",
    "voice",
    "fax",
    "emergency",
    "hd_voice",
    "international_sms",
    "local_calling",
]
PATTERN = "filter[phone_number]"
ALLOWED: dict[str, Any] = {
    "filter[country_code]": str,
    "filter[phone_number_type]": KINDS,
    "filter[national_destination_code]": str,
    "filter[locality]": str,
    "filter[administrative_area]": str,
    "filter[rate_center]": str,
    "filter[features]": FEATURES,
    f"{PATTERN}[starts_with]": str,
    f"{PATTERN}[ends_with]": str,
    f"{PATTERN}[contains]": str,
    "filter[limit]": int,
    "filter[best_effort]": bool,
    "filter[quickship]": bool,
    "filter[reservable]": bool,
    "filter[exclude_held_numbers]": bool,
}
LIMIT = 100
"""How many are answered if the client does not say; the description gives no figure."""

PLACES: dict[str, Callable[[Article], str]] = {
    "filter[locality]": lambda article: article.locality,
    "filter[administrative_area]": lambda article: article.region,
    "filter[rate_center]": lambda article: article.rate_center,
}
MATCHES: dict[str, Callable[[str, str], bool]] = {
    f"{PATTERN}[starts_with]": str.startswith,
    f"{PATTERN}[ends_with]": str.endswith,
    f"{PATTERN}[contains]": str.__contains__,
}


def search(carrier: Carrier, call: Call) -> Answer:
    """Answer a search. It takes no pages, only a limit."""
    asked = parameters.query(call.request, ALLOWED)
    limit = asked.get("filter[limit]", LIMIT)
    if limit < 1:
        raise errors.malformed("filter[limit] must be at least 1", parameter="filter[limit]")
    found = list(islice(_fitting(carrier, call.account.id, asked), limit))
    meta = {"total_results": len(found), "best_effort_results": 0}
    return as_json({"data": [_offer(article) for article in found], "meta": meta, "metadata": meta})


def _fitting(carrier: Carrier, account_id: str, asked: dict[str, Any]) -> Iterator[Article]:
    wanted = set(asked.get("filter[features]", ()))
    places = [(read, asked[name].lower()) for name, read in PLACES.items() if name in asked]
    matches = [(fits, asked[name]) for name, fits in MATCHES.items() if name in asked]
    # With an area code, patterns apply to what follows it (API description of the search).
    skips_code = "filter[national_destination_code]" in asked
    on_shelf = carrier.for_sale(
        country=asked.get("filter[country_code]", "").upper(),
        kind=asked.get("filter[phone_number_type]", ""),
        code=asked.get("filter[national_destination_code]", ""),
    )
    held = reservations.holders(carrier)
    seen_by = set() if asked.get("filter[exclude_held_numbers]") else {account_id}
    for article in on_shelf:
        if article.number in held and held[article.number] not in seen_by:
            continue
        digits = article.national.removeprefix(article.code) if skips_code else article.national
        if (
            wanted <= article.features
            and all(read(article).lower() == place for read, place in places)
            and all(fits(digits, pattern) for fits, pattern in matches)
        ):
            yield article


def _offer(article: Article) -> dict[str, object]:
    places = [
        ("location", article.locality),
        ("rate_center", article.rate_center),
        ("state", article.region),
        ("country_code", article.country),
    ]
    return {
        "record_type": "available_phone_number",
        "phone_number": article.number,
        "vanity_format": "",
        "best_effort": False,
        "quickship": True,
        "reservable": True,
        "features": [{"name": name} for name in sorted(article.features)],
        "region_information": [
            {"region_type": kind, "region_name": name} for kind, name in places if name
        ],
        "cost_information": {
            "upfront_cost": str(article.setup),
            "monthly_cost": str(article.monthly),
            "currency": "USD",
        },
    }

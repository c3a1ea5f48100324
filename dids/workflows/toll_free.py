"""Having a toll-free number verified, and no longer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from accounts.actors import Actor
from accounts.work import acting
from dids.models import PhoneNumber, TollFreeVerification
from dids.states import FeatureStatus
from dids.workflows import feature_wishes
from dids.workflows.messaging import VERIFIED_IN, UnableToMessage, held, require_silent
from lib.e164 import is_e164
from lib.locks import no_key
from trunks.numbering import NumberType
from trunks.toll_free import SOLE_PROPRIETOR, VOLUMES

FIELDS = (
    *("kind", "business", "website", "street", "city", "region", "postal_code", "country"),
    *("registration", "first_name", "last_name", "email", "phone", "use_case", "summary"),
    *("sample", "volume", "opt_in_by", "opt_in", "opt_in_urls"),
)
SHORTEST = 40
"""Characters with which a summary or a way of agreeing begins to say something."""
MOST_URLS = 5
LONGEST_URL = 500
_COUNTRY = re.compile("[A-Z]{2}")
_OPTIONAL = frozenset({"registration"})
_GOING = (FeatureStatus.OFF, FeatureStatus.UNWANTED)


def verify(
    *, number: PhoneNumber, words: Mapping[str, Any], actor: Actor, now: datetime
) -> TollFreeVerification:
    """
    Have a toll-free number verified, or once more with corrected words.

    :param words: see `FIELDS`
    :raises UnableToMessage: naming the field that must change
    :raises UnableToStandIn: if the number is somebody else's
    """
    _check(words)
    with acting(actor):
        row = held(number, actor)
        if row.type != NumberType.TOLL_FREE or row.country not in VERIFIED_IN:
            raise UnableToMessage(
                f"{row.e164} is no toll-free number of North America. It needs no verification."
            )
        there = no_key(TollFreeVerification.objects.filter(number=row)).first()
        there = there or TollFreeVerification.objects.create(
            number=row, organization=row.holder, status_since=now, **words
        )
        feature_wishes.want(there, actor=actor, now=now, organization=row.holder, **words)
    return there


def withdraw(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Have a verification taken back, once the number has no messages.

    :raises UnableToMessage: if it has some, or there is nothing to take back
    :raises UnableToStandIn: if the number is somebody else's
    """
    with acting(actor):
        row = held(number, actor)
        there = no_key(TollFreeVerification.objects.filter(number=row)).first()
        if there is None or there.status in _GOING:
            raise UnableToMessage(f"{row.e164} has no verification.")
        require_silent(row)
        feature_wishes.unwant(there, actor=actor, now=now)


def _check(words: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if not words[name] and name not in _OPTIONAL:
            raise UnableToMessage("The networks need this. Fill it in.", field=name)
    for name, what in (("summary", "what is sent"), ("opt_in", "how people agree to it")):
        if len(str(words[name])) < SHORTEST:
            raise UnableToMessage(
                f"Say in {SHORTEST} characters or more {what}; less is refused.", field=name
            )
    if words["volume"] not in VOLUMES:
        raise UnableToMessage("Choose how many messages you send a month.", field="volume")
    if not is_e164(str(words["phone"])):
        raise UnableToMessage("Write the phone number as +13125550100.", field="phone")
    _check_business(words)
    _check_addresses(words)


def _check_business(words: Mapping[str, Any]) -> None:
    if not _COUNTRY.fullmatch(str(words["country"])):
        raise UnableToMessage("Write the country in two capitals, such as US.", field="country")
    if words["kind"] != SOLE_PROPRIETOR and not words["registration"]:
        raise UnableToMessage(
            "Write the number of the business in its register; only a sole proprietor has none.",
            field="registration",
        )


def _check_addresses(words: Mapping[str, Any]) -> None:
    for name, urls in (("website", [words["website"]]), ("opt_in_urls", words["opt_in_urls"])):
        if not all(_is_public(url) for url in urls):
            raise UnableToMessage(
                "Write whole web addresses, such as https://oak.example/form.png.", field=name
            )
    if len(words["opt_in_urls"]) > MOST_URLS:
        raise UnableToMessage(f"Name {MOST_URLS} addresses at most.", field="opt_in_urls")


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and "." in host and " " not in url
    return is_web and len(url) <= LONGEST_URL

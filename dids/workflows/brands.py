"""Brands and campaigns: written down, registered, corrected where refused, ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids.models import Brand, BrandKind, Campaign, NumberCampaign, PhoneNumber
from dids.states import FeatureStatus
from dids.workflows import feature_wishes
from dids.workflows.standing import require_seat
from lib.e164 import is_e164
from lib.locks import no_key
from lib.refusals import UnableTo
from trunks import registry
from trunks.models import CarrierAccount
from trunks.roles import RegistersCampaigns

SHORTEST = 40
"""Characters with which a description or a way of agreeing begins to say something."""
MOST_SAMPLES = 5
BRAND_FIELDS = (
    *("kind", "name", "legal_name", "tax_id", "sector", "website", "email", "phone", "street"),
    *("city", "region", "postal_code", "country", "stock_symbol", "stock_exchange"),
    *("first_name", "last_name"),
)
CAMPAIGN_FIELDS = (
    *("name", "use_case", "description", "opt_in", "samples", "opt_in_words", "opt_out_words"),
    *("help_words", "help_answer", "opt_in_answer", "opt_out_answer", "terms"),
)
_FROZEN = (FeatureStatus.ACTIVE, FeatureStatus.SUBMITTED)


class UnableToRegister(UnableTo):
    """The registry would refuse it, or it is not one's own."""

    code = "cannot_register"


def register_brand(
    *,
    account: CarrierAccount | None = None,
    brand: Brand | None = None,
    actor: Actor,
    now: datetime,
    words: Mapping[str, str],
) -> Brand:
    """
    Register a brand, or a refused one with corrected words.

    :param account: at which; by default the one that has most of the organization's numbers
    :param brand: the one that is corrected
    :param words: see `BRAND_FIELDS`
    :raises UnableToRegister: naming the field that must change
    """
    organization = _seat(actor)
    _check_brand(words)
    at = brand.carrier_account if brand else account or _usual_account(organization)
    _require_asked(words, _registrar(at).asks_of_brands)
    with acting(actor):
        if brand is None:
            there = Brand(
                organization=organization,
                carrier_account=at,
                status_since=now,
                **words,
            )
            _save(there, "name", f"You have a brand {there.name} already. Correct that one.")
        else:
            there = _own(Brand, brand, actor)
        feature_wishes.want(there, actor=actor, now=now, **words)
    return there


def register_campaign(
    *,
    brand: Brand,
    campaign: Campaign | None = None,
    actor: Actor,
    now: datetime,
    words: Mapping[str, Any],
) -> Campaign:
    """
    Register what a brand sends, or a refused one with corrected words.

    :param words: see `CAMPAIGN_FIELDS`
    :raises UnableToRegister: naming the field that must change
    """
    _check_campaign(words)
    _require_asked(words, _registrar(brand.carrier_account).asks_of_campaigns)
    with acting(actor):
        require_seat(actor, brand.organization, what=brand.name)
        if brand.status in {FeatureStatus.OFF, FeatureStatus.UNWANTED}:
            raise UnableToRegister(f"{brand.name} is not registered any more.", field="brand")
        if campaign is None:
            there = Campaign(
                organization=brand.organization, brand=brand, status_since=now, **words
            )
            _save(there, "name", f"You have a campaign {there.name} already. Correct that one.")
        else:
            there = _own(Campaign, campaign, actor)
        feature_wishes.want(there, actor=actor, now=now, **words)
    return there


def end(*, row: Brand | Campaign, actor: Actor, now: datetime) -> None:
    """
    Have a brand or a campaign ended, once nothing depends on it.

    :raises UnableToRegister: if a campaign or a number still does
    """
    with acting(actor):
        there = _own(type(row), row, actor)
        if isinstance(there, Brand):
            depends = Campaign.objects.filter(brand=there)
            refusal = f"{there.name} has campaigns. End them first."
        else:
            depends = NumberCampaign.objects.filter(campaign=there)  # type: ignore[assignment]
            refusal = f"Numbers send for {there.name}. Take them out first."
        if depends.exclude(status=FeatureStatus.OFF).exists():
            raise UnableToRegister(refusal)
        feature_wishes.unwant(there, actor=actor, now=now)


def _check_brand(words: Mapping[str, str]) -> None:
    kind = words["kind"]
    if kind not in BrandKind.values:
        raise UnableToRegister("Choose what sort of business it is.", field="kind")
    needed = ("name", "legal_name", "sector", "email", "phone", "street", "city", "region")
    _require(words, *needed, "postal_code", "country")
    if kind != BrandKind.GOVERNMENT:
        _require(words, "tax_id", "website")
    if kind == BrandKind.PUBLIC_PROFIT:
        _require(words, "stock_symbol", "stock_exchange")
    digits = words["tax_id"].replace("-", "")
    if words["country"] == "US" and digits and not (digits.isdigit() and len(digits) == 9):
        raise UnableToRegister("An EIN has nine digits, such as 12-3456789.", field="tax_id")
    if not is_e164(words["phone"]):
        raise UnableToRegister("Write the phone number as +13125550100.", field="phone")


def _check_campaign(words: Mapping[str, Any]) -> None:
    _require(words, "name", "use_case", "help_answer", "opt_out_words", "help_words")
    for name, what in (("description", "what is sent"), ("opt_in", "how people agree to it")):
        if len(str(words[name])) < SHORTEST:
            raise UnableToRegister(
                f"Say in {SHORTEST} characters or more {what}; less is refused.", field=name
            )
    samples = words["samples"]
    if not 2 <= len(samples) <= MOST_SAMPLES or not all(samples):
        raise UnableToRegister(
            f"Write two to {MOST_SAMPLES} messages as they will be sent, one a line.",
            field="samples",
        )
    if any(len(sample) > 255 for sample in samples):
        raise UnableToRegister("A message has 255 characters at most.", field="samples")


def _require(words: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if not words[name]:
            raise UnableToRegister("The registry needs this. Fill it in.", field=name)


def _require_asked(words: Mapping[str, Any], names: Collection[str]) -> None:
    for name in sorted(names):
        if not words.get(name):
            raise UnableToRegister("Your carrier's registry needs this. Fill it in.", field=name)


def _registrar(account: CarrierAccount) -> type[RegistersCampaigns]:
    """Give what registers at an account; a person there asks for nothing more."""
    adapter = registry.carrier(account.carrier)
    return adapter if issubclass(adapter, RegistersCampaigns) else RegistersCampaigns


def _seat(actor: Actor) -> Organization:
    if actor.reach is None:
        raise UnableToRegister("Act for an organization to do this.")
    return actor.reach


def _usual_account(organization: Organization) -> CarrierAccount:
    """Give the account that has most of its numbers, those first that register by interface."""
    numbers = PhoneNumber.objects.live().filter(holder=organization, country="US")
    rows = numbers.select_related("carrier_account")[:500]
    counts: dict[CarrierAccount, int] = {}
    for number in rows:
        counts[number.carrier_account] = counts.get(number.carrier_account, 0) + 1
    if not counts:
        raise UnableToRegister(
            "You have no number in the United States yet. A brand is registered for one."
        )

    def rank(account: CarrierAccount) -> tuple[bool, int]:
        return issubclass(registry.carrier(account.carrier), RegistersCampaigns), counts[account]

    return max(counts, key=rank)


def _save(row: Brand | Campaign, field: str, refusal: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as trouble:
        raise UnableToRegister(refusal, field=field) from trouble


def _own(model: type[Any], row: Brand | Campaign, actor: Actor) -> Any:
    there = no_key(model.objects.select_related("organization").filter(pk=row.pk)).get()
    require_seat(actor, there.organization, what=there.name)
    return there

"""Opening accounts, crediting them and setting how far they may go below zero."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from billing import events, funds
from billing.models import Account
from lib.locks import no_key
from lib.money import Money
from lib.refusals import UnableTo

_MOST = Decimal("999999999999")


class UnableToOpen(UnableTo):
    """The account cannot be opened as asked."""

    code = "cannot_open"


class UnableToChange(UnableTo):
    """The account cannot be changed by this actor, or not to this."""

    code = "cannot_change"


def open(  # noqa: A001 - the verb of the domain
    *,
    organization: Organization,
    currency: str,
    credit_limit: Decimal,
    actor: Actor,
    now: datetime,
) -> Account:
    """
    Open the account of a dealer or a tenant.

    :param currency: ISO 4217; it stays for good
    :raises UnableToOpen: naming the field that must change
    """
    if organization.is_provider:
        raise UnableToOpen(
            "The provider has no account: it pays the carriers. Choose a dealer or a tenant.",
            field="organization",
        )
    if actor.reach is not None and not organization.is_below(actor.reach):
        raise UnableToOpen("There is no such organization below your own.", field="organization")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise UnableToOpen(
            "Give the currency as its three-letter code, such as USD or EUR.", field="currency"
        )
    if not _fits(credit_limit):
        raise UnableToOpen("Give a credit limit of 0 or more.", field="credit_limit")
    with acting(actor):
        account = _stored(organization, currency, credit_limit, now)
        after = {"currency": currency, "credit_limit": str(credit_limit)}
        _record(actor, events.OPENED, account, after, now)
    return account


def credit(*, account: Account, amount: Money, reason: str, actor: Actor, now: datetime) -> None:
    """
    Add money that came in by another way.

    :raises UnableToChange: if the actor is not above the account's organization
    :raises UnableToCredit: if the currency is another one
    """
    _check_above(account, actor)
    if not _fits(amount.amount) or not amount.quantized().amount:
        raise UnableToChange("Give an amount above 0.", field="amount")
    with acting(actor):
        funds.credit(
            organization=account.organization,
            amount=amount,
            subject=f"billing.credit:{uuid4()}",
            actor=actor,
            now=now,
        )
        after = {"amount": str(amount.quantized().amount), "currency": amount.currency}
        _record(actor, events.CREDITED, account, after, now, reason=reason)
    account.refresh_from_db()


def set_credit_limit(
    *, account: Account, credit_limit: Decimal, actor: Actor, now: datetime
) -> None:
    """
    Say how far reservations may go below zero from now on; what is reserved stays.

    :raises UnableToChange: if the actor is not above the account's organization
    """
    _check_above(account, actor)
    if not _fits(credit_limit):
        raise UnableToChange("Give a credit limit of 0 or more.", field="credit_limit")
    with acting(actor):
        (was,) = no_key(Account.objects.filter(pk=account.pk))
        before = {"credit_limit": str(was.credit_limit)}
        Account.objects.filter(pk=account.pk).update(credit_limit=credit_limit)
        after = {"credit_limit": str(credit_limit), "currency": account.currency}
        _record(actor, events.LIMIT_CHANGED, account, after, now, before=before)
    account.refresh_from_db()


def _fits(amount: Decimal) -> bool:
    # Comparing with what is not a number raises, so that is asked first.
    return amount.is_finite() and 0 <= amount <= _MOST


def _check_above(account: Account, actor: Actor) -> None:
    if actor.reach is not None and not account.organization.is_below(actor.reach):
        raise UnableToChange("Only an organization above can change this account.")


def _stored(
    organization: Organization, currency: str, credit_limit: Decimal, now: datetime
) -> Account:
    try:
        with transaction.atomic():
            return Account.objects.create(
                organization=organization,
                currency=currency,
                credit_limit=credit_limit,
                opened_at=now,
            )
    except IntegrityError:
        raise UnableToOpen(
            f"{organization.name} has an account already.", field="organization"
        ) from None


def _record(
    actor: Actor,
    event_type: journal.EventType,
    account: Account,
    after: dict[str, str],
    now: datetime,
    *,
    before: dict[str, str] | None = None,
    reason: str = "",
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=f"billing.account:{account.organization.uuid}",
        organization=account.organization,
        before=before,
        after=after,
        reason=reason,
    )

"""
Moving money: reserve, post, release, credit.

Each is one conditional UPDATE of the account and its ledger entries, inside the caller's
transaction. The provider pays the carriers directly: it has no account, and nothing moves for it.
Who moves several accounts in one transaction locks them first, see `lock`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import models, transaction
from django.db.models import F, Q, Sum

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import Account, EntryKind, LedgerEntry
from lib.locks import no_key
from lib.money import Money
from lib.refusals import UnableTo


class UnableToReserve(UnableTo):
    """There is no account, or not enough in it."""

    code = "insufficient_funds"
    conflict = True


class UnableToSettle(UnableTo):
    """More should be posted or released than was reserved for the subject."""

    code = "not_reserved"
    conflict = True


class UnableToCredit(UnableTo):
    """There is no account to credit, or it has another currency."""

    code = "cannot_credit"


def reserve(
    *, organization: Organization, amount: Money, subject: str, actor: Actor, now: datetime
) -> None:
    """
    Hold an amount for something that is about to be bought.

    :param subject: "<app>.<thing>:<uuid>"
    :raises UnableToReserve: if there is no account in that currency, or not enough in it
    """
    if organization.is_provider or _is_nothing(amount):
        return
    account = _account(organization, amount, UnableToReserve)
    value = amount.quantized().amount
    enough = Q(posted__gte=F("reserved") + value - F("credit_limit"))
    with transaction.atomic():
        if not _move(account, enough, reserved=F("reserved") + value):
            raise UnableToReserve(_not_enough(account, amount))
        _enter(account, EntryKind.RESERVE, value, subject=subject, actor=actor, now=now)


def release(
    *, organization: Organization, amount: Money, subject: str, actor: Actor, now: datetime
) -> None:
    """
    Give back what is no longer needed of a reservation.

    :raises UnableToSettle: if less than that is reserved for the subject
    """
    if organization.is_provider or _is_nothing(amount):
        return
    account = _account(organization, amount, UnableToSettle)
    with transaction.atomic():
        _unreserve(account, amount.quantized().amount, subject=subject, actor=actor, now=now)


def post(
    *,
    organization: Organization,
    reserved: Money,
    amount: Money,
    subject: str,
    actor: Actor,
    now: datetime,
) -> None:
    """
    Charge what something cost in the end, and end the reservation made for it.

    Charging never refuses, whatever the balance: the thing has been bought.

    :param reserved: how much of the subject's reservation ends with this
    :raises UnableToSettle: if less than that is reserved for the subject
    """
    if organization.is_provider:
        return
    account = _account(organization, reserved + amount, UnableToSettle)
    value = amount.quantized().amount
    with transaction.atomic():
        if not _is_nothing(reserved):
            _unreserve(account, reserved.quantized().amount, subject=subject, actor=actor, now=now)
        if not _is_nothing(amount):
            _move(account, Q(), posted=F("posted") - value)
            _enter(account, EntryKind.POST, value, subject=subject, actor=actor, now=now)


def credit(
    *, organization: Organization, amount: Money, subject: str, actor: Actor, now: datetime
) -> None:
    """
    Add money to an account.

    :raises UnableToCredit: if there is no account in that currency
    """
    if _is_nothing(amount):
        return
    account = _account(organization, amount, UnableToCredit)
    value = amount.quantized().amount
    with transaction.atomic():
        _move(account, Q(), posted=F("posted") + value)
        _enter(account, EntryKind.CREDIT, value, subject=subject, actor=actor, now=now)


def lock(organizations: Iterable[Organization]) -> None:
    """Lock the accounts of organizations, leaf to root: the one order in which they are locked."""
    keys = [organization.pk for organization in organizations]
    accounts = Account.objects.filter(organization__in=keys)
    # Deeper paths are longer, and a path sorts after every path it continues.
    list(no_key(accounts, "-organization__path").values_list("pk"))


def reserved_for(account: Account, subject: str) -> Decimal:
    """Give what is still reserved for a subject, in the account's currency."""
    sums = account.entries.filter(subject=subject).aggregate(
        taken=Sum("amount", filter=Q(kind=EntryKind.RESERVE), default=Decimal(0)),
        ended=Sum("amount", filter=Q(kind=EntryKind.RELEASE), default=Decimal(0)),
    )
    return Decimal(sums["taken"] - sums["ended"])


def _unreserve(
    account: Account, value: Decimal, *, subject: str, actor: Actor, now: datetime
) -> None:
    moved = _move(account, Q(reserved__gte=value), reserved=F("reserved") - value)
    # The row is ours from here to the commit, so nobody else can end the same reservation.
    if not moved or reserved_for(account, subject) < value:
        raise UnableToSettle(f"Less than {Money(value, account.currency)} is reserved for it.")
    _enter(account, EntryKind.RELEASE, value, subject=subject, actor=actor, now=now)


def _account(organization: Organization, amount: Money, refusal: type[UnableTo]) -> Account:
    if amount.amount < 0:
        raise ValueError("Amounts of money are moved by what they are for, not by their sign.")
    account = Account.objects.filter(organization=organization).first()
    if account is None:
        raise refusal(
            f"{organization.name} has no account yet. Ask your provider to open one first."
        )
    if account.currency != amount.currency:
        raise refusal(
            f"The account of {organization.name} is in {account.currency}, "
            f"the amount in {amount.currency}. Choose something priced in {account.currency}."
        )
    return account


def _move(account: Account, condition: Q, **changes: models.expressions.Combinable) -> bool:
    return bool(Account.objects.filter(condition, pk=account.pk).update(**changes))


def _enter(
    account: Account,
    kind: EntryKind,
    value: Decimal,
    *,
    subject: str,
    actor: Actor,
    now: datetime,
) -> None:
    LedgerEntry.objects.create(
        account=account, kind=kind, amount=value, subject=subject, at=now, actor=actor.name
    )


def _is_nothing(amount: Money) -> bool:
    return amount.quantized().amount == 0


def _not_enough(account: Account, amount: Money) -> str:
    account.refresh_from_db()
    return (
        f"{amount} is needed, and {Money(account.available, account.currency)} is available to "
        f"{account.organization.name}, credit included. Ask for a credit or a higher credit limit."
    )

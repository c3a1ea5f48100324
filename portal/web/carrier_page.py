"""The page of one account at a carrier: how it is doing, and what was said to the carrier."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.permissions import FieldGroup
from dids.models import Finding
from lib.refusals import UnableTo
from portal.actor import PortalRequest
from portal.web.answers import status_of
from portal.web.charts import bars
from portal.web.forms.fees import FeeForm
from portal.web.forms.wires import BalanceForm, WarningForm
from portal.web.listing import Column, Listing
from portal.web.seen import Part, token
from trunks import capabilities, events, health, registry
from trunks.capabilities import Capability
from trunks.models import CarrierAccount, Exchange
from trunks.roles import SendsEvents

EXCHANGES = 10
"""Exchanges of a page."""


def visible(request: PortalRequest, uuid: UUID) -> CarrierAccount:
    """Give an account that the actor may see; anything else is a 404."""
    rows = CarrierAccount.objects.visible_to(request.actor).select_related("owner")
    return get_object_or_404(rows, uuid=uuid)


def name_of(account: CarrierAccount) -> str:
    """Name its carrier; by the slug where no adapter is known any more."""
    known = account.carrier in registry.slugs()
    return registry.carrier(account.carrier).name if known else account.carrier


def how(account: CarrierAccount) -> dict[str, Capability]:
    """Tell how each operation is done at its carrier, for templates; empty without an adapter."""
    if account.carrier not in registry.slugs():
        return {}
    found = capabilities.of(registry.carrier(account.carrier))
    return {operation.name.lower(): entry for operation, entry in found.items()}


def _is_told(account: CarrierAccount) -> bool:
    """Tell whether its carrier hears with each order where its messages go."""
    known = account.carrier in registry.slugs()
    adapter = registry.carrier(account.carrier) if known else None
    return bool(adapter and issubclass(adapter, SendsEvents) and adapter.told_with_orders)


def seen_parts(account: CarrierAccount) -> list[Part]:
    """Give what two people may set at once, as `portal.web.seen` wants it."""
    below = plainly(account.warn_below)
    says = f"It is {below} now." if below else "It is empty now."
    return [Part("below", below, says, (events.WARNING_SET,))]


def seen_balance(account: CarrierAccount) -> list[Part]:
    """Give what two people may write down at once."""
    left = str(account.balance or "")
    says = f"It has {left} left now." if left else "Nothing is written down now."
    return [Part("balance", left, says, (events.BALANCE_WRITTEN,))]


def plainly(amount: Decimal | None) -> str:
    """Write an amount into a field: no more decimals than it has, nothing for none."""
    return "" if amount is None else f"{amount.normalize():f}"


def page(
    request: PortalRequest,
    account: CarrierAccount,
    *,
    refusal: UnableTo | None = None,
    warning: WarningForm | None = None,
    balance: BalanceForm | None = None,
    fee: FeeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the page, with a refusal above it or a form that was not taken."""
    now = timezone.now()
    said = Exchange.objects.visible_to(request.actor).filter(account=account)
    hours = health.by_hour(account, now=now)
    context = {
        "account": account,
        "carrier_name": name_of(account),
        "how": how(account),
        "is_by_hand": health.is_by_hand(account),
        "doing": health.of(account, now=now),
        "listing": Listing(
            request, said, columns=[Column("at", "At", sort="at")], sort="-at", size=EXCHANGES
        ),
        "latency": bars([(at, ms, f"{ms} ms on average") for at, _, _, ms in hours]),
        "errors": bars([(at, bad, f"{bad} of {calls} failed") for at, calls, bad, _ in hours]),
        "calls": sum(calls for _, calls, _, _ in hours),
        "webhook_url": "" if _is_told(account) else account.webhook_url,
        "sees_cost": request.actor.sees(FieldGroup.COST),
        "warning": _warning(account, warning),
        "balance": _balance(account, balance),
        "differences": Finding.objects.open().filter(account=account).count(),
        "refusal": refusal,
        **(_fees(account, fee) if request.actor.sees(FieldGroup.COST) else {}),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "carriers/detail.html", context, status=status)


def _fees(account: CarrierAccount, refused: FeeForm | None) -> dict[str, object]:
    today = timezone.now().astimezone(UTC).date()
    return {
        "fees": account.fees.all().now_and_to_come(today),
        "fee_form": refused or FeeForm(initial={"valid_from": today}),
    }


def _warning(account: CarrierAccount, refused: WarningForm | None) -> WarningForm:
    form = refused or WarningForm(initial={"below": plainly(account.warn_below)})
    form.seen = token(seen_parts(account))
    return form


def _balance(account: CarrierAccount, refused: BalanceForm | None) -> BalanceForm | None:
    if refused is None and health.tells_balance(account):
        return None
    known = {"currency": account.balance_currency or account.owner.currency}
    today = timezone.localtime(timezone.now()).date()
    form = refused or BalanceForm(initial={"at": today, **known})
    form.seen = token(seen_balance(account))
    return form

"""The account of an organization below: opened, credited, and how far it may go below zero."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organization
from accounts.permissions import Permission
from billing import events
from billing.models import Account, EntryKind
from billing.workflows import accounts
from lib.money import Money
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.templatetags.words import money
from portal.web import in_view
from portal.web.answers import status_of
from portal.web.forms import PortalForm
from portal.web.forms.organizations import AccountForm, CreditForm, CreditLimitForm
from portal.web.organization_page import visible
from portal.web.seen import FIELD, Part, token, unchanged
from portal.web.timeline import events_of, timeline
from portal.web.undo import Undo, done

P = Permission
Maker = Callable[[Account], list[Part]]


@require_GET
@requires(P.MANAGE_MONEY)
def detail(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Show the account, and let change it."""
    return _page(request, _below(request, organization))


@require_POST
@requires(P.MANAGE_MONEY)
def open_account(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Open the account of an organization that has none yet."""
    below = _below(request, organization)
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, below, {"open": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        accounts.open(
            organization=below, **form.cleaned_data, actor=request.actor, now=timezone.now()
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, below, {"open": form}, status=status_of(refusal))
    done(request, f"{below.name} has an account now.", None)
    return redirect("organization_money", organization=organization)


@require_POST
@requires(P.MANAGE_MONEY)
def set_limit(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Say how far the account may go below zero from now on."""
    account, form = _account(request, organization), CreditLimitForm(request.POST)

    def step(now: datetime) -> None:
        wanted = form.cleaned_data["credit_limit"]
        accounts.set_credit_limit(
            account=account, credit_limit=wanted, actor=request.actor, now=now
        )

    before = str(account.credit_limit)
    refused = _take(request, account, "limit", form, step)
    if refused:
        return refused
    there = reverse("set_credit_limit", args=[organization])
    back = Undo(there, {"credit_limit": before, FIELD: token(_limit(account))})
    said = f"The credit limit is {money(account.credit_limit, account.currency)} now."
    done(request, said, back)
    return redirect("organization_money", organization=organization)


@require_POST
@requires(P.MANAGE_MONEY)
def credit(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Add money that came in by another way, once however often it is sent."""
    account, form = _account(request, organization), CreditForm(request.POST)

    def step(now: datetime) -> None:
        accounts.credit(
            account=account,
            amount=Money(form.cleaned_data["amount"], account.currency),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=now,
        )

    refused = _take(request, account, "credit", form, step)
    if refused:
        return refused
    amount = money(form.cleaned_data["amount"], account.currency)
    done(request, f"{account.organization.name} is credited with {amount}.", None)
    return redirect("organization_money", organization=organization)


def _take(
    request: PortalRequest,
    account: Account,
    name: str,
    form: PortalForm,
    step: Callable[[datetime], None],
) -> HttpResponse | None:
    """Do a step on an account that is as the reader saw it; gives the page that refuses it."""
    below = account.organization
    if not form.is_valid():
        return _page(request, below, {name: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    happened = events_of(_subject(below), request.actor)
    try:
        with unchanged(request, account, WATCHED[name], happened=happened):
            step(timezone.now())
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, below, {name: form}, status=status_of(refusal))
    return None


def _page(
    request: PortalRequest,
    below: Organization,
    refused: dict[str, PortalForm] | None = None,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    account = _accounts(request).filter(organization=below).first()
    forms: dict[str, PortalForm] = {
        "open": AccountForm(initial={"currency": below.currency}),
        "limit": CreditLimitForm(initial={"credit_limit": account and account.credit_limit}),
        "credit": CreditForm(),
        **(refused or {}),
    }
    for name, watched in WATCHED.items():
        forms[name].seen = token(watched(account)) if account else ""
    context = {
        "organization": below,
        "account": account,
        "forms": forms,
        "timeline": timeline(_subject(below), request.actor),
    }
    return render(request, "organizations/money.html", context, status=status)


def _below(request: PortalRequest, uuid: UUID) -> Organization:
    """Give an organization below the reader's own: nobody credits themselves."""
    found = visible(request, uuid)
    if not found.is_below(in_view.own(request)):
        raise Http404
    return found


def _account(request: PortalRequest, uuid: UUID) -> Account:
    return get_object_or_404(_accounts(request), organization=_below(request, uuid))


def _accounts(request: PortalRequest) -> QuerySet[Account]:
    return Account.objects.visible_to(request.actor).select_related("organization")


def _subject(organization: Organization) -> str:
    return f"billing.account:{organization.uuid}"


def _limit(account: Account) -> list[Part]:
    limit = account.credit_limit
    says = f"The credit limit is {money(limit, account.currency)} now."
    return [Part("limit", f"{limit:.4f}", says, (events.LIMIT_CHANGED,))]


def _credits(account: Account) -> list[Part]:
    """Give the last credit: of a click done twice, or a transfer entered by two, one is enough."""
    last = account.entries.filter(kind=EntryKind.CREDIT).order_by("-pk").first()
    says = f"The balance is {money(account.posted, account.currency)} now."
    return [Part("credits", str(last.uuid) if last else "", says, (events.CREDITED,))]


WATCHED: dict[str, Maker] = {"limit": _limit, "credit": _credits}
"""What each step is about, and would do twice or write over."""

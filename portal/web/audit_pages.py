"""What a carrier says is ours and our stock does not, or the other way round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids import audits
from dids.models import Finding
from dids.states import AUDIT, AuditStatus, FindingStatus
from dids.workflows import auditing, findings
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.carrier_page import how, visible
from portal.web.forms.filters import FindingFilter
from portal.web.forms.wires import CompareForm, DismissForm, SettleForm
from portal.web.listing import Column, Listing
from trunks.models import CarrierAccount

P = Permission
_COLUMNS = (
    Column("number", "Number", sort="e164"),
    Column("kind", "Difference", sort="kind"),
    Column("since", "Found", sort="found_at"),
    Column("steps", "What to do"),
)


@require_GET
@requires(P.MANAGE_CARRIERS)
def index(request: PortalRequest, account: UUID) -> HttpResponse:
    """List the differences between a carrier's list and our stock."""
    return _page(request, visible(request, account))


@require_POST
@requires(P.MANAGE_CARRIERS)
def compare(request: PortalRequest, account: UUID) -> HttpResponse:
    """Have the carrier's full list read now, and compared."""
    found = visible(request, account)
    form = CompareForm(request.POST)
    believes = form.is_valid() and form.cleaned_data["believes_short_list"]
    try:
        auditing.want(
            account=found,
            believes_short_list=believes,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        return _page(request, found, refusal=refusal)
    return redirect("differences", account=account)


@require_POST
@requires(P.MANAGE_CARRIERS)
def settle(request: PortalRequest, finding: UUID) -> HttpResponse:
    """Do about a difference what is chosen."""
    form = SettleForm(request.POST)
    chosen = form.cleaned_data if form.is_valid() else {}
    said = "{number} is settled."
    if chosen.get("choice") == findings.Choice.INVESTIGATE:
        said = "A task asks somebody to look into {number}."
    return _decide(request, finding, findings.settle, said, **chosen)


@require_POST
@requires(P.MANAGE_CARRIERS)
def dismiss(request: PortalRequest, finding: UUID) -> HttpResponse:
    """Leave a difference as it is."""
    form = DismissForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _decide(request, finding, findings.dismiss, "{number} is left as it is.", reason=reason)


def _decide(
    request: PortalRequest,
    uuid: UUID,
    workflow: Callable[..., None],
    said: str,
    **words: Any,
) -> HttpResponse:
    found = get_object_or_404(audits.findings(request.actor), uuid=uuid)
    try:
        workflow(finding=found, actor=request.actor, now=timezone.now(), **words)
    except UnableTo as refusal:
        return _page(request, found.account, refusal=refusal, about=found)
    messages.success(request, said.format(number=found.e164))
    return redirect("differences", account=found.account.uuid)


def _page(
    request: PortalRequest,
    account: CarrierAccount,
    *,
    refusal: UnableTo | None = None,
    about: Finding | None = None,
) -> HttpResponse:
    form = FindingFilter(request.GET)
    chosen = form.chosen
    status = chosen.get("status") or FindingStatus.OPEN
    rows = audits.findings(
        request.actor, carrier_account=account.uuid, kind=chosen.get("kind", ""), status=status
    )
    latest = audits.latest(account)
    listing = Listing(request, rows, columns=_COLUMNS, sort="number")
    context = {
        "account": account,
        "how": how(account),
        "audit": latest,
        "is_under_way": latest is not None and latest.status not in AUDIT.edges.final,
        "is_doubted": latest is not None and latest.status == AuditStatus.NOT_BELIEVED,
        "listing": listing,
        "rows": [(row, findings.steps(row.kind)) for row in listing.rows],
        "filter": form,
        "narrowed": bool(chosen),
        "refusal": refusal,
        "about": about,
    }
    part = {"rows": "carriers/_differences.html", "audit": "carriers/_audit_news.html"}
    name = part.get(request.htmx.target or "", "carriers/differences.html")
    return render(request, name, context, status=status_of(refusal) if refusal else 200)

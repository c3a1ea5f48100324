"""What carriers ask for before they sell numbers, and the answers."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import FieldGroup, Permission
from dids import papers
from dids.models import Document, Filing
from dids.models.filings import FilingPart
from dids.workflows import filing as workflow
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.forms.filings import AnswerForm
from portal.web.timeline import timeline
from trunks.regulation import Asks

P = Permission


@require_GET
@requires(P.KEEP_DOCUMENTS)
def detail(request: PortalRequest, filing: UUID) -> HttpResponse:
    """Show what is asked for, what there is and what is missing."""
    return _page(request, visible(request, filing))


@require_POST
@requires(P.KEEP_DOCUMENTS)
def answer(request: PortalRequest, filing: UUID) -> HttpResponse:
    """Answer one thing that is asked for."""
    found = visible(request, filing)
    key = plain(request.POST.get("key"))
    part = next((part for part in found.parts.all() if part.key == key), None)
    if part is None:
        raise Http404
    form = AnswerForm(part, _papers(found, part), request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        workflow.answer(
            filing=found, key=key, actor=request.actor, now=timezone.now(), **form.answer
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, visible(request, filing), form, status=status_of(refusal))
    messages.success(request, f"{part.name} is answered.")
    return redirect("filing", filing=filing)


def visible(request: PortalRequest, uuid: UUID) -> Filing:
    """Give a filing within the reader's reach."""
    return get_object_or_404(papers.filings(request.actor), uuid=uuid)


def _page(
    request: PortalRequest,
    filing: Filing,
    form: AnswerForm | None = None,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    missing = {part.pk for part in filing.missing()} if filing.is_open else set()
    minded = {problem["field"]: problem["words"] for problem in filing.problems}
    documents = _all_papers(filing)
    wrong = form.initial["key"] if form else ""
    context = {
        "filing": filing,
        "rows": [
            (
                part,
                part.pk in missing,
                minded.get(part.key, ""),
                form if form and part.key == wrong else _form(filing, part, documents),
            )
            for part in filing.parts.all()
        ],
        "missing": len(missing),
        "sees_carrier": request.actor.sees(FieldGroup.CARRIER),
        "timeline": timeline(filing.subject, request.actor),
    }
    return render(request, "filings/detail.html", context, status=status)


def _form(filing: Filing, part: FilingPart, documents: list[Document]) -> AnswerForm | None:
    if not filing.is_open:
        return None
    fits = [row for row in documents if not part.accepts or row.type in part.accepts]
    return AnswerForm(part, fits)


def _all_papers(filing: Filing) -> list[Document]:
    if not filing.is_open:
        return []
    return workflow.fitting(filing.organization, [], now=timezone.now())


def _papers(filing: Filing, part: FilingPart) -> list[Document]:
    if part.asks != Asks.DOCUMENT:
        return []
    return workflow.fitting(filing.organization, part.accepts, now=timezone.now())

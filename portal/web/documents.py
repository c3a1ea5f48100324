"""Documents: what an organization has in the vault, put in, taken out, deleted."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organization
from accounts.names import names
from accounts.permissions import Permission
from dids import papers
from dids.models import Document, DocumentType, Filing
from dids.states import FeatureStatus
from dids.workflows import vault
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.files import attached
from portal.web.answers import status_of
from portal.web.forms.documents import DocumentFilter, DocumentForm
from portal.web.in_view import list_of, organization_in_view
from portal.web.listing import Column, Listing
from portal.web.organization_page import visible as visible_organization
from portal.web.timeline import timeline

P = Permission

MOST_ASKED = 10
"""Lists of what is asked for, above the documents."""
_COLUMNS = (
    Column("name", "Document", sort="name"),
    Column("type", "Type", sort="type"),
    Column("valid", "Valid until"),
    Column("state", "State"),
    Column("since", "Put in", sort="uploaded_at"),
    Column("signed", "Signed", extra=True),
    Column("kept", "Kept until", extra=True),
)


@require_GET
@requires(P.KEEP_DOCUMENTS)
def index(request: PortalRequest) -> HttpResponse:
    """List the documents of an organization."""
    organization = organization_in_view(request)
    form = DocumentFilter(request.GET)
    chosen = form.chosen.get("type", "")
    rows = Document.objects.visible_to(request.actor).shown().filter(organization=organization)
    if chosen:
        rows = rows.filter(type=chosen)
    context = {
        "organization": organization,
        "listing": Listing(request, rows, columns=_COLUMNS, sort="-since"),
        "filter": form,
        "narrowed": bool(chosen),
        "asked_for": _asked_for(request, organization),
        "today": timezone.now().date(),
    }
    part = "documents/_rows.html" if request.htmx else "documents/index.html"
    return render(request, part, context)


@require_GET
@requires(P.KEEP_DOCUMENTS)
def new(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Ask for a document."""
    return _form(request, visible_organization(request, organization), DocumentForm())


@require_POST
@requires(P.KEEP_DOCUMENTS)
def store(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Put a document into the vault."""
    owner = visible_organization(request, organization)
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, owner, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    told, now = form.cleaned_data, timezone.now()
    paper = vault.Paper(
        type=DocumentType(told["type"]),
        name=told["file"].name,
        **{name: told[name] for name in vault.TOLD},
    )
    try:
        document = vault.store(
            organization=owner,
            paper=paper,
            content=told["file"].read(),
            actor=request.actor,
            now=now,
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _form(request, owner, form, status=status_of(refusal))
    if document.uploaded_at == now:
        messages.success(request, f"{document.get_type_display()} is in the vault.")
    else:
        messages.info(request, "This file was in the vault already; nothing was changed.")
    return redirect("document", document=document.uuid)


@require_GET
@requires(P.KEEP_DOCUMENTS)
def detail(request: PortalRequest, document: UUID) -> HttpResponse:
    """Show what is known about a document, what needs it and who read it."""
    return _page(request, visible(request, document))


@require_GET
@requires(P.KEEP_DOCUMENTS)
def content(request: PortalRequest, document: UUID) -> HttpResponse:
    """Take a document out; it is written down who did."""
    found = visible(request, document)
    try:
        held = vault.content_of(document=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, found, refusal=refusal)
    return attached(held, name=vault.file_name(found))


@require_GET
@requires(P.KEEP_DOCUMENTS)
def ask_delete(request: PortalRequest, document: UUID) -> HttpResponse:
    """Say what deleting means before it is done."""
    return _ask_delete(request, visible(request, document))


@require_POST
@requires(P.KEEP_DOCUMENTS)
def delete(request: PortalRequest, document: UUID) -> HttpResponse:
    """Have a document erased."""
    found = visible(request, document)
    try:
        vault.delete(document=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _ask_delete(request, found, refusal=refusal)
    messages.success(request, f"{found.get_type_display()} is deleted.")
    return redirect(list_of("documents", found.organization))


def _asked_for(request: PortalRequest, organization: Organization) -> list[Filing]:
    """Give what is asked for and not approved yet, the newest first."""
    rows = papers.filings(request.actor).filter(organization=organization)
    return list(rows.exclude(status=FeatureStatus.ACTIVE).order_by("-pk")[:MOST_ASKED])


def visible(request: PortalRequest, uuid: UUID) -> Document:
    """Give a document within the reader's reach."""
    rows = Document.objects.visible_to(request.actor).shown().select_related("organization")
    return get_object_or_404(rows, uuid=uuid)


def _form(
    request: PortalRequest, owner: Organization, form: DocumentForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(
        request, "documents/new.html", {"organization": owner, "form": form}, status=status
    )


def _page(
    request: PortalRequest, document: Document, *, refusal: UnableTo | None = None
) -> HttpResponse:
    who = document.uploaded_by
    context = {
        "document": document,
        "closed": vault.closed_because(document),
        "uses": list(document.uses.order_by("since")),
        "uploaded_by": names([who], request.actor)[who],
        "today": timezone.now().date(),
        "timeline": timeline(document.subject, request.actor),
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "documents/detail.html", context, status=status)


def _ask_delete(
    request: PortalRequest, document: Document, *, refusal: UnableTo | None = None
) -> HttpResponse:
    context = {
        "title": f"Delete {document.name}?",
        "consequences": [
            "Its content is erased for good; nobody can bring it back.",
            "The journal goes on telling who put it in, who read it and who deleted it.",
        ],
        "action": reverse("delete_document", args=[document.uuid]),
        "verb": "Delete it",
        "back": reverse("document", args=[document.uuid]),
        "danger": True,
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "confirm.html", context, status=status)

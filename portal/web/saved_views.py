"""Views of lists that people save: on the list itself, under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actors import Member
from accounts.models import SavedView
from accounts.permissions import Permission
from accounts.workflows import saved_views
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.forms import PortalForm
from portal.web.undo import Undo, done

LISTS = {
    "numbers": "Numbers",
    "orders": "Orders",
    "back_orders": "Back-orders",
    "messaging": "Text messages",
    "organizations": "Organizations",
    "people": "People",
    "open_invitations": "Invitations",
    "api_clients": "API clients",
    "carriers": "Carriers",
    "trunks": "Trunks",
    "pbxs": "PBXs",
    "tasks": "Tasks",
    "rates": "Exchange rates",
    "documents": "Documents",
}
"""The lists that can be saved, by the name of their address."""
MOST_SHOWN = 50
_OF_A_MOMENT = {"after", "panel", "kept"}
"""What an address says about a page and not about the list."""


@dataclass(frozen=True)
class Shown:
    """A view above its list."""

    uuid: UUID
    name: str
    query: str
    is_shared: bool
    is_mine: bool
    is_here: bool


def shown(actor: object, page: str, here: Mapping[str, str]) -> list[Shown]:
    """
    Give the views of a list that its reader sees.

    :param here: what the address of the list says now
    """
    if page not in LISTS or not isinstance(actor, Member):
        return []
    now = {name: text for name, text in here.items() if name not in _OF_A_MOMENT}
    rows = SavedView.objects.visible_to(actor).filter(page=page).order_by("name", "pk")
    return [
        Shown(
            uuid=view.uuid,
            name=view.name,
            query=view.query,
            is_shared=view.is_shared,
            is_mine=view.membership_id == actor.membership.pk,
            is_here=dict(parse_qsl(view.query)) == now,
        )
        for view in rows[:MOST_SHOWN]
    ]


class SavedViewForm(PortalForm):
    """A name for a list as it is shown."""

    page = forms.ChoiceField(choices=list(LISTS.items()), widget=forms.HiddenInput)
    query = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=40, label="Name of the view")
    is_shared = forms.BooleanField(required=False, label="Share it with everybody here")

    def __init__(self, data: object, *, actor: Member) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if not actor.may(Permission.MANAGE_PEOPLE):
            del self.fields["is_shared"]

    def clean_query(self) -> str:
        """Keep what makes the list."""
        pairs = parse_qsl(str(self.cleaned_data["query"]).removeprefix("?"))
        return urlencode([pair for pair in pairs if pair[0] not in _OF_A_MOMENT])


@require_POST
@requires(Permission.VIEW_NUMBERS)
def save(request: PortalRequest) -> HttpResponse:
    """Save the list that the form came from, and show it."""
    actor = cast(Member, request.actor)
    form = SavedViewForm(request.POST, actor=actor)
    if not form.is_valid():
        return _ask(request, form, status=422)
    given = form.cleaned_data
    try:
        view = saved_views.save(
            page=given["page"],
            name=given["name"],
            query=given["query"],
            is_shared=given.get("is_shared", False),
            actor=actor,
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, form, status=status_of(refusal))
    done(request, f"The view “{view.name}” is saved.", None)
    return redirect(address(view))


@require_POST
@requires(Permission.VIEW_NUMBERS)
def delete(request: PortalRequest, view: UUID) -> HttpResponse:
    """Delete a view, and show the list without it."""
    actor = cast(Member, request.actor)
    found = get_object_or_404(SavedView.objects.visible_to(actor), uuid=view)
    try:
        saved_views.delete(view=found, actor=actor)
    except UnableTo as refusal:
        form = SavedViewForm(_fields(found), actor=actor)
        form.refuse(refusal)
        return _ask(request, form, status=status_of(refusal))
    mine = found.membership_id == actor.membership.pk
    undo = Undo(reverse("save_view"), _fields(found)) if mine else None
    done(request, f"The view “{found.name}” is deleted.", undo)
    return redirect(found.page)


def address(view: SavedView) -> str:
    """Give where a view is seen."""
    return f"{reverse(view.page)}?{view.query}"


def _fields(view: SavedView) -> dict[str, str]:
    shared = {"is_shared": "on"} if view.is_shared else {}
    return {"page": view.page, "query": view.query, "name": view.name, **shared}


def _ask(request: PortalRequest, form: SavedViewForm, *, status: int) -> HttpResponse:
    page = plain(request.POST.get("page"))
    context = {"form": form, "back": page if page in LISTS else "home"}
    return render(request, "views/save.html", context, status=status)

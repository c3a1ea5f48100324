"""Shows what was kept in the form that it belongs to, and remembers whose browser it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from portal.kept import authors, filling, forms


def hand_over(sender: object, request: HttpRequest | None, user: object, **_newer: object) -> None:
    """Forget what others had entered in this browser."""
    if request is not None and hasattr(request, "session"):
        forms.only_of(request, user.uuid.hex)  # type: ignore[attr-defined]


user_logged_in.connect(hand_over, dispatch_uid="portal.kept")


class KeptForms:
    """Middleware around the pages of people who are signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page that is named a kept form shows it."""
        response = self.get_response(request)
        if request.user.is_authenticated:
            response = self._of_somebody(request, response)
            authors.note(request, response)
        elif request.resolver_match and request.resolver_match.url_name == "account_logout":
            authors.forget(response)
        return response

    def _of_somebody(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.method == "POST":
            if response.status_code < HTTPStatus.BAD_REQUEST:
                forms.forget_sent(request)
            return response
        key = request.GET.get(forms.NAME, "")
        kept = forms.find(request, key) if key else None
        if kept is None or response.status_code != HTTPStatus.OK or response.streaming:
            return response
        return _shown(request, response, kept)


def _shown(request: HttpRequest, response: HttpResponse, kept: forms.KeptForm) -> HttpResponse:
    page, path = request.path, kept.path.partition("?")[0]
    filled = filling.fill(response.content.decode(), page=page, path=path, fields=kept.fields)
    if filled is None:
        # What the form was about has changed since: it is shown on a page of its own.
        return redirect(replace(kept, page="").address)
    context = {"kept": kept, "left": filled.left, "form_id": filled.form_id}
    notice = render_to_string("kept/_found.html", context)
    response.content = (filled.before + notice + filled.after).encode()
    return response

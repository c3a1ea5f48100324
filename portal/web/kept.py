"""Forms that came too late: from a page of an earlier sign-in, or that no page shows any more."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.models import User
from portal.actor import PortalRequest, led, signed_in, to_sign_in
from portal.kept import authors, forms

SIGNING_IN = "/accounts/"
STALE = "This page had been open too long, and nothing was done. Here it is anew."
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@require_GET
@signed_in
def kept_form(request: PortalRequest) -> HttpResponse:
    """Show what had been entered, to be sent again from here."""
    kept = forms.find(request, request.GET.get("form", ""))
    fields = kept.fields if kept else []
    # What nobody has typed goes along unseen.
    hidden = [(name, value) for name, value in fields if name == "seen" or _ID.fullmatch(value)]
    context = {
        "form": kept,
        "seen": [(*pair, "\n" in pair[1]) for pair in fields if pair not in hidden],
        "hidden": hidden,
    }
    return render(request, "kept/index.html", context)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """
    Answer a form whose secret against forged requests is not the browser's (`CSRF_FAILURE_VIEW`).

    Mostly the person has signed in anew since the page was opened. Then what they had entered is
    shown to them again; somebody else's form, or one that another site has made, gets nowhere.
    """
    if request.path.startswith(SIGNING_IN):
        messages.warning(request, STALE)
        wanted = get_next_redirect_url(request)
        return redirect(request.path + (f"?{urlencode({'next': wanted})}" if wanted else ""))
    author = authors.of_form(request)
    if author and not request.user.is_authenticated:
        return to_sign_in(request)
    if author and cast(User, request.user).uuid.hex == author:
        kept = forms.keep(request)
        if kept is not None:
            return led(request, kept.address)
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)

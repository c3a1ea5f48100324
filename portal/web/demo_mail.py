"""The demo's mailbox: what the portal would have sent, readable by everyone at the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import SentMail

NEWEST = 50


def _only_in_the_demo() -> None:
    # Anyone may read this box, so it must not exist where real people get mail.
    if not (settings.DEMO or settings.TESTING):
        raise Http404


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the newest mails."""
    _only_in_the_demo()
    mails = SentMail.objects.order_by("-pk")[:NEWEST]
    return render(request, "demo/mail.html", {"mails": mails})


@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail."""
    _only_in_the_demo()
    return render(request, "demo/letter.html", {"mail": get_object_or_404(SentMail, pk=pk)})

"""One living page that shows every part of the pages in every state; for developers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from portal.actor import actor_of
from portal.web.part_samples import Sample, samples


@dataclass(frozen=True)
class Shown:
    """A part drawn in each of its states: pairs of words and markup."""

    sample: Sample
    states: Sequence[tuple[str, str]]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show every part, with the template to include; there is no such page in production."""
    if not settings.DEBUG:
        raise Http404
    if actor_of(request) is None:
        return redirect_to_login(request.path)
    context: dict[str, Any] = {"shown": [_drawn(request, sample) for sample in samples(request)]}
    return render(request, "parts/index.html", context)


def _drawn(request: HttpRequest, sample: Sample) -> Shown:
    states = [
        (state.words, render_to_string(sample.template, dict(state.context), request))
        for state in sample.states
    ]
    return Shown(sample, states)

"""Ways into the journal."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from accounts.permissions import Permission

register = template.Library()


@register.inclusion_tag("parts/_journal.html", takes_context=True)
def journal(
    context: dict[str, Any], by: str, *value: object, label: str = "Journal"
) -> dict[str, str]:
    """
    Lead to the journal of one thing, where the reader may open that.

    :param by: what the journal is narrowed by: number, subject, organization or who
    :param value: to what, in pieces: a kind and an id
    """
    actor = context.get("actor")
    if actor is None or not actor.may(Permission.VIEW_JOURNAL):
        return {"url": "", "label": label}
    query = urlencode({by: "".join(map(str, value))})
    return {"url": f"{reverse('journal')}?{query}", "label": label}

"""Filters that turn values into words and looks for people."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

from django import forms, template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BoundField
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.rates import in_short
from lib import e164
from portal.web.undo import Undo, undo_of

register = template.Library()

COLORS = {
    "AVAILABLE": "azure",
    "RESERVED": "purple",
    "ORDERING": "yellow",
    "ASSIGNED": "blue",
    "IN_SERVICE": "green",
    "QUARANTINE": "orange",
    "RELEASING": "orange",
    "SUSPENDED": "red",
    "FAILED": "red",
    "SKIPPED": "orange",
    "DONE": "green",
    "BOUGHT": "green",
    "COMPLETED": "green",
    "PARTLY_COMPLETED": "yellow",
    "SUBMITTED": "blue",
    "ACTIVE": "green",
    "LIVE": "green",
    "PARTLY": "yellow",
    "WAITING": "yellow",
    "BROKEN": "red",
    "GOOD": "green",
    "READY": "green",
    "MAKING": "yellow",
    "WANTED": "yellow",
    "UNCERTAIN": "yellow",
    "RESTING": "yellow",
    "TROUBLED": "orange",
    "UNREACHABLE": "red",
    "REFUSED": "red",
    "OPEN": "yellow",
    "TAKEN": "blue",
    "WAITING_CARRIER": "purple",
    "ABANDONED": "red",
    "EXPIRED": "red",
    "EXPIRES_SOON": "orange",
    "REJECTED": "red",
    "SETTING": "yellow",
    "BY_HAND": "yellow",
    "UNWANTED": "yellow",
    "REMOVING": "yellow",
    "REMOVAL_BY_HAND": "yellow",
    "CLEAN": "green",
    "PENDING": "yellow",
    "INFECTED": "red",
    "NEW": "green",
    "CHANGED": "blue",
    "CHECKED": "blue",
    "CHECKING": "yellow",
    "APPLYING": "yellow",
    "APPLIED": "green",
}
"""The colour of each status that has one; the words say the same without."""


@register.filter
def styled(field: BoundField) -> SafeString:
    """Draw a form field with the kit's classes, tied to its errors and help for screen readers."""
    looks = "form-select" if isinstance(field.field.widget, forms.Select) else "form-control"
    if isinstance(field.field.widget, forms.CheckboxInput):
        looks = "form-check-input"
    if field.errors:
        looks += " is-invalid"
    return field.as_widget(attrs={"class": looks})


@register.filter
def is_choices(field: BoundField) -> bool:
    """Tell whether a field is drawn as boxes, of which one or several may be checked."""
    return isinstance(field.field.widget, forms.RadioSelect)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether a field is drawn as one box to be checked."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def number(canonical: str, home: str = "") -> str:
    """Write an E.164 number for people, nationally in their own country."""
    return e164.display(canonical, home=home)


@register.filter
def moment(at: datetime) -> SafeString:
    """Tell a time in the reader's zone, and name the zone."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), moment_in_words(at))


def moment_in_words(at: datetime) -> str:
    """Tell a time within a sentence, as `moment` does."""
    there = timezone.localtime(at)
    return f"{there.day} {formats.date_format(there, 'M Y, H:i')} {there.tzname()}"


@register.filter
def money(amount: Decimal | str, currency: str) -> str:
    """Write an amount with its currency; below the cent only where that says something."""
    whole, _, decimals = f"{Decimal(amount):,.4f}".partition(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')} {currency}"


@register.filter
def rate(value: Decimal) -> str:
    """Write an exchange rate without the zeros at its end."""
    return in_short(value)


@register.filter
def figure(count: int) -> str:
    """Write a count so that thousands can be read."""
    return f"{count:,}"


@register.filter
def days_until(day: date, today: date) -> int:
    """Count the days that are left until a day."""
    return (day - today).days


@register.filter
def in_words(status: str) -> str:
    """Write a stored choice as words: IN_SERVICE -> in service."""
    return str(status).replace("_", " ").lower()


@register.filter
def color(status: str) -> str:
    """Give the badge colour of a status."""
    return COLORS.get(str(status), "secondary")


@register.filter
def undo(message: object) -> Undo | None:
    """Give the way back that a message offers."""
    return undo_of(message)


@register.filter
def as_json(value: object) -> str:
    """Write a value for a script, into an attribute."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def path_of(url: str) -> str:
    """Give an address without its question."""
    return url.partition("?")[0]


@register.filter
def get(mapping: dict[str, object], key: str) -> object:
    """Look a key up, for templates."""
    return mapping.get(key)

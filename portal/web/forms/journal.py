"""What the journal is narrowed by."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from accounts.actors import Actor
from accounts.catalogue import Touches, named, touching
from accounts.models import ApiClient, Membership, Organization
from accounts.permissions import FieldGroup
from accounts.reading import Wanted
from portal.web.forms import MOST_CHOICES, RowField
from portal.web.forms.filters import FilterForm, NumberFilter
from portal.web.journal_words import things

_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
_KINDS = (
    ("member", "People"),
    ("client", "Programs"),
    ("system", "The portal itself"),
    ("carrier", "Carriers"),
)
_AT_WORK = {"system": "The portal: {}", "carrier": "One carrier account"}
_TOUCHES = (
    ("", "Anything"),
    (Touches.MONEY.value, "Costs money"),
    (Touches.CALLS.value, "Routes calls"),
)


class Day(forms.DateField):
    """A day of the reader's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            validators=[MinValueValidator(_FIRST), MaxValueValidator(_LAST)],
            error_messages={"invalid": "Write the day as year-month-day, such as 2026-11-30."},
            **kwargs,
        )


class JournalFilter(FilterForm):
    """When, who, what, to whom."""

    TYPED = ("since", "until", "number")
    """What a person types, and is told when it cannot be read."""

    since = Day(label="From")
    until = Day(label="To")
    who = forms.ChoiceField(required=False)
    what = forms.ChoiceField(required=False)
    touches = forms.ChoiceField(choices=_TOUCHES, required=False)
    organization = RowField(first="Any organization", required=False)
    number = NumberFilter()
    subject = forms.CharField(required=False, max_length=100, label="Thing")

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        if isinstance(number := self.fields["number"], NumberFilter) and actor.reach:
            number.home = actor.reach.country
        self._let_choose("who", _people(actor, self._sent("who")))
        self._let_choose("what", things(sees_carrier=actor.sees(FieldGroup.CARRIER)))
        below = Organization.objects.visible_to(actor)
        self.offer("organization", _first(below, self._sent("organization")))
        if len(self.fields["organization"].choices) <= 2:  # type: ignore[attr-defined]
            del self.fields["organization"]

    @property
    def troubles(self) -> list[str]:
        """Say what was typed and cannot be read."""
        return [str(error) for name in self.TYPED for error in self.errors.get(name, ())]

    @property
    def wanted(self) -> Wanted:
        """Give what was chosen as the journal takes it."""
        chosen = self.chosen
        since, until = chosen.get("since"), chosen.get("until")
        return Wanted(
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
            actor=chosen.get("who", ""),
            actions=_actions(chosen.get("what", ""), chosen.get("touches", "")),
            organization=chosen.get("organization"),
            number=chosen.get("number", ""),
            subject=chosen.get("subject", ""),
        )

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Give what was sent, to be sent along with another form."""
        return [(name, self._sent(name)) for name in self.fields if self._sent(name)]

    @property
    def in_words(self) -> str:
        """Say what was chosen, for the journal itself."""
        said = [
            f"{self.fields[name].label or name}: {self._said(name, value)}".lower()
            for name, value in self.chosen.items()
        ]
        return "; ".join(said) or "everything"

    def _said(self, name: str, value: Any) -> str:
        choices = getattr(self.fields[name], "choices", ())
        flat = [pair for one in choices for pair in (one[1] if _is_group(one) else [one])]
        words = dict(flat)
        return str(words.get(value, getattr(value, "name", value)))

    def _sent(self, name: str) -> str:
        return str(self.data.get(name, ""))

    def _let_choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _is_group(choice: Any) -> bool:
    return isinstance(choice[1], list | tuple)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _actions(what: str, touches: str) -> frozenset[str] | None:
    of_thing = named(what) if what else None
    if not touches:
        return of_thing
    touched = touching(Touches(touches))
    return touched if of_thing is None else of_thing & touched


def _people(actor: Actor, chosen: str) -> list[Any]:
    """Offer the kinds of actors, the people and programs of one's own, and whoever is chosen."""
    kind, _, key = chosen.partition(":")
    own = Q(organization=actor.reach)
    too = own | Q(uuid__in=_ids(key))
    members = Membership.objects.visible_to(actor).filter(too if kind == "member" else own)
    programs = ApiClient.objects.visible_to(actor).filter(too if kind == "client" else own)
    people = [
        (f"member:{one.uuid}", one.user.get_full_name() + " (left)" * bool(one.ended_at))
        for one in members.select_related("user").order_by("user__name", "pk")[:MOST_CHOICES]
    ]
    clients = [
        (f"client:{one.uuid}", one.name) for one in programs.order_by("name", "pk")[:MOST_CHOICES]
    ]
    others = [(chosen, _AT_WORK[kind].format(key))] if kind in _AT_WORK and key else []
    groups = [("People", people), ("Programs", clients), ("Others", others)]
    return [("", "Anyone"), *_KINDS, *[group for group in groups if group[1]]]


def _first(rows: QuerySet[Organization], chosen: str) -> QuerySet[Organization]:
    """Put the chosen one before all others, so that no limit leaves it out."""
    return rows.order_by(Case(When(uuid__in=_ids(chosen), then=0), default=1), "path")


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []

"""What the living page shows: every part of the design system with something to show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from accounts.models import Organization
from dids.tallies import Series
from portal.templatetags.words import COLORS
from portal.web import charts
from portal.web.forms import PortalForm
from portal.web.listing import Column, Listing
from portal.web.pictures import Picture, drawn
from portal.web.saved_views import Shown
from portal.web.steps import BUYING, steps
from portal.web.undo import Undo

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
ON_EVERY_PAGE = (
    "parts/_find.html",
    "parts/_places.html",
    "parts/_switcher.html",
    "parts/_who.html",
)
"""Parts of the frame: the living page has them as every page does."""
_COLUMNS = (
    Column("number", "Number", sort="path"),
    Column("label", "Label"),
    Column("status", "Status", sort="status"),
    Column("place", "Place", extra=True),
)
_WHY = "The carrier is asked; if it does not answer by 12:05, it is asked again."


@dataclass(frozen=True)
class State:
    """One state of a part: what it is, and what its template is given."""

    words: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """
    A part of the design system.

    :ivar template: what draws its states
    :ivar uses: the templates that it shows, where those are not the same
    """

    title: str
    template: str
    states: tuple[State, ...]
    uses: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Give the templates to include."""
        return self.uses or (self.template,)


class EveryField(PortalForm):
    """A field of each kind."""

    words = forms.CharField(label="Words", help_text="Your own words, such as Reception.")
    count = forms.IntegerField(label="A count", min_value=1, initial=5)
    email = forms.EmailField(label="E-mail")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    day = forms.DateField(label="A day", widget=forms.DateInput(attrs={"type": "date"}))
    choice = forms.ChoiceField(label="One of several", choices=[("", "Choose"), ("A", "First")])
    several = forms.MultipleChoiceField(
        label="Several",
        choices=[("VOICE", "Voice"), ("SMS", "SMS")],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text="None chosen means all of them.",
    )
    yes = forms.BooleanField(label="Yes or no", help_text="May be taken back at any time.")
    long = forms.CharField(label="Many words", widget=forms.Textarea(attrs={"rows": 3}))


class Filter(forms.Form):
    """What a list is narrowed by."""

    search = forms.CharField(required=False, label="Digits or words")
    status = forms.ChoiceField(required=False, label="Status", choices=[("", "Any")])


def samples(request: HttpRequest) -> list[Sample]:
    """Give every part in every state."""
    return [*_of_pages(request), *_of_things(), *_of_tables(request), *_of_forms(), *_of_time()]


def _of_pages(request: HttpRequest) -> list[Sample]:
    tabs = [("Parts", request.path), ("Numbers", "/numbers/"), ("Orders", "/orders/")]
    head = {"title": "Numbers", "lead": "All that you hold.", "level": "h2"}
    action = {"action_url": "/buy/", "action_label": "Buy numbers"}
    lesson = {"title": "No numbers yet", "lesson": "They appear here once they are bought."}
    return [
        Sample(
            "Head of a page",
            "parts/_head.html",
            (
                State("title alone", {"title": "Numbers", "level": "h2"}),
                State("all", head | action),
            ),
        ),
        Sample(
            "Empty list",
            "parts/_empty.html",
            (State("with what to do", lesson), State("with the way there", lesson | action)),
        ),
        Sample(
            "Filters that narrow a list",
            "parts/_chips.html",
            (
                State("one", {"chips": [("Status", "In service", "?")]}),
                State(
                    "several",
                    {"chips": [("Rings at", "Queue", "?"), ("Holder", "Oak Street", "?")]},
                ),
            ),
        ),
        Sample("Tabs", "parts/_tabs.html", (State("first", {"tabs": tabs, "label": "Sample"}),)),
        Sample(
            "Steps of a job",
            "parts/_steps.html",
            tuple(
                State(words, {"steps": steps(BUYING, now=now, back={BUYING[0]: "/buy/"})})
                for words, now in (("first", 0), ("second", 1), ("last", 3), ("all done", 4))
            ),
        ),
        Sample(
            "Message",
            "parts/_message.html",
            tuple(
                State(words, {"message": Message(level, said, extra_tags=tags)})
                for words, level, said, tags in _messages()
            ),
        ),
    ]


def _messages() -> list[tuple[str, int, str, str]]:
    undo = json.dumps(asdict(Undo("/parts/", {"value": "101"})))
    return [
        ("done", constants.SUCCESS, "Oak Street Dental is there.", ""),
        ("done, with the way back", constants.SUCCESS, "It rings at Extension 205 now.", undo),
        ("to know", constants.INFO, "This order is submitted already.", ""),
        ("refused", constants.WARNING, "It is suspended already, since 12:00.", ""),
        ("failed", constants.ERROR, "The carrier did not answer. Try again in a minute.", ""),
    ]


def _of_things() -> list[Sample]:
    number = {"e164": "+13125550100"}
    return [
        Sample(
            "Number",
            "parts/_number.html",
            (
                State("at home", number),
                State("as a link", number | {"href": "/numbers/"}),
                State("abroad", {"e164": "+442079460123"}),
            ),
        ),
        Sample(
            "Badge of a status",
            "parts/_badge.html",
            (
                *(State(status, {"status": status}) for status in COLORS),
                State("without a colour", {"status": "CLOSED"}),
                State("with its why not yet", {"status": "ORDERING", "why": _WHY}),
            ),
        ),
        Sample(
            "Money",
            "parts/samples/money.html",
            tuple(
                State(words, {"amount": Decimal(amount), "currency": "USD"})
                for words, amount in (
                    ("whole", "12"),
                    ("below the cent", "0.0085"),
                    ("owed", "-3.5"),
                )
            ),
            uses=("{{ amount|money:currency }}",),
        ),
    ]


_VIEWED = {
    "page": "numbers",
    "here": "?rings=no",
    "may_share": True,
    "views": [
        Shown(UUID(int=1), "Free ones", "status=AVAILABLE", False, True, False),
        Shown(UUID(int=2), "Not pointed", "rings=no", True, True, True),
    ],
}


def _of_tables(request: HttpRequest) -> list[Sample]:
    listing = Listing(request, Organization.objects.none(), columns=_COLUMNS, sort="number")
    listing.next = "?after=more"
    given = {"listing": listing, "selects": True, "filter": Filter(), "url": request.path}
    return [
        Sample(
            "Table with filters, choice, bulk bar and pages",
            "parts/samples/table.html",
            (State("with rows", given),),
            uses=("parts/_filters.html", "parts/_heads.html", "parts/_foot.html"),
        ),
        Sample(
            "Saved views of a list",
            "parts/_views.html",
            (
                State("none yet", {"listing": {"page": "numbers", "here": "?"}}),
                State("with some", {"listing": _VIEWED}),
            ),
        ),
    ]


def _of_forms() -> list[Sample]:
    wrong = {"words": "Reception", "count": "0", "email": "nobody", "day": "", "choice": "B"}
    refused = EveryField(
        {f"refused-{name}": said for name, said in wrong.items()}, prefix="refused"
    )
    refused.is_valid()
    refused.add_error(None, "The tenant is at its limit of 5 numbers; raise the limit first.")
    asks = {
        "action": "/parts/",
        "verb": "Suspend Oak Street Dental",
        "back": "/parts/",
        "consequences": ["Its people can look, but change nothing.", "Calls go on as they are."],
    }
    return [
        Sample(
            "Fields",
            "_fields.html",
            (
                State("empty", {"form": EveryField(prefix="empty")}),
                State("refused", {"form": refused}),
            ),
            uses=("_fields.html", "_field.html"),
        ),
        Sample(
            "Question before something grave",
            "parts/_confirm.html",
            (
                State("plain", asks),
                State("grave", asks | {"danger": True}),
                State("refused", asks | {"refusal": "It is suspended already, since 12:00."}),
            ),
        ),
    ]


def _of_time() -> list[Sample]:
    hours = [(NOON + timedelta(hours=hour), hour % 7 * 3, f"{hour} ms") for hour in range(24)]
    chart = {"label": "Time to answer", "chart": charts.bars(hours), "most": "18 ms at most"}
    none = charts.bars([(at, 0, words) for at, _, words in hours])
    return [
        Sample(
            "Progress",
            "parts/_progress.html",
            tuple(
                State(words, {"label": "Numbers decided", "done": done, "of": 8})
                for words, done in (("begun", 0), ("under way", 3), ("done", 8))
            ),
        ),
        Sample(
            "Timeline",
            "parts/_timeline.html",
            (
                State("with something", {"timeline": [(NOON, "Ada pointed it at Extension 101.")]}),
                State("with nothing", {"timeline": []}),
            ),
        ),
        Sample(
            "Way into the journal",
            "parts/_journal.html",
            (State("open to the reader", {"url": "/journal/", "label": "Journal"}),),
        ),
        Sample(
            "Chart",
            "carriers/_chart.html",
            (
                State("a day", chart),
                State("of something bad", chart | {"look": "chart-bad"}),
                State("of nothing", chart | {"chart": none, "most": "none"}),
            ),
        ),
        Sample(
            "Levels over days",
            "parts/_levels.html",
            (
                State("a month", {"picture": _month(gap=0), "label": "in service"}),
                State("with days not counted", {"picture": _month(gap=9), "label": "in service"}),
                State("small", {"picture": _month(gap=9), "label": "small", "look": "spark"}),
            ),
        ),
    ]


def _month(*, gap: int) -> Picture:
    days = [NOON.date() + timedelta(days=day) for day in range(30)]
    counts = [None if 5 <= day < 5 + gap else 800 + day * day for day in range(30)]
    (picture,) = drawn(days, [Series("IN_SERVICE", counts)])
    return picture

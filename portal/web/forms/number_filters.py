"""What narrows the list of numbers: read from the address, chosen in a panel, shown as chips."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import QueryDict

from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.permissions import FieldGroup, Permission
from dids.models import NumberTag, PhoneNumber
from dids.narrowing import Narrowing
from dids.states import NumberStatus
from portal.web.answers import plain
from portal.web.forms import MOST_CHOICES, PortalForm, RowField
from portal.web.forms.destinations import OPEN_KINDS
from trunks.models import CarrierAccount, Trunk
from trunks.numbering import NumberType

ALWAYS = ("search", "status")
"""What stands above the list; all else is in the panel."""
OF_CARRIER = ("carrier_account", "trunk")
_TYPES = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in NumberType]


class YesOrNoField(forms.TypedChoiceField):
    """A claim that is wanted to be true, or false, or either."""

    def __init__(self, *, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(
            choices=[("", "Either"), ("yes", yes), ("no", no)],
            coerce=lambda word: word == "yes",
            empty_value=None,
            required=False,
            **kwargs,
        )


class WordField(forms.CharField):
    """A word among those that are there; another one finds nothing."""

    widget = forms.Select

    def offer(self, words: QuerySet[Any, str], chosen: str) -> None:
        """Let choose among words."""
        known = {*([chosen] if chosen else []), *words[:MOST_CHOICES]}
        self.widget.choices = [("", "Any"), *((word, word) for word in sorted(known))]


class NumberFilterForm(PortalForm):
    """
    The filters of the list of numbers, as far as its reader can use them.

    What is chosen must be read on every page of the list, what could be chosen only in the panel.

    :param query: of the address; what is no filter in it is left alone
    :param with_choices: whether all choices are shown
    """

    search = forms.CharField(max_length=100, required=False)
    status = forms.ChoiceField(choices=[("", "Any status"), *NumberStatus.choices], required=False)
    country = WordField(max_length=2, required=False)
    type = forms.ChoiceField(choices=[("", "Any"), *_TYPES], required=False)
    holder = RowField(first="Anybody", required=False, help_text="And those below it.")
    tag = WordField(max_length=40, required=False)
    rings = YesOrNoField(yes="Points somewhere", no="Points nowhere")
    destination = forms.ChoiceField(
        choices=[("", "Any"), *OPEN_KINDS], required=False, label="Rings at"
    )
    offered = YesOrNoField(yes="Offered", no="Not offered")
    located = YesOrNoField(yes="Help is found", no="No emergency location", label="Calls for help")
    carrier_account = RowField(first="Any", required=False)
    trunk = RowField(first="Any", required=False)

    def __init__(self, query: QueryDict, *, actor: Actor, with_choices: bool = False) -> None:
        super().__init__({name: plain(query.get(name)) for name in query}, auto_id="%s")
        self._leave_out(actor)
        for name, words in _words(actor).items():
            field = cast(WordField, self.fields[name])
            field.offer(words if with_choices else words.none(), self._given(name))
        for name, rows in _rows(actor).items():
            if name in self.fields:
                self.offer(name, _choices(rows, self._given(name), with_choices=with_choices))
        self.full_clean()

    @property
    def narrowing(self) -> Narrowing:
        """Give what is wanted; a filter that cannot be read narrows nothing."""
        return cast(Narrowing, self.cleaned_data)

    @property
    def panel(self) -> list[forms.BoundField]:
        """Give the fields of the panel."""
        return [self[name] for name in self.fields if name not in ALWAYS]

    def chosen(self) -> Iterator[tuple[str, str, str]]:
        """Give name, label and words of every filter that narrows."""
        for name, value in self.cleaned_data.items():
            if value not in {None, ""}:
                yield name, str(self[name].label), self._said(name, value)

    @property
    def unknown(self) -> list[str]:
        """Give the labels of the filters that could not be read."""
        return [str(self[name].label) for name in self.errors]

    def _given(self, name: str) -> str:
        return str(self.data.get(name, ""))

    def _said(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, RowField):
            return str(value.name)
        named = dict(getattr(field, "choices", ()))
        return str(named.get(self._given(name), value))

    def _leave_out(self, actor: Actor) -> None:
        reach = actor.reach
        if reach is not None and reach.kind == Kind.TENANT:
            del self.fields["holder"]
        if not actor.may(Permission.ALLOT_NUMBERS):
            del self.fields["offered"]
        if not actor.sees(FieldGroup.CARRIER):
            for name in OF_CARRIER:
                del self.fields[name]


def _words(actor: Actor) -> dict[str, QuerySet[Any, str]]:
    numbers = PhoneNumber.objects.visible_to(actor).live().order_by()
    tags = NumberTag.objects.visible_to(actor)
    return {
        "country": numbers.values_list("country", flat=True).distinct(),
        "tag": tags.order_by("word").values_list("word", flat=True).distinct(),
    }


def _rows(actor: Actor) -> dict[str, QuerySet[Any]]:
    return {
        "holder": Organization.objects.visible_to(actor),
        "carrier_account": CarrierAccount.objects.visible_to(actor),
        "trunk": Trunk.objects.visible_to(actor),
    }


def _choices(rows: QuerySet[Any], given: str, *, with_choices: bool) -> QuerySet[Any]:
    """Give what can be chosen, what was chosen first: it must not fall off a long list."""
    try:
        chosen = Q(uuid=UUID(given))
    except ValueError:
        return rows.order_by("name") if with_choices else rows.none()
    if not with_choices:
        return rows.filter(chosen)
    first = ExpressionWrapper(chosen, output_field=BooleanField())
    return rows.order_by(first.desc(), "name")

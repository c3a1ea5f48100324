"""What is looked for at the carriers, and what is to happen with what is bought."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organization
from dids.destinations import OUTSIDE, Destination, DestinationKind
from dids.models import EmergencyLocation, WaiverKind, WhenFound
from dids.sieve import Sieve
from dids.workflows.ordering import MOST_LINES
from dids.workflows.waiving import LONGEST_REASON
from lib.keypad import LONGEST
from portal.web.forms import MOST_CHOICES, PortalForm, RowField
from portal.web.forms.destinations import spread
from portal.web.forms.emergency import HelpField, where_to_enter
from trunks.models import CarrierAccount, Trunk
from trunks.numbering import Capability, NumberType
from trunks.offers import Wanted

_CAN = {Capability.SMS: "SMS", Capability.MMS: "MMS"}
_DIGITS = r"^[0-9]+$"
_DOCUMENTS = {"": None, "no": False, "yes": True}


class SearchForm(PortalForm):
    """The question to the carriers."""

    country = forms.CharField(max_length=2, help_text="Two letters, such as US or GB.")
    type = forms.ChoiceField(
        choices=[(one.value, one.value.replace("_", " ").capitalize()) for one in NumberType],
        initial=NumberType.LOCAL.value,
    )
    area_code = forms.RegexField(
        _DIGITS,
        max_length=8,
        required=False,
        error_messages={"invalid": "Write digits only."},
        help_text="Without a leading zero, for example 312.",
    )
    begins_with = forms.RegexField(
        _DIGITS,
        max_length=12,
        required=False,
        error_messages={"invalid": "Write digits only."},
        help_text="After the area code.",
    )
    pattern = forms.CharField(
        max_length=LONGEST,
        required=False,
        label="Contains",
        help_text="Digits or a word as on the keys: PIZZA is 74992. "
        "* is any digits, ? is one: *CALL ends with 2255.",
    )
    locality = forms.CharField(max_length=100, required=False, label="City")
    region = forms.CharField(
        max_length=100, required=False, label="State or province", help_text="For example IL."
    )
    rate_center = forms.CharField(
        max_length=100,
        required=False,
        help_text="As it begins; only carriers that name it can offer something then.",
    )
    documents = forms.ChoiceField(
        choices=[("", "Either"), ("no", "Not needed"), ("yes", "Needed")], required=False
    )
    capabilities = forms.MultipleChoiceField(
        choices=[(one.value, _CAN.get(one, one.value.capitalize())) for one in Capability],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        required=False,
        label="It must be able to do",
    )
    limit = forms.IntegerField(min_value=1, max_value=100, initial=20, label="Offers per carrier")
    months = forms.IntegerField(
        min_value=1, max_value=120, initial=12, label="Compare the cost over months"
    )
    accounts = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        required=False,
        label="Carriers",
        help_text="None chosen means all of them.",
    )

    def __init__(self, data: Any = None, *, actor: Actor, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        active = CarrierAccount.objects.visible_to(actor).filter(
            status=CarrierAccount.Status.ACTIVE
        )
        self._accounts = {str(one.uuid): one for one in active.order_by("name")[:MOST_CHOICES]}
        chosen = self.fields["accounts"]
        if isinstance(chosen, forms.MultipleChoiceField):
            chosen.choices = [(key, one.name) for key, one in self._accounts.items()]

    def clean_country(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["country"]).upper()

    @property
    def chosen_accounts(self) -> list[CarrierAccount] | None:
        """Give the accounts to ask; None for all."""
        return [self._accounts[key] for key in self.cleaned_data["accounts"]] or None

    @property
    def wanted(self) -> Wanted:
        """Give the question in the carriers' vocabulary."""
        given = self.cleaned_data
        names = ("country", "area_code", "locality", "region", "limit")
        return Wanted(
            **{name: given[name] for name in names},
            prefix=given["begins_with"],
            type=NumberType(given["type"]),
            capabilities=frozenset(map(Capability, given["capabilities"])),
        )

    @property
    def sieve(self) -> Sieve:
        """Give what is chosen from the answers."""
        given = self.cleaned_data
        return Sieve(
            pattern=given["pattern"],
            rate_center=given["rate_center"],
            documents=_DOCUMENTS[given["documents"]],
        )


class PlanForm(PortalForm):
    """What is to happen with the numbers that are chosen, once they are ours."""

    holder = RowField(first="Our own stock", required=False, label="For whom")
    label = forms.CharField(
        max_length=100, required=False, help_text="Your own words, such as Reception."
    )
    kind = forms.ChoiceField(
        choices=[
            ("", "Nowhere yet"),
            *((kind.value, kind.label) for kind in DestinationKind if kind not in OUTSIDE),
        ],
        required=False,
        label="Rings at",
    )
    value = forms.CharField(
        max_length=64,
        required=False,
        label="Which one",
        help_text="As the PBX knows it, for example 101. Several numbers count up from there.",
    )
    trunk = RowField(
        first="The trunk that leads to their PBX", required=False, label="Delivered by"
    )
    emergency_location = HelpField(
        first="The default location of whoever holds it",
        required=False,
        label="Help is sent to",
        help_text="When somebody calls for help from it. One of the holder's, in the country of "
        "the number.",
        widget=forms.Select(attrs={"data-grouped-by": "holder"}),
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        required=False,
        label="Why it needs no help",
        help_text="In your words, for whoever asks later. Only where it is sent nowhere.",
    )
    next_best = forms.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        label="Take the next best up to",
        help_text="Where a carrier cannot be used now, a number of the same kind of this search "
        "takes the place, if it costs no more than this over the term. Empty keeps your choice.",
    )
    hold = forms.BooleanField(
        required=False,
        label="Hold the numbers for me while I look at the preview",
        help_text="Where the carrier holds numbers, nobody else can take them meanwhile.",
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        below = Organization.objects.visible_to(actor).exclude(
            pk=actor.reach.pk if actor.reach else 0
        )
        self.offer("holder", below.order_by("path"))
        self.offer("trunk", Trunk.objects.visible_to(actor).for_calls().order_by("name"))
        places = EmergencyLocation.objects.visible_to(actor).active()
        self.offer("emergency_location", places.order_by("organization__path", "label"))
        helped = self.fields["emergency_location"]
        if isinstance(helped, HelpField) and not helped.has_places:
            helped.help_text = where_to_enter(actor)

    def clean(self) -> dict[str, Any]:
        """Refuse words that would go unheard, and a waiver without a reason."""
        given = {**(super().clean() or {})}
        if self.errors:
            return given
        if self.waiver and not given["kind"]:
            self.add_error(
                "emergency_location",
                "A number that rings nowhere needs no waiver. Say where it rings, or leave this "
                "at the default.",
            )
        elif given["reason"] and not self.waiver:
            self.add_error("reason", "Leave this empty, or choose above why help is sent nowhere.")
        return given

    @property
    def location(self) -> EmergencyLocation | None:
        """Give where help is to be sent; None for the holder's default."""
        chosen = self.cleaned_data["emergency_location"]
        return chosen if isinstance(chosen, EmergencyLocation) else None

    @property
    def waiver(self) -> str:
        """Give why no help needs to be sent; empty where it does."""
        chosen = self.cleaned_data["emergency_location"]
        return chosen.value if isinstance(chosen, WaiverKind) else ""

    def destinations(self, count: int) -> list[Destination | None]:
        """Give where each of so many numbers rings: extensions count up, all else is for all."""
        kind = self.cleaned_data["kind"]
        if not kind:
            return [None] * count
        return [*spread(kind, self.cleaned_data["value"], count)]


class PickForm(PortalForm):
    """How many numbers are to be chosen from what was found."""

    count = forms.IntegerField(
        min_value=1,
        max_value=MOST_LINES,
        initial=10,
        label="How many",
        help_text="From all that was found.",
    )
    consecutive = forms.BooleanField(
        required=False,
        initial=True,
        label="Consecutive if possible",
        help_text="Long runs of one account first, then the cheapest.",
    )


class BackOrderForm(PortalForm):
    """How many are wanted, within which limits, and what happens once they are found."""

    quantity = forms.IntegerField(min_value=1, max_value=MOST_LINES, initial=1, label="How many")
    consecutive = forms.BooleanField(required=False, label="Consecutive if possible")
    when_found = forms.ChoiceField(choices=WhenFound.choices, label="Once found")
    most_each = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=4,
        required=False,
        label="A number at most",
        help_text="Set-up and first month. Needed where it is bought by itself.",
    )
    most_total = forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=4, required=False, label="All at most"
    )
    until = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}), help_text="The last day, within a year."
    )
    holder = RowField(first="Our own stock", required=False, label="For whom")
    label = forms.CharField(max_length=100, required=False, help_text="Your own words.")

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        month = timezone.localdate() + timedelta(days=30)
        super().__init__(data, initial={"until": month})
        below = Organization.objects.visible_to(actor).exclude(
            pk=actor.reach.pk if actor.reach else 0
        )
        self.offer("holder", below.order_by("path"))


def uuids(texts: list[str]) -> list[UUID]:
    """Read the ids that a form sends; what is none is left out, as nobody can have chosen it."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))

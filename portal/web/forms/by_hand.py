"""What staff enter about carriers that are worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.actors import Actor
from dids.workflows import quoting
from dids.workflows.quoting import Quote, Quoted, UnableToQuote
from portal.web.forms import PortalForm
from trunks.numbering import Capability, NumberType

_CAN = {Capability.SMS: "SMS", Capability.MMS: "MMS"}


LAST_YEAR = 2999


class QuoteForm(PortalForm):
    """Numbers that a carrier offered by mail or list."""

    numbers = forms.CharField(
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        label="Numbers and prices",
        help_text="One number a line; after it set-up and monthly price, parted by semicolons: "
        "0161 715 0001; 2.00; 0.50.",
    )
    country = forms.CharField(
        max_length=2,
        help_text="Two letters; in its national form numbers may be written.",
    )
    type = forms.ChoiceField(
        choices=[(one.value, one.value.replace("_", " ").capitalize()) for one in NumberType],
        initial=NumberType.LOCAL.value,
    )
    locality = forms.CharField(max_length=quoting.LONGEST_PLACE, required=False, label="City")
    currency = forms.CharField(max_length=3, help_text="Three letters, such as GBP.")
    until = forms.DateField(
        label="Valid until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The last day on which the carrier keeps its word.",
    )
    capabilities = forms.MultipleChoiceField(
        choices=[(one.value, _CAN.get(one, one.value.capitalize())) for one in Capability],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        initial=[Capability.VOICE.value],
        label="They can do",
    )

    def __init__(self, data: Any = None, *, actor: Actor, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        home = actor.reach
        self.zone = ZoneInfo(home.time_zone) if home else UTC

    def clean_country(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["country"]).upper()

    def clean_currency(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["currency"]).upper()

    def clean_until(self) -> date:
        """Refuse what no calendar goes beyond."""
        day: date = self.cleaned_data["until"]
        if day.year > LAST_YEAR:
            raise forms.ValidationError("Choose a day that is not so far away.")
        return day

    def clean(self) -> dict[str, Any]:
        """Read the list; what cannot be read is said beside it."""
        cleaned = super().clean() or {}
        if "numbers" in cleaned and "country" in cleaned:
            try:
                cleaned["read"] = quoting.read(cleaned["numbers"], country=cleaned["country"])
            except UnableToQuote as refusal:
                self.refuse(refusal)
        return cleaned

    @property
    def quoted(self) -> list[Quoted]:
        """Give the numbers with their prices."""
        return list(self.cleaned_data["read"])

    @property
    def quote(self) -> Quote:
        """Give what is said of all of them."""
        given = self.cleaned_data
        day_after = given["until"] + timedelta(days=1)
        return Quote(
            type=NumberType(given["type"]),
            currency=given["currency"],
            until=datetime.combine(day_after, time.min, tzinfo=self.zone),
            locality=given["locality"],
            capabilities=tuple(map(Capability, given["capabilities"])),
        )

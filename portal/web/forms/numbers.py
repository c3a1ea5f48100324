"""What is done with one number."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.models import Organization, OrganizationStatus
from dids.models import Offer, PhoneNumber
from dids.models.tags import LONGEST
from dids.workflows.assignment import LABEL_LENGTH
from dids.workflows.tagging import MOST_TAGS
from portal.web.forms import PortalForm, RowField
from trunks.models import Trunk

_MOST = MOST_TAGS * (LONGEST + 2)


class LabelForm(PortalForm):
    """What its holder calls a number."""

    label = forms.CharField(
        max_length=LABEL_LENGTH,
        required=False,
        help_text="Your own words. They go when the number changes hands.",
    )


class TagForm(PortalForm):
    """Words of one's own organization on a number: put on, taken off."""

    add = forms.CharField(
        max_length=_MOST, required=False, label="New tag", help_text="Several with commas between."
    )
    remove = forms.CharField(max_length=_MOST, required=False, widget=forms.HiddenInput)

    def clean_add(self) -> list[str]:
        """Give the single words."""
        return _words(self.cleaned_data["add"])

    def clean_remove(self) -> list[str]:
        """Give the single words."""
        return _words(self.cleaned_data["remove"])

    def clean(self) -> None:
        """Refuse a form that asks for nothing."""
        if not self.errors and not (self.cleaned_data["add"] or self.cleaned_data["remove"]):
            self.add_error("add", "Write a tag, such as reception.")


class ManyTagsForm(TagForm):
    """Words of one's own organization on many numbers."""

    add = forms.CharField(
        max_length=_MOST,
        required=False,
        label="Tags to put on",
        help_text="Several with commas between.",
    )
    remove = forms.CharField(max_length=_MOST, required=False, label="Tags to take off")

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)


class RecipientForm(PortalForm):
    """Who below one's own organization gets a number."""

    to = RowField(first="Choose an organization", label="Who gets it")

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        below = Organization.objects.visible_to(actor).filter(status=OrganizationStatus.ACTIVE)
        if actor.reach:
            below = below.exclude(pk=actor.reach.pk)
        self.offer("to", below.order_by("name"))


class WithdrawalForm(PortalForm):
    """Which offers of one's own end."""

    to = RowField(first="Whoever has one", required=False, label="Offers to")
    to_all = forms.BooleanField(required=False, label="Only offers to all organizations below")

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        offered = Offer.objects.visible_to(actor).open().filter(offered_by=actor.reach)
        buyers = Organization.objects.visible_to(actor).filter(pk__in=offered.values("to"))
        self.offer("to", buyers.order_by("name"))

    def clean(self) -> None:
        """Refuse both at once."""
        if self.cleaned_data.get("to") and self.cleaned_data.get("to_all"):
            self.add_error("to_all", "Choose an organization, or offers to all below.")


class ReleaseForm(PortalForm):
    """When a number goes back to its carrier."""

    on = forms.DateField(
        required=False,
        label="On",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty means at once.",
    )


class DeliveryForm(PortalForm):
    """The trunk to which the carrier shall deliver a number."""

    trunk = RowField(first="Choose a trunk", label="Trunk")

    def __init__(self, data: Any = None, *, actor: Actor, number: PhoneNumber) -> None:
        super().__init__(data)
        own = (
            Trunk.objects.visible_to(actor)
            .for_calls()
            .filter(carrier_account=number.carrier_account_id)
        )
        self.offer("trunk", own.order_by("name"))


def _words(text: str) -> list[str]:
    return [word for word in map(str.strip, text.split(",")) if word]

"""Who is created below one's own organization, and who is invited."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.models import Organization
from portal.web.forms import PortalForm, RowField
from portal.web.forms.zones import ZoneField
from provisioning.models import Pbx

_HIGHEST = 1_000_000


class BelowForm(PortalForm):
    """What tenants and dealers have in common."""

    name = forms.CharField(max_length=120)
    country = forms.CharField(max_length=2, help_text="Two letters, such as US.")
    time_zone = ZoneField(help_text="In it they read all times.")
    number_limit = forms.IntegerField(
        min_value=0, max_value=_HIGHEST, required=False, help_text="Empty means without a limit."
    )
    owner_email = forms.EmailField(
        label="E-mail of the first owner", help_text="Gets an invitation to sign in."
    )

    def clean_country(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["country"]).upper()


class TenantForm(BelowForm):
    """A tenant: somebody who phones."""

    sip_domain = forms.CharField(
        max_length=100, label="SIP domain", help_text="Their phones register with it."
    )
    pbx = RowField(first="Choose a PBX", label="PBX", help_text="It switches their calls.")

    field_order = ("name", "owner_email", "sip_domain", "pbx", "country", "time_zone")

    def __init__(self, data: Any = None, *, actor: Actor, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.offer("pbx", Pbx.objects.visible_to(actor).order_by("name"))


class DealerForm(BelowForm):
    """A dealer: somebody who resells."""

    currency = forms.CharField(max_length=3, help_text="Three letters, such as USD.")
    tenant_limit = forms.IntegerField(
        min_value=0, max_value=_HIGHEST, required=False, help_text="Empty means without a limit."
    )
    credit_limit = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=4,
        initial=0,
        help_text="So far the account may go below zero, in its currency.",
    )

    field_order = ("name", "owner_email", "country", "currency", "time_zone", "number_limit")

    def __init__(self, data: Any = None, *, actor: Actor, initial: Any = None) -> None:
        super().__init__(data, initial=initial)

    def clean_currency(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["currency"]).upper()


class ReasonForm(PortalForm):
    """Why something grave is done; the journal keeps it."""

    reason = forms.CharField(max_length=300, required=False, help_text="The journal keeps it.")


def started_from(organization: Organization) -> dict[str, str]:
    """Give what is most likely the same below an organization as in it."""
    return {
        "country": organization.country,
        "time_zone": organization.time_zone,
        "currency": organization.currency,
    }

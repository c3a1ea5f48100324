"""Who is created below one's own organization, who is invited, and what is changed later."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.workflows.changing import Wish
from portal.web.forms import PortalForm, RowField
from portal.web.forms.zones import ZoneField
from provisioning.models import Pbx

_HIGHEST = 1_000_000
_KEEPS = "Empty means without a limit. Fewer than it has now takes nothing away."


def _limit(help_text: str = "Empty means without a limit.") -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=_HIGHEST, required=False, help_text=help_text)


def _credit_limit() -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=4,
        initial=0,
        help_text="So far the account may go below zero, in its currency.",
    )


class ParticularsForm(PortalForm):
    """What every organization has."""

    name = forms.CharField(max_length=120)
    country = forms.CharField(max_length=2, help_text="Two letters, such as US.")
    time_zone = ZoneField(help_text="In it they read all times.")
    number_limit = _limit()

    def clean_country(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["country"]).upper()


class ChangeForm(ParticularsForm):
    """What of an organization can be another later; its currency stays for good."""

    number_limit = _limit(_KEEPS)
    tenant_limit = _limit(_KEEPS)

    def __init__(self, data: Any = None, *, kind: str, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if kind != Kind.DEALER:
            del self.fields["tenant_limit"]
        if kind == Kind.PROVIDER:
            del self.fields["number_limit"]

    @property
    def wish(self) -> Wish:
        """Give what was entered as the workflow takes it."""
        return cast(Wish, self.cleaned_data)


class BelowForm(ParticularsForm):
    """What tenants and dealers have in common when they come in."""

    owner_email = forms.EmailField(
        label="E-mail of the first owner", help_text="Gets an invitation to sign in."
    )


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
    tenant_limit = _limit()
    credit_limit = _credit_limit()

    field_order = ("name", "owner_email", "country", "currency", "time_zone", "number_limit")

    def __init__(self, data: Any = None, *, actor: Actor, initial: Any = None) -> None:
        super().__init__(data, initial=initial)

    def clean_currency(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["currency"]).upper()


class AccountForm(PortalForm):
    """An account to be opened."""

    currency = forms.CharField(
        max_length=3, help_text="Three letters, such as USD. It stays for good."
    )
    credit_limit = _credit_limit()

    def clean_currency(self) -> str:
        """Take small letters too."""
        return str(self.cleaned_data["currency"]).upper()


class CreditLimitForm(PortalForm):
    """How far an account may go below zero."""

    credit_limit = _credit_limit()


class CreditForm(PortalForm):
    """Money that came in by another way."""

    amount = forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=4, help_text="In the currency of the account."
    )
    reason = forms.CharField(
        max_length=300,
        required=False,
        help_text="Such as the number of a bank transfer. The journal keeps it.",
    )


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

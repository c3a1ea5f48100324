"""What staff enter about carriers, trunks and PBXs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils import timezone

from lib.e164 import DidFormat
from lib.money import Money
from portal.web.forms import PortalForm, RowField
from trunks.offers import GatewaySpec, Transport
from trunks.roles import Carrier

FORMATS = {
    DidFormat.PLUS_E164: "with plus and country code: +13125550100",
    DidFormat.E164: "with country code, no plus: 13125550100",
    DidFormat.NATIONAL: "as dialled in the country: 3125550100",
}


class CredentialsForm(PortalForm):
    """The credentials of an account, as its carrier wants them; they are never shown again."""

    def __init__(self, adapter: type[Carrier], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.adapter = adapter
        for key in self._keys:
            is_open = key in adapter.open_credentials
            self.fields[key] = forms.CharField(
                max_length=4000,
                label=key.replace("_", " ").capitalize(),
                required=key not in adapter.optional_credentials,
                help_text=self._help(key),
                widget=forms.TextInput(attrs={"autocomplete": "off"})
                if is_open
                else forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            )

    @property
    def credentials(self) -> dict[str, str]:
        """Give what was entered, by the carrier's own words."""
        return {key: self.cleaned_data[key] for key in self._keys}

    @property
    def _keys(self) -> tuple[str, ...]:
        return (*self.adapter.needed_credentials, *self.adapter.optional_credentials)

    def _help(self, key: str) -> str:
        words = f"Copy it from {self.adapter.name}'s portal."
        if key in self.adapter.optional_credentials:
            words = f"Copy it from {self.adapter.name}'s portal, if there is one."
        if key in self.adapter.open_credentials:
            return words
        return f"{words} It is stored sealed, never shown."


class AccountForm(CredentialsForm):
    """An account to be connected."""

    name = forms.CharField(
        max_length=80, label="Name", help_text="Your own words, such as Telnyx US."
    )


class PauseForm(PortalForm):
    """Why an account is not to be used for a while."""

    reason = forms.CharField(
        max_length=300, required=False, label="Why", help_text="Stands in the journal."
    )


class WarningForm(PortalForm):
    """From what balance down staff are warned."""

    below = forms.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        label="Warn below",
        help_text="From this balance down the account stands among what needs somebody. "
        "Empty warns once nothing is left.",
        localize=False,
    )


class BalanceForm(PortalForm):
    """What a person saw that is left at a carrier."""

    amount = forms.DecimalField(
        max_digits=14, decimal_places=2, label="Left at the carrier", localize=False
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        help_text="Three letters, such as USD.",
        error_messages={"invalid": "Give three letters, such as USD or EUR."},
    )
    at = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}),
        label="On",
        help_text="The day on which you looked, or that of the invoice.",
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        # It stands on one page with the form of fees, which asks for a currency too.
        super().__init__(data, auto_id="id_balance_%s", **kwargs)

    @property
    def balance(self) -> Money:
        """Give what was entered as the workflow takes it."""
        return Money(self.cleaned_data["amount"], self.cleaned_data["currency"].upper())

    def moment(self, now: datetime) -> datetime:
        """Give when it was seen: this moment if today, else the start of that day."""
        on: date = self.cleaned_data["at"]
        here = timezone.localtime(now)
        return now if on == here.date() else datetime.combine(on, time.min, here.tzinfo)


class TrunkForm(PortalForm):
    """A trunk to be made at a carrier."""

    carrier_account = RowField(first="Choose an account", label="Carrier account")
    name = forms.CharField(max_length=60, label="Name")
    did_format = forms.ChoiceField(choices=list(FORMATS.items()), label="Numbers arrive")
    gateways = forms.CharField(
        max_length=6000,
        required=False,
        label="Our gateways",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: host, port and transport, such as sip.example.com:5060 UDP. Empty "
        "where you register.",
    )
    password = forms.CharField(
        max_length=64,
        required=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    source_addresses = forms.CharField(
        max_length=6000,
        label="The carrier's signalling addresses",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One IP address a line. Calls from elsewhere are not let in.",
    )

    def name_registering(self, carriers: Sequence[str]) -> None:
        """Say which carriers make trunks at which one registers."""
        self.fields["password"].help_text = (
            f"Only to register at the carrier ({', '.join(carriers)}) instead of being called at "
            "gateways. It is stored sealed, never shown; the carrier says the login."
        )

    def clean_gateways(self) -> list[GatewaySpec]:
        """Read the gateways; one that cannot be read is named."""
        return [gateway_of(line) for line in lines(self.cleaned_data["gateways"])]

    def clean_source_addresses(self) -> list[str]:
        """Give an address for each line."""
        return lines(self.cleaned_data["source_addresses"])


class PbxForm(PortalForm):
    """A PBX to be added."""

    name = forms.CharField(max_length=80, label="Name")
    authoritative = forms.BooleanField(
        required=False, label="Numbers that this portal does not publish exist nowhere else on it"
    )


class TargetForm(PortalForm):
    """A machine that answers calls."""

    name = forms.CharField(max_length=80, label="Name")
    address = forms.CharField(
        max_length=128, label="Address", help_text="Such as sip:192.0.2.10:5060;transport=udp."
    )
    set = forms.IntegerField(min_value=1, max_value=9999, initial=1, label="Target set")
    priority = forms.IntegerField(
        min_value=0, max_value=1000, initial=10, label="Priority", help_text="Lower is tried first."
    )
    weight = forms.IntegerField(min_value=0, max_value=1000, initial=50, label="Weight")


class AttachForm(PortalForm):
    """A trunk whose calls a PBX shall let in."""

    trunk = RowField(first="Choose a trunk", label="Trunk")
    country = forms.CharField(
        max_length=2,
        required=False,
        label="Country",
        help_text="Two letters, only for a trunk that sends national numbers.",
    )


def lines(text: str) -> list[str]:
    """Give what stands on each line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def gateway_of(line: str) -> GatewaySpec:
    """Read host, port and transport; what is not said is 5060 and UDP."""
    place, _, transport = line.partition(" ")
    try:
        parts = urlsplit(f"//{place}")
        return GatewaySpec(
            host=parts.hostname or "",
            port=parts.port if parts.port is not None else 5060,
            transport=Transport((transport.strip() or "UDP").upper()),
        )
    except ValueError:
        raise forms.ValidationError(
            f"“{line[:80]}” is no gateway. Write host:port and a transport "
            f"({', '.join(Transport)}), such as sip.example.com:5060 UDP."
        ) from None


class CompareForm(PortalForm):
    """How a carrier's list is to be compared."""

    believes_short_list = forms.BooleanField(required=False)


class DismissForm(PortalForm):
    """Why a difference is left as it is."""

    reason = forms.CharField(max_length=300)


class SettleForm(PortalForm):
    """What is to be done about a difference."""

    choice = forms.CharField(max_length=30, required=False)
    confirmed = forms.BooleanField(required=False)

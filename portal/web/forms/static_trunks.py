"""What staff enter about a trunk that somebody made at the carrier by hand."""

from __future__ import annotations

from typing import Any

from django import forms

from lib.e164 import DidFormat
from portal.web.forms import PortalForm, RowField
from portal.web.forms.wires import FORMATS, gateway_of, lines
from trunks.description import Auth, Carries, Codec, Header, TrunkDescription
from trunks.offers import GatewaySpec

_KNOWN = ", ".join(Codec)


def _several(label: str, help_text: str, *, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        max_length=6000,
        required=False,
        label=label,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class StaticTrunkForm(PortalForm):
    """A trunk as it is at the carrier; `WHAT`, `CALLS` and `OUTGOING` say how a page groups it."""

    name = forms.CharField(max_length=60, label="Name")
    carrier_reference = forms.CharField(
        max_length=80,
        required=False,
        label="The carrier's reference",
        help_text="By which it knows the trunk, such as the number of an endpoint group. Carriers "
        "with an interface need it to deliver numbers there.",
    )
    auth = forms.ChoiceField(choices=Auth.choices, label="Recognised", initial=Auth.IP)
    hosts = _several(
        "The carrier's hosts",
        "One a line: host, port and transport, such as sip.example.com:5060 UDP. The first is "
        "tried first.",
    )
    source_addresses = _several(
        "The carrier's signalling addresses",
        "One IP address a line. PBXs let in calls from these only.",
    )
    gateways = _several(
        "Our gateways", "Where the carrier delivers calls, as it was told: one a line, like hosts."
    )
    registered_addresses = _several(
        "Our addresses that the carrier knows", "One IP address a line.", rows=1
    )
    username = forms.CharField(
        max_length=200,
        required=False,
        label="Username",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Of whoever registers. It is stored sealed, never shown.",
    )
    password = forms.CharField(
        max_length=200,
        required=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="It is stored sealed, never shown.",
    )
    did_format = forms.ChoiceField(choices=list(FORMATS.items()), label="Numbers arrive")
    channels = forms.IntegerField(
        min_value=1, required=False, label="Channels", help_text="Calls at once; empty if not said."
    )
    cli_format = forms.ChoiceField(
        choices=list(FORMATS.items()), label="The caller's number is written"
    )
    caller_id_in = forms.MultipleChoiceField(
        choices=Header.choices,
        required=False,
        label="The caller's number goes into",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    asserts_carrier_host = forms.BooleanField(
        required=False, label="P-Asserted-Identity names the carrier's host, not ours"
    )
    codecs = forms.CharField(
        max_length=60,
        required=False,
        label="Codecs",
        help_text=f"In our order of preference, such as PCMA PCMU. Known are {_KNOWN}.",
    )
    takes_emergency_calls = forms.BooleanField(
        required=False, label="Emergency calls may leave by it"
    )
    attestation = forms.CharField(
        max_length=200,
        required=False,
        label="Attestation",
        help_text="How the carrier attests our callers, in your words.",
    )
    sender_id = forms.CharField(
        max_length=30, required=False, label="Sender", help_text="In whose name messages are sent."
    )

    WHAT = ("carrier_account", "carries", "name", "carrier_reference", "auth")
    CALLS = ("hosts", "source_addresses", "gateways", "registered_addresses")
    SECRETS = ("username", "password")
    OUTGOING = (
        *("did_format", "channels", "cli_format", "caller_id_in", "asserts_carrier_host"),
        *("codecs", "takes_emergency_calls", "attestation", "sender_id"),
    )

    def clean_hosts(self) -> tuple[GatewaySpec, ...]:
        """Read the carrier's hosts, tried in the order in which they stand."""
        read = [gateway_of(line) for line in lines(self.cleaned_data["hosts"])]
        return _numbered(read)

    def clean_gateways(self) -> tuple[GatewaySpec, ...]:
        """Read our gateways; one that cannot be read is named."""
        return tuple(gateway_of(line) for line in lines(self.cleaned_data["gateways"]))

    def clean_source_addresses(self) -> tuple[str, ...]:
        """Give an address for each line."""
        return tuple(lines(self.cleaned_data["source_addresses"]))

    def clean_registered_addresses(self) -> tuple[str, ...]:
        """Give an address for each line."""
        return tuple(lines(self.cleaned_data["registered_addresses"]))

    def clean_codecs(self) -> tuple[Codec, ...]:
        """Read the codecs, each once."""
        words = self.cleaned_data["codecs"].replace(",", " ").upper().split()
        for word in words:
            if word not in Codec.values:
                raise forms.ValidationError(f"“{word[:20]}” is no codec. Known are {_KNOWN}.")
        return tuple(map(Codec, dict.fromkeys(words)))

    def description(self, *, carries: Carries) -> TrunkDescription:
        """Give what was entered."""
        said = self.cleaned_data
        secrets = {key: said[key] for key in self.SECRETS if said[key]}
        plain = {key: said[key] for key in _PLAIN}
        return TrunkDescription(
            carries=carries,
            auth=Auth(said["auth"]),
            did_format=DidFormat(said["did_format"]),
            cli_format=DidFormat(said["cli_format"]),
            caller_id_in=tuple(map(Header, said["caller_id_in"])),
            credentials=secrets or None,
            **plain,
        )


class NewStaticTrunkForm(StaticTrunkForm):
    """A trunk that is not known yet."""

    carrier_account = RowField(first="Choose an account", label="Carrier account")
    carries = forms.ChoiceField(
        choices=Carries.choices,
        label="It carries",
        help_text="Never changes. What carries messages only is kept off numbers and PBXs.",
    )


def initial_of(wish: TrunkDescription) -> dict[str, Any]:
    """Give what a form shows of a description."""
    said = {key: getattr(wish, key) for key in _PLAIN}
    return {
        **said,
        **{key: getattr(wish, key) for key in ("carries", "auth", "did_format", "cli_format")},
        "hosts": "\n".join(map(_written, wish.hosts)),
        "gateways": "\n".join(map(_written, wish.gateways)),
        "source_addresses": "\n".join(wish.source_addresses),
        "registered_addresses": "\n".join(wish.registered_addresses),
        "caller_id_in": list(wish.caller_id_in),
        "codecs": " ".join(wish.codecs),
    }


_PLAIN = (
    *("name", "carrier_reference", "hosts", "gateways", "source_addresses"),
    *("registered_addresses", "asserts_carrier_host", "codecs", "channels"),
    *("sender_id", "takes_emergency_calls", "attestation"),
)
"""The fields that a form and a description have alike."""


def _numbered(read: list[GatewaySpec]) -> tuple[GatewaySpec, ...]:
    return tuple(
        GatewaySpec(host=host.host, port=host.port, transport=host.transport, priority=place)
        for place, host in enumerate(read, start=1)
    )


def _written(place: GatewaySpec) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{host}:{place.port} {place.transport}"

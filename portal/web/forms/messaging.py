"""Who sends text messages and what for, and where those to a number go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.permissions import FieldGroup
from dids.models import (
    BrandKind,
    Campaign,
    MessagesTo,
    MessagingRoute,
    PhoneNumber,
    TollFreeVerification,
)
from dids.states import FeatureStatus
from portal.web.forms import PortalForm, RowField
from trunks import capabilities, registry
from trunks.messaging import SECTORS, USE_CASES
from trunks.models import CarrierAccount
from trunks.operations import Operation, Way
from trunks.toll_free import KINDS, OPT_INS, VOLUMES
from trunks.toll_free import USE_CASES as FREE_USE_CASES


def _words(choices: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(word, word.replace("_", " ").capitalize()) for word in choices]


class BrandForm(PortalForm):
    """Who sends, as the registry of text messages wants to know it."""

    kind = forms.ChoiceField(choices=BrandKind.choices, label="Sort of business")
    name = forms.CharField(max_length=100, help_text="Under which your customers know you.")
    legal_name = forms.CharField(
        max_length=100, help_text="Letter by letter as the tax office writes it."
    )
    tax_id = forms.CharField(
        max_length=20,
        required=False,
        label="Tax id",
        help_text="The EIN in the United States, such as 12-3456789. It is stored sealed.",
    )
    sector = forms.ChoiceField(choices=_words(SECTORS))
    website = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(max_length=100, label="E-mail of whoever helps with messages")
    phone = forms.CharField(max_length=16, help_text="Such as +13125550100.")
    street = forms.CharField(max_length=100)
    city = forms.CharField(max_length=100)
    region = forms.CharField(max_length=20, label="State", help_text="Two letters, such as IL.")
    postal_code = forms.CharField(max_length=10)
    country = forms.CharField(max_length=2, initial="US")
    stock_symbol = forms.CharField(
        max_length=10, required=False, help_text="For companies on a stock exchange."
    )
    stock_exchange = forms.CharField(max_length=10, required=False, help_text="Such as NASDAQ.")
    first_name = forms.CharField(
        max_length=100,
        required=False,
        help_text="Of whoever answers for it; not every registry asks for a person.",
    )
    last_name = forms.CharField(max_length=100, required=False)
    account = RowField(first="The one with most of your numbers", required=False)

    def __init__(self, data: Any = None, *, actor: Actor, is_new: bool = True, **more: Any) -> None:
        super().__init__(data, **more)
        if is_new and actor.sees(FieldGroup.CARRIER):
            self.offer("account", CarrierAccount.objects.visible_to(actor).order_by("name"))
        else:
            del self.fields["account"]

    def words(self) -> dict[str, str]:
        """Give what was filled in, as the registry writes it."""
        given = {name: str(value) for name, value in self.cleaned_data.items() if name != "account"}
        return {**given, "country": given["country"].upper(), "region": given["region"].upper()}


class CampaignForm(PortalForm):
    """What is sent, and how people agree to it."""

    name = forms.CharField(max_length=100, help_text="Your own word for it.")
    use_case = forms.ChoiceField(choices=_words(USE_CASES), label="What it is for")
    description = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What is sent",
        help_text="To whom, why and how often.",
    )
    opt_in = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="How people agree to it",
        help_text="Where they do so and what they read there. Vague words are refused.",
    )
    samples = forms.CharField(
        max_length=1300,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Messages as they will be sent",
        help_text="Two to five, one a line.",
    )
    opt_in_words = forms.CharField(
        max_length=255, required=False, label="Words that begin it", help_text="Such as START."
    )
    opt_out_words = forms.CharField(max_length=255, initial="STOP", label="Words that end it")
    help_words = forms.CharField(max_length=255, initial="HELP", label="Words that ask for help")
    help_answer = forms.CharField(
        max_length=255, label="Answer to them", help_text="Who you are and how to reach you."
    )
    opt_in_answer = forms.CharField(
        max_length=255,
        required=False,
        label="Answer to words that begin it",
        help_text="Twenty characters or more. Not every registry asks for it, as for what follows.",
    )
    opt_out_answer = forms.CharField(
        max_length=255, required=False, label="Answer to words that end it"
    )
    terms = forms.URLField(
        max_length=255,
        required=False,
        assume_scheme="https",
        label="Web address of your terms",
    )

    def clean_samples(self) -> list[str]:
        """Give the single messages."""
        lines = map(str.strip, str(self.cleaned_data["samples"]).splitlines())
        return [line for line in lines if line]


class _CarryingField(RowField):
    """An account that carries messages; of each it is said who tells its carrier where they go."""

    def offer(self, rows: QuerySet[Any]) -> None:
        super().offer(rows)
        named = [(key, f"{row.name}, {_how(row)}") for key, row in self._rows.items()]
        self.choices = [("", self._first), *named]


def _how(account: CarrierAccount) -> str:
    by = capabilities.way(registry.carrier(account.carrier), Operation.TEXTS)
    return "by its interface" if by == Way.API else "by a person"


class MessagesForm(PortalForm):
    """Where the text messages to a number go."""

    to = forms.ChoiceField(choices=MessagesTo.choices, label="Messages go to")
    address = forms.CharField(
        max_length=300,
        required=False,
        label="Web address",
        help_text="Only for an address of your own: it begins with https://.",
    )
    account = _CarryingField(
        first="That of the number",
        required=False,
        label="Account that carries messages",
        help_text="Another one where the number takes messages at another carrier than calls.",
    )

    def __init__(self, data: Any = None, *, number: PhoneNumber, actor: Actor, **more: Any) -> None:
        super().__init__(data, **more)
        if actor.sees(FieldGroup.CARRIER):
            known = CarrierAccount.objects.visible_to(actor).filter(carrier__in=registry.slugs())
            others = known.exclude(pk=number.carrier_account_id)
            self.offer("account", others.order_by("name", "pk"))
        else:
            del self.fields["account"]

    def wish(self, number: PhoneNumber) -> dict[str, Any]:
        """Give what was chosen; who may not choose the account leaves it as it is."""
        chosen = self.cleaned_data
        if "account" not in chosen:
            return chosen
        return {**chosen, "account": chosen["account"] or number.carrier_account}

    @classmethod
    def of(cls, number: PhoneNumber, there: MessagingRoute | None, actor: Actor) -> MessagesForm:
        """Show where they go."""
        is_on = there is not None and there.status not in {
            FeatureStatus.OFF,
            FeatureStatus.UNWANTED,
        }
        if there is None or not is_on:
            return cls(initial={"to": MessagesTo.OFF}, number=number, actor=actor)
        own = there.address if there.target == MessagesTo.WEBHOOK else ""
        is_other = there.carrier_account_id != number.carrier_account_id
        account = str(there.carrier_account.uuid) if is_other else ""
        shown = {"to": there.target, "address": own, "account": account}
        return cls(initial=shown, number=number, actor=actor)


class VerificationForm(PortalForm):
    """Who sends from a toll-free number, what, and how people agree to it."""

    kind = forms.ChoiceField(choices=_words(KINDS), label="Sort of business")
    business = forms.CharField(max_length=100, label="Legal name of the business")
    registration = forms.CharField(
        max_length=30,
        required=False,
        help_text="The EIN in the United States. Only a sole proprietor has none.",
    )
    website = forms.CharField(max_length=200, help_text="Such as https://oak.example.")
    street = forms.CharField(max_length=100)
    city = forms.CharField(max_length=100)
    region = forms.CharField(max_length=20, label="State", help_text="Two letters, such as IL.")
    postal_code = forms.CharField(max_length=10)
    country = forms.CharField(max_length=2, initial="US")
    first_name = forms.CharField(max_length=50, label="First name of whoever can be asked")
    last_name = forms.CharField(max_length=50, label="Last name")
    email = forms.EmailField(max_length=100, label="E-mail")
    phone = forms.CharField(max_length=16, help_text="Such as +13125550100.")
    use_case = forms.ChoiceField(choices=_words(FREE_USE_CASES), label="What it is for")
    summary = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What is sent",
        help_text="To whom, why and how often.",
    )
    sample = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="A message as it will be sent",
    )
    volume = forms.TypedChoiceField(
        choices=[(count, f"up to {count:,}") for count in VOLUMES],
        coerce=int,
        label="Messages a month",
    )
    opt_in_by = forms.ChoiceField(choices=_words(OPT_INS), label="Where people agree to it")
    opt_in = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="How people agree to it",
        help_text="When they do so and what they read there.",
    )
    opt_in_urls = forms.CharField(
        max_length=2600,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Web addresses that show it",
        help_text="Pictures or pages that everybody can open, one a line.",
    )

    @classmethod
    def of(cls, there: TollFreeVerification | None) -> VerificationForm:
        """Show what was said."""
        if there is None:
            return cls()
        words = {name: getattr(there, name) for name in cls.base_fields}
        return cls(initial={**words, "opt_in_urls": "\n".join(there.opt_in_urls)})

    def clean_opt_in_urls(self) -> list[str]:
        """Give the single addresses."""
        lines = map(str.strip, str(self.cleaned_data["opt_in_urls"]).splitlines())
        return [line for line in lines if line]


class JoinForm(PortalForm):
    """For which campaign a number sends."""

    campaign = RowField(first="None", required=False, label="Campaign")

    def __init__(self, data: Any = None, *, rows: QuerySet[Campaign], **more: Any) -> None:
        super().__init__(data, **more)
        self.offer("campaign", rows)

"""How each feature is spoken about to carriers; what they share is in `dids.workflows.features`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from dids import registering
from dids.models import (
    Brand,
    CallerName,
    Campaign,
    EmergencyRegistration,
    Feature,
    Filing,
    MessagingRoute,
    NumberCampaign,
    TollFreeVerification,
)
from dids.states import FeatureStatus
from dids.workflows.dossiers import dossier_of, numbers_of
from lib.e164 import E164
from trunks import registry
from trunks.deadlines import Deadline
from trunks.features import CallerNames, Standing
from trunks.messaging import BrandSpec, CampaignSpec
from trunks.roles import (
    AsksForDocuments,
    Carrier,
    EnablesMessaging,
    JoinsCampaigns,
    RegistersCampaigns,
    SetsCallerName,
    VerifiesTollFree,
)
from trunks.toll_free import VerificationSpec


@dataclass(frozen=True, kw_only=True)
class Craft:
    """
    What a kind of feature needs said.

    :ivar related: what is read with a row
    :ivar does: whether an adapter takes the feature, as it is wanted, by its interface
    :ivar send: asks for it; one outside write that has an effect
    :ivar read: looks up how it stands
    :ivar remove: takes it off; repeatable
    :ivar repeatable: whether asking twice does no harm; if not, what cannot be found again after a
        lost answer is for a person
    :ivar waits: whether something else must be in force first
    :ivar rereads: whether it is read again, day by day, while it is in force
    :ivar of_numbers: whether it belongs to a number, and goes before the number does
    :ivar stays: whether it outlasts a change of holder, until the next one wants something else
    :ivar refusal: why it must not be asked for at all; empty where it may
    :ivar is_over: whether nobody wants it any more, so that it is not asked for
    """

    model: type[Feature]
    related: tuple[str, ...]
    does: Callable[[type[Carrier], Any], bool]
    send: Callable[[Any, Any, Deadline], Standing]
    read: Callable[[Any, Any, Deadline], Standing]
    remove: Callable[[Any, Any, Deadline], None]
    repeatable: bool = True
    rereads: bool = False
    of_numbers: bool = True
    stays: bool = False
    refusal: Callable[[Any], str] = lambda _row: ""
    is_over: Callable[[Any], bool] = lambda _row: False
    waits: Callable[[Any], bool] = lambda _row: False

    def is_by_hand(self, row: Feature) -> bool:
        """Tell whether people do at the row's carrier what its adapter does not take."""
        return not self.does(registry.carrier(row.account.carrier), row)


def kind_of(row: Feature) -> str:
    """Give the name of a row's kind in `CRAFTS`."""
    return str(row._meta.model_name)


def names_of(row: CallerName) -> CallerNames:
    """Say what is wanted of names, and of whose business."""
    # A business that sends messages has said how the registry knows it.
    brands = Brand.objects.filter(organization=row.organization, carrier_account=row.account)
    legal_name = brands.order_by("-pk").values_list("legal_name", flat=True).first()
    return CallerNames(
        text=row.text,
        shows_callers=row.shows_callers,
        business=legal_name or row.organization.name,
    )


def _names_callers(adapter: type[Carrier], row: CallerName) -> bool:
    return issubclass(adapter, SetsCallerName) and (
        (adapter.lists_names or not row.text)
        and (adapter.looks_up_callers or not row.shows_callers)
    )


def _set_names(carrier: SetsCallerName, row: CallerName, deadline: Deadline) -> Standing:
    number = row.number
    return carrier.set_caller_names(
        E164(number.e164),
        names_of(row),
        carrier_reference=number.carrier_reference,
        deadline=deadline,
    )


def _read_names(carrier: SetsCallerName, row: CallerName, deadline: Deadline) -> Standing:
    number = row.number
    return carrier.caller_names_of(
        E164(number.e164),
        names_of(row),
        carrier_reference=number.carrier_reference,
        deadline=deadline,
    )


def _remove_names(carrier: SetsCallerName, row: CallerName, deadline: Deadline) -> None:
    number = row.number
    carrier.set_caller_names(
        E164(number.e164),
        CallerNames(),
        carrier_reference=number.carrier_reference,
        deadline=deadline,
    )


def _takes_documents(adapter: type[Carrier], _row: Filing) -> bool:
    return issubclass(adapter, AsksForDocuments)


def _hand_in(carrier: AsksForDocuments, row: Filing, deadline: Deadline) -> Standing:
    return carrier.file(dossier_of(row), reference=str(row.uuid), deadline=deadline)


def _read_filing(carrier: AsksForDocuments, row: Filing, deadline: Deadline) -> Standing:
    return carrier.filing_standing(
        reference=str(row.uuid), numbers=numbers_of(row), deadline=deadline
    )


def _withdraw(carrier: AsksForDocuments, row: Filing, deadline: Deadline) -> None:
    carrier.withdraw_filing(reference=str(row.uuid), deadline=deadline)


def brand_spec(row: Brand) -> BrandSpec:
    """Give a brand as carriers are told of it."""
    names = (field.name for field in fields(BrandSpec))
    return BrandSpec(**{name: getattr(row, name) for name in names})


def campaign_spec(row: Campaign) -> CampaignSpec:
    """Give a campaign as carriers are told of it."""
    told = {field.name: getattr(row, field.name) for field in fields(CampaignSpec)}
    return CampaignSpec(**{**told, "samples": tuple(row.samples)})


def _register_brand(carrier: RegistersCampaigns, row: Brand, deadline: Deadline) -> Standing:
    return carrier.register_brand(
        brand_spec(row),
        reference=str(row.uuid),
        carrier_reference=row.carrier_reference,
        deadline=deadline,
    )


def _read_brand(carrier: RegistersCampaigns, row: Brand, deadline: Deadline) -> Standing:
    return carrier.brand_standing(
        brand_spec(row),
        reference=str(row.uuid),
        carrier_reference=row.carrier_reference,
        deadline=deadline,
    )


def _register_campaign(carrier: RegistersCampaigns, row: Campaign, deadline: Deadline) -> Standing:
    return carrier.register_campaign(
        campaign_spec(row),
        brand_reference=row.brand.carrier_reference,
        reference=str(row.uuid),
        carrier_reference=row.carrier_reference,
        deadline=deadline,
    )


def _read_campaign(carrier: RegistersCampaigns, row: Campaign, deadline: Deadline) -> Standing:
    return carrier.campaign_standing(
        brand_reference=row.brand.carrier_reference,
        reference=str(row.uuid),
        carrier_reference=row.carrier_reference,
        deadline=deadline,
    )


def _end_brand(carrier: RegistersCampaigns, row: Brand, deadline: Deadline) -> None:
    if row.carrier_reference:
        carrier.end_brand(row.carrier_reference, deadline=deadline)


def _end_campaign(carrier: RegistersCampaigns, row: Campaign, deadline: Deadline) -> None:
    if row.carrier_reference:
        carrier.end_campaign(row.carrier_reference, deadline=deadline)


def _links(adapter: type[Carrier], row: NumberCampaign) -> bool:
    return issubclass(adapter, JoinsCampaigns) and bool(row.campaign.carrier_reference)


def _link(carrier: JoinsCampaigns, row: NumberCampaign, deadline: Deadline) -> Standing:
    return carrier.join_campaign(
        E164(row.number.e164),
        campaign_reference=row.campaign.carrier_reference,
        carrier_reference=row.number.carrier_reference,
        deadline=deadline,
    )


def _read_link(carrier: JoinsCampaigns, row: NumberCampaign, deadline: Deadline) -> Standing:
    return carrier.campaign_of(
        E164(row.number.e164),
        campaign_reference=row.campaign.carrier_reference,
        carrier_reference=row.number.carrier_reference,
        deadline=deadline,
    )


def _unlink(carrier: JoinsCampaigns, row: NumberCampaign, deadline: Deadline) -> None:
    carrier.leave_campaign(
        E164(row.number.e164),
        carrier_reference=row.number.carrier_reference,
        deadline=deadline,
    )


def verification_spec(row: TollFreeVerification) -> VerificationSpec:
    """Give a verification as carriers are told of it."""
    told = {field.name: getattr(row, field.name) for field in fields(VerificationSpec)}
    return VerificationSpec(**{**told, "opt_in_urls": tuple(row.opt_in_urls)})


def _verify(carrier: VerifiesTollFree, row: TollFreeVerification, deadline: Deadline) -> Standing:
    spec = verification_spec(row)
    return carrier.verify_toll_free(E164(row.number.e164), spec, deadline=deadline)


def _read_verification(
    carrier: VerifiesTollFree, row: TollFreeVerification, deadline: Deadline
) -> Standing:
    return carrier.toll_free_standing(E164(row.number.e164), deadline=deadline)


def _end_verification(
    carrier: VerifiesTollFree, row: TollFreeVerification, deadline: Deadline
) -> None:
    carrier.end_toll_free(E164(row.number.e164), deadline=deadline)


def _route(carrier: EnablesMessaging, row: MessagingRoute, deadline: Deadline) -> Standing:
    return carrier.route_messages(
        E164(row.number.e164),
        row.address,
        carrier_reference=row.reference_there,
        deadline=deadline,
    )


def _read_route(carrier: EnablesMessaging, row: MessagingRoute, deadline: Deadline) -> Standing:
    return carrier.messages_of(
        E164(row.number.e164),
        row.address,
        carrier_reference=row.reference_there,
        deadline=deadline,
    )


def _unroute(carrier: EnablesMessaging, row: MessagingRoute, deadline: Deadline) -> None:
    carrier.route_messages(
        E164(row.number.e164), "", carrier_reference=row.reference_there, deadline=deadline
    )


CRAFTS: Mapping[str, Craft] = {
    # The first to go: once a number is somebody else's, help must not be sent to us for it.
    "emergencyregistration": Craft(
        model=EmergencyRegistration,
        related=("number__carrier_account__owner", "location"),
        does=registering.takes,
        send=registering.register,
        read=registering.read,
        remove=registering.unregister,
        stays=True,
        refusal=registering.refusal,
        is_over=lambda row: row.number.holder_id != row.organization_id,
    ),
    "filing": Craft(
        model=Filing,
        related=("carrier_account__owner",),
        does=_takes_documents,
        send=_hand_in,
        read=_read_filing,
        remove=_withdraw,
        of_numbers=False,
    ),
    "callername": Craft(
        model=CallerName,
        related=("number__carrier_account__owner",),
        does=_names_callers,
        send=_set_names,
        read=_read_names,
        remove=_remove_names,
    ),
    "messagingroute": Craft(
        model=MessagingRoute,
        related=("number__carrier_account", "carrier_account__owner"),
        does=lambda adapter, _row: issubclass(adapter, EnablesMessaging),
        send=_route,
        read=_read_route,
        remove=_unroute,
    ),
    "tollfreeverification": Craft(
        model=TollFreeVerification,
        related=("number__carrier_account__owner",),
        does=lambda adapter, _row: issubclass(adapter, VerifiesTollFree),
        send=_verify,
        read=_read_verification,
        remove=_end_verification,
        rereads=True,
    ),
    "numbercampaign": Craft(
        model=NumberCampaign,
        related=("number", "campaign__brand__carrier_account__owner"),
        does=_links,
        send=_link,
        read=_read_link,
        remove=_unlink,
        waits=lambda row: row.campaign.status != FeatureStatus.ACTIVE,
    ),
    "campaign": Craft(
        model=Campaign,
        related=("brand__carrier_account__owner",),
        does=lambda adapter, row: (
            issubclass(adapter, RegistersCampaigns) and bool(row.brand.carrier_reference)
        ),
        send=_register_campaign,
        read=_read_campaign,
        remove=_end_campaign,
        repeatable=False,
        rereads=True,
        of_numbers=False,
        waits=lambda row: row.brand.status != FeatureStatus.ACTIVE,
    ),
    "brand": Craft(
        model=Brand,
        related=("carrier_account__owner",),
        does=lambda adapter, _row: issubclass(adapter, RegistersCampaigns),
        send=_register_brand,
        read=_read_brand,
        remove=_end_brand,
        repeatable=False,
        rereads=True,
        of_numbers=False,
    ),
}

"""Where the text messages to a number go, and for which campaign it sends."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.work import acting
from dids.models import (
    Campaign,
    Feature,
    MessagesTo,
    MessagingRoute,
    NumberCampaign,
    PhoneNumber,
    TollFreeVerification,
)
from dids.states import FeatureStatus
from dids.workflows import feature_wishes, leaving
from dids.workflows.handover import locked
from dids.workflows.standing import require_seat
from lib.locks import no_key
from lib.refusals import UnableTo
from trunks.models import CarrierAccount
from trunks.numbering import NumberType

Row = TypeVar("Row", bound=Feature)
LONGEST_ADDRESS = 300
VERIFIED_IN = ("US", "CA")
"""Where networks block messages of toll-free numbers that are not verified."""
_GOING = (FeatureStatus.OFF, FeatureStatus.UNWANTED)


class UnableToMessage(UnableTo):
    """The number's messages cannot go there."""

    code = "cannot_message"


def route(
    *,
    number: PhoneNumber,
    to: str,
    address: str = "",
    account: CarrierAccount | None = None,
    actor: Actor,
    now: datetime,
) -> MessagingRoute:
    """
    Say where the text messages to a number go; the carrier hands them on by itself.

    :param address: a web address of the holder's own; the phone system has one of ours
    :param account: that carries its messages; by default the one that does, or that of the number
    :raises UnableToMessage: naming the field that must change
    :raises UnableToStandIn: if the number is somebody else's
    """
    there_to = checked_address(to, address)
    with acting(actor):
        row = held(number, actor)
        if to != MessagesTo.OFF and (refusal := why_gated(row)):
            raise UnableToMessage(refusal, field="to")
        routes = MessagingRoute.objects.select_related("carrier_account")
        there = no_key(routes.filter(number=row)).first()
        there = there or MessagingRoute.objects.create(
            number=row,
            organization=row.holder,
            carrier_account=row.carrier_account,
            status_since=now,
        )
        if to == MessagesTo.OFF:
            if there.status not in _GOING:
                feature_wishes.unwant(there, actor=actor, now=now)
            return there
        feature_wishes.want(
            there,
            actor=actor,
            now=now,
            organization=row.holder,
            target=to,
            address=there_to,
            carrier_account=_carrying(there, row, account),
        )
    return there


def _carrying(
    there: MessagingRoute, number: PhoneNumber, account: CarrierAccount | None
) -> CarrierAccount:
    """Give the account that carries the messages from now on."""
    is_on = there.status not in _GOING and there.organization_id == number.holder_id
    usual = there.carrier_account if is_on else number.carrier_account
    wanted = account or usual
    if wanted != there.carrier_account and there.perhaps_there:
        raise UnableToMessage(
            f"{there.carrier_account.name} carries the messages of {number.e164}. Switch them off "
            "first, then choose another account.",
            field="account",
        )
    return wanted


def join(
    *, number: PhoneNumber, campaign: Campaign | None, actor: Actor, now: datetime
) -> NumberCampaign | None:
    """
    Let a number send for a campaign, or for none.

    :raises UnableToMessage: if the campaign is at another account or on its way out
    :raises UnableToStandIn: if the number or the campaign is somebody else's
    """
    with acting(actor):
        row = held(number, actor)
        there = no_key(NumberCampaign.objects.filter(number=row)).first()
        if campaign is None:
            if there is not None and there.status not in _GOING:
                require_silent(row)
                feature_wishes.unwant(there, actor=actor, now=now)
            return there
        require_seat(actor, campaign.organization, what=campaign.name)
        if campaign.status in _GOING:
            raise UnableToMessage(f"{campaign.name} has ended. Choose another.", field="campaign")
        if row.type == NumberType.TOLL_FREE:
            raise UnableToMessage(
                f"{row.e164} is toll-free: it is verified, and in no campaign.", field="campaign"
            )
        if row.country != "US":
            raise UnableToMessage(
                f"{row.e164} needs no campaign: only numbers of the United States do.",
                field="campaign",
            )
        there = there or NumberCampaign.objects.create(
            number=row, campaign=campaign, organization=row.holder, status_since=now
        )
        feature_wishes.want(there, actor=actor, now=now, organization=row.holder, campaign=campaign)
    return there


def why_gated(number: PhoneNumber) -> str:
    """Say what a number lacks before it may have messages; empty where it lacks nothing."""
    is_free = number.type == NumberType.TOLL_FREE
    if number.country not in (VERIFIED_IN if is_free else ("US",)):
        return ""
    leave = _verified(number) if is_free else _in_campaign(number)
    if leave.exists():
        return ""
    if is_free:
        return (
            f"Networks block messages of toll-free numbers that are not verified. Have "
            f"{number.e164} verified first, and wait until that is in force."
        )
    return (
        f"Networks block messages of unregistered numbers. Choose a campaign for {number.e164} "
        "first, and wait until it is in force."
    )


def _verified(number: PhoneNumber) -> QuerySet[TollFreeVerification]:
    return TollFreeVerification.objects.filter(
        number=number, organization=number.holder_id, status=FeatureStatus.ACTIVE
    )


def _in_campaign(number: PhoneNumber) -> QuerySet[NumberCampaign]:
    return NumberCampaign.objects.filter(
        number=number,
        organization=number.holder_id,
        status=FeatureStatus.ACTIVE,
        # The networks end a campaign with all of its numbers.
        campaign__status=FeatureStatus.ACTIVE,
    )


def checked_address(to: str, address: str) -> str:
    """
    Give the web address to which messages go.

    :raises UnableToMessage: if it is none to which a carrier may send
    """
    if to == MessagesTo.OFF:
        return ""
    if to == MessagesTo.PBX:
        if not settings.PBX_MESSAGES_URL:
            raise UnableToMessage(
                "The phone system takes no messages here. Choose a web address of your own.",
                field="to",
            )
        return str(settings.PBX_MESSAGES_URL)
    if to != MessagesTo.WEBHOOK:
        raise UnableToMessage("Choose where messages go.", field="to")
    text = address.strip()
    parts = _split(text)
    if parts is None or len(text) > LONGEST_ADDRESS:
        raise UnableToMessage(
            "Write a whole web address that begins with https://.", field="address"
        )
    if not settings.MESSAGES_TO_PRIVATE_ADDRESSES and _is_private(parts):
        raise UnableToMessage(
            "The carrier cannot reach this address from outside. Name a public one.",
            field="address",
        )
    return text


def _split(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    is_whole = parts.scheme == "https" and not parts.username and " " not in text
    return host if is_whole else None


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        # A name of one part, or one that only a network of its own knows.
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def held(number: PhoneNumber, actor: Actor) -> PhoneNumber:
    """
    Lock a number whose messages its holder may change.

    :raises UnableToMessage: if it is on its way out
    :raises UnableToStandIn: if it is somebody else's
    """
    (row,) = locked([number])
    require_seat(actor, row.holder, what=row.e164)
    if why := leaving.why_gone(row):
        raise UnableToMessage(why)
    return row


def require_silent(number: PhoneNumber) -> None:
    """
    Refuse to take away what a number's messages need.

    :raises UnableToMessage: if it has messages
    """
    if MessagingRoute.objects.filter(number=number).exclude(status__in=_GOING).exists():
        raise UnableToMessage(
            f"{number.e164} has messages. Switch them off first.",
            field="campaign",
        )

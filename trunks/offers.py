"""What is said between the product and its carriers: frozen values in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lib.e164 import E164, DidFormat
from lib.money import Money
from trunks.errors import Reason
from trunks.numbering import Capability, NumberType


class Transport(StrEnum):
    """How SIP travels between a carrier and a gateway."""

    UDP = "UDP"
    TCP = "TCP"
    TLS = "TLS"


class LineStatus(StrEnum):
    """What has become of one number of an order."""

    PENDING = "PENDING"
    BOUGHT = "BOUGHT"
    FAILED = "FAILED"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """
    What somebody looks for; empty text means "any".

    :param country: ISO 3166 alpha-2
    :param area_code: national destination code, without trunk prefix
    :param prefix: digits the national number starts with, after the area code if one is given
    :param contains: digits that stand anywhere in the number
    :param region: state or province as the carrier writes it, such as IL
    :param limit: as many numbers as are wanted at most
    """

    country: str
    type: NumberType = NumberType.LOCAL
    area_code: str = ""
    prefix: str = ""
    contains: str = ""
    locality: str = ""
    region: str = ""
    capabilities: frozenset[Capability] = frozenset()
    limit: int = 20


@dataclass(frozen=True, kw_only=True)
class FoundNumber:
    """A number that the carrier would sell now; a price of None was not told."""

    number: E164
    country: str
    type: NumberType
    region: str = ""
    locality: str = ""
    rate_center: str = ""
    capabilities: frozenset[Capability] = frozenset()
    setup: Money | None = None
    monthly: Money | None = None
    needs_documents: bool = False


@dataclass(frozen=True, kw_only=True)
class OrderedNumber:
    """
    One number of an order; `reason` is the carrier's own words where it failed.

    :param word: the carrier's status where we don't know it: PENDING then, and a person must look
    :param refusal: why it failed, in our words
    """

    number: E164
    status: LineStatus
    carrier_reference: str = ""
    reason: str = ""
    word: str = ""
    refusal: Reason = Reason.OTHER


@dataclass(frozen=True, kw_only=True)
class PlacedOrder:
    """An order as the carrier knows it; its reference is empty where carriers keep no orders."""

    carrier_reference: str
    numbers: tuple[OrderedNumber, ...]


def bought(references: Mapping[E164, str]) -> PlacedOrder:
    """
    Give the order of a carrier that keeps none: its numbers are ours, or it would not be there.

    :param references: the carrier's reference of each number
    """
    lines = tuple(
        OrderedNumber(number=number, status=LineStatus.BOUGHT, carrier_reference=reference)
        for number, reference in references.items()
    )
    return PlacedOrder(carrier_reference="", numbers=lines)


@dataclass(frozen=True, kw_only=True)
class Hold:
    """
    Numbers that the carrier keeps for us for a while.

    :param numbers: those that it holds; those in neither list it does not
    :param pending: those of which it has not decided yet
    :param until: when the first of them lapses; None where none is held
    """

    carrier_reference: str
    numbers: tuple[E164, ...]
    until: datetime | None
    pending: tuple[E164, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OwnedNumber:
    """
    A number that is ours at the carrier.

    :param trunk_reference: the carrier's reference of the trunk it is delivered to, or empty
    :param our_reference: what we sent along when we bought it, where the carrier kept that
    :param active: whether the carrier says that it is in service
    """

    number: E164
    carrier_reference: str
    trunk_reference: str = ""
    our_reference: str = ""
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class GatewaySpec:
    """A place of ours that takes calls from a carrier; lower priorities come first."""

    host: str
    port: int = 5060
    transport: Transport = Transport.UDP
    priority: int = 1
    weight: int = 1


@dataclass(frozen=True, kw_only=True)
class TrunkSpec:
    """
    A trunk as it should be at the carrier.

    :param source_addresses: the carrier's signalling addresses from which calls come to us; kept
        here for adapters that must ask for them
    :param password: with which we register there, so that no gateway is named; empty where calls
        go to gateways
    """

    name: str
    gateways: tuple[GatewaySpec, ...]
    source_addresses: tuple[str, ...] = ()
    did_format: DidFormat = DidFormat.PLUS_E164
    password: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class MadeTrunk:
    """
    A trunk that exists at the carrier.

    :param login: the name with which we register there, where we do
    """

    carrier_reference: str
    login: str = ""


@dataclass(frozen=True, kw_only=True)
class Hint:
    """
    What a carrier's message is about; never believed, only a reason to read the object again.

    :param event_id: unique at the carrier account
    :param kind: the carrier's own word
    """

    event_id: str
    kind: str
    carrier_reference: str = ""
    our_reference: str = ""
    numbers: tuple[E164, ...] = ()

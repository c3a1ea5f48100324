"""The tables of this application."""

from __future__ import annotations

from trunks.models.accounts import CarrierAccount
from trunks.models.events import CarrierEvent
from trunks.models.exchanges import Exchange
from trunks.models.fees import CarrierFee
from trunks.models.hosts import CarrierHost
from trunks.models.trunks import Gateway, SourceAddress, Trunk

__all__ = [
    "CarrierAccount",
    "CarrierEvent",
    "CarrierFee",
    "CarrierHost",
    "Exchange",
    "Gateway",
    "SourceAddress",
    "Trunk",
]

"""Numbers, who holds them, where they ring and how they are bought."""

from __future__ import annotations

from dids.models.assignments import Assignment
from dids.models.audits import Audit, Finding, FindingKind
from dids.models.back_orders import BackOrder, WhenFound
from dids.models.bindings import CarrierBinding
from dids.models.blocks import NumberBlock
from dids.models.brands import Brand, BrandKind, Campaign, NumberCampaign
from dids.models.caller_names import CallerName
from dids.models.carrier_holds import CarrierHold
from dids.models.carrier_orders import CarrierOrder
from dids.models.documents import Document, DocumentType, DocumentUse
from dids.models.emergency import (
    EmergencyLocation,
    EmergencyRegistration,
    EmergencyWaiver,
    ExtensionLocation,
    WaiverKind,
)
from dids.models.features import Feature
from dids.models.filings import Filing, FilingPart, RequirementList
from dids.models.holdings import Holding
from dids.models.imports import Import, ImportPiece, ImportRow, Verdict
from dids.models.messaging import MessagesTo, MessagingRoute
from dids.models.numbers import PhoneNumber
from dids.models.offers import Offer
from dids.models.orders import NumberOrder, OrderLine
from dids.models.releases import Release
from dids.models.searches import FoundOffer, NumberSearch
from dids.models.tags import NumberTag
from dids.models.tallies import NumberTally
from dids.models.tasks import Task, TaskKind
from dids.models.toll_free import TollFreeVerification

__all__ = [
    "Assignment",
    "Audit",
    "BackOrder",
    "Brand",
    "BrandKind",
    "CallerName",
    "Campaign",
    "CarrierBinding",
    "CarrierHold",
    "CarrierOrder",
    "Document",
    "DocumentType",
    "DocumentUse",
    "EmergencyLocation",
    "EmergencyRegistration",
    "EmergencyWaiver",
    "ExtensionLocation",
    "Feature",
    "Filing",
    "FilingPart",
    "Finding",
    "FindingKind",
    "FoundOffer",
    "Holding",
    "Import",
    "ImportPiece",
    "ImportRow",
    "MessagesTo",
    "MessagingRoute",
    "NumberBlock",
    "NumberCampaign",
    "NumberOrder",
    "NumberSearch",
    "NumberTag",
    "NumberTally",
    "Offer",
    "OrderLine",
    "PhoneNumber",
    "Release",
    "RequirementList",
    "Task",
    "TaskKind",
    "TollFreeVerification",
    "Verdict",
    "WaiverKind",
    "WhenFound",
]

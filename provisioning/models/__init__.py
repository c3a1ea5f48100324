"""The tables of provisioning: switches, who and what is on them, and the routes they are fed."""

from __future__ import annotations

from provisioning.models.acks import NodeAck
from provisioning.models.dirty import DirtyRoute, Lane, Scope
from provisioning.models.hosting import TenantOnPbx, TrunkOnPbx
from provisioning.models.nodes import PbxNode
from provisioning.models.pbxs import Pbx
from provisioning.models.routes import InboundRoute, RouteChange, RouteHead, RouterFact, Table

__all__ = [
    "DirtyRoute",
    "InboundRoute",
    "Lane",
    "NodeAck",
    "Pbx",
    "PbxNode",
    "RouteChange",
    "RouteHead",
    "RouterFact",
    "Scope",
    "Table",
    "TenantOnPbx",
    "TrunkOnPbx",
]

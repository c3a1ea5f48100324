"""What can happen to switches, their machines, and what is on them."""

from __future__ import annotations

from accounts.journal import Touches, declare

PBX_CREATED = declare("provisioning.pbx.created", "{actor} added the PBX {name}.")
PBX_CHANGED = declare("provisioning.pbx.changed", "{actor} changed the PBX {name}.")
TARGET_ADDED = declare(
    "provisioning.node.target_added",
    "{actor} added the target {name} at {address} to {pbx}.",
    touches={Touches.CALLS},
)
NODE_ENROLLED = declare(
    "provisioning.node.enrolled",
    "{actor} let the router {name} read the routes of {pbx}.",
    touches={Touches.CALLS},
)
NODE_REMOVED = declare(
    "provisioning.node.removed", "{actor} removed {name} from {pbx}.", touches={Touches.CALLS}
)
TENANT_PLACED = declare(
    "provisioning.tenant.placed",
    "{actor} placed {organization} on {pbx} as {sip_domain}.",
    touches={Touches.CALLS},
)
TRUNK_ATTACHED = declare(
    "provisioning.trunk.attached",
    "{actor} attached the trunk {trunk} to {pbx}.",
    provider_only={"trunk"},
    touches={Touches.CALLS},
)
TRUNK_DETACHED = declare(
    "provisioning.trunk.detached",
    "{actor} detached the trunk {trunk} from {pbx}.",
    provider_only={"trunk"},
    touches={Touches.CALLS},
)

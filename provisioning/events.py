"""What can happen to switches, their machines, and what is on them."""

from __future__ import annotations

from accounts.journal import declare

PBX_CREATED = declare("provisioning.pbx.created", "{actor} added the PBX {name}.")
PBX_CHANGED = declare("provisioning.pbx.changed", "{actor} changed the PBX {name}.")
TARGET_ADDED = declare(
    "provisioning.node.target_added", "{actor} added the target {name} at {address} to {pbx}."
)
NODE_ENROLLED = declare(
    "provisioning.node.enrolled", "{actor} let the router {name} read the routes of {pbx}."
)
NODE_REMOVED = declare("provisioning.node.removed", "{actor} removed {name} from {pbx}.")
TENANT_PLACED = declare(
    "provisioning.tenant.placed", "{actor} placed {organization} on {pbx} as {sip_domain}."
)
TRUNK_ATTACHED = declare(
    "provisioning.trunk.attached",
    "{actor} attached the trunk {trunk} to {pbx}.",
    provider_only={"trunk"},
)
TRUNK_DETACHED = declare(
    "provisioning.trunk.detached",
    "{actor} detached the trunk {trunk} from {pbx}.",
    provider_only={"trunk"},
)

"""Which switches, and what on them, an actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.models import Kind
from accounts.reach import ReachQuerySet

if TYPE_CHECKING:
    from accounts.actors import Actor
    from provisioning.models import Pbx, TenantOnPbx  # noqa: F401 - named in the bases


class PbxQuerySet(models.QuerySet["Pbx"]):
    """Switches: the provider runs them, dealers choose one for a tenant, tenants are on one."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the switches that the actor may know of."""
        reach = actor.reach
        if reach is None or reach.kind != Kind.TENANT:
            return self
        return self.filter(tenants__tenant=reach)


class HostedQuerySet(ReachQuerySet["TenantOnPbx"]):
    """Places of tenants, seen by the tenant and those above it."""

    owner = "tenant"

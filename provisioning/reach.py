"""Which switches, and what on them, an actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.actors import Actor
    from provisioning.models import Pbx, TenantOnPbx

_PROVIDER = "PROVIDER"
_TENANT = "TENANT"


class PbxQuerySet(models.QuerySet["Pbx"]):
    """Switches: the provider runs them, dealers choose one for a tenant, tenants are on one."""

    def visible_to(self, actor: Actor) -> PbxQuerySet:
        """Keep the switches that the actor may know of."""
        reach = actor.reach
        if reach is None or reach.kind != _TENANT:
            return self
        return self.filter(tenants__tenant=reach)


class HostedQuerySet(models.QuerySet["TenantOnPbx"]):
    """Tenants on switches."""

    def visible_to(self, actor: Actor) -> HostedQuerySet:
        """Keep the places of organizations within the actor's reach."""
        reach = actor.reach
        if reach is None or reach.kind == _PROVIDER:
            return self
        return self.filter(tenant__path__startswith=reach.path)

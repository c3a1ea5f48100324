"""Who and what is on a switch: tenants with their SIP domain, trunks with their senders."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from provisioning.models.pbxs import Pbx
from provisioning.reach import HostedQuerySet


class TenantOnPbx(models.Model):
    """
    Place a tenant on a switch under its SIP domain.

    ``set`` is the set of targets that its calls are sent to.
    """

    # A tenant lives on one switch: its numbers then have one home, and "live" one meaning.
    tenant = models.OneToOneField(
        "accounts.Organization", on_delete=models.PROTECT, related_name="on_pbx"
    )
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, related_name="tenants")
    sip_domain = models.CharField(max_length=100, unique=True)
    remote_id = models.CharField(max_length=80, blank=True, default="")
    set = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects: ClassVar[HostedQuerySet] = HostedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sip_domain_is_a_lower_case_host_name",
                condition=Q(sip_domain__regex=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sip_domain} ({self.pk})"


class TrunkOnPbx(models.Model):
    """
    Let the calls of a trunk into a switch.

    ``country`` (ISO 3166 code) tells how to read numbers of a trunk that sends national ones.
    """

    trunk = models.ForeignKey("trunks.Trunk", on_delete=models.PROTECT, related_name="on_pbxs")
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, related_name="trunks")
    country = models.CharField(max_length=2, blank=True, default="")
    remote_id = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trunk", "pbx"], name="trunk_once_on_pbx"),
        ]

    def __str__(self) -> str:
        return f"trunk {self.trunk_id} on PBX {self.pbx_id} ({self.pk})"

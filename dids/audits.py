"""Audits and their findings as lists and pages show them."""

from __future__ import annotations

from uuid import UUID

from accounts.actors import Actor
from dids.models import Audit, Finding
from dids.models.audits import FindingQuerySet
from trunks.models import CarrierAccount


def findings(
    actor: Actor,
    *,
    carrier_account: UUID | None = None,
    kind: str = "",
    status: str = "",
    number: str = "",
) -> FindingQuerySet:
    """
    Give the differences that an actor may see, ready to be shown.

    :param carrier_account: only those of this account, by its public id
    :param number: only those about this number, in E.164
    """
    wanted = {
        "account__uuid": carrier_account,
        "kind": kind,
        "status": status,
        "e164": number,
    }
    rows = Finding.objects.visible_to(actor)
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return rows.select_related("account__owner")


def latest(account: CarrierAccount) -> Audit | None:
    """Give the newest comparison of an account."""
    return Audit.objects.filter(account=account).order_by("-pk").first()

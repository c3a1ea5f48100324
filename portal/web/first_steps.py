"""What staff set up before the first call can come in, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from accounts.actors import Actor
from accounts.permissions import Permission
from dids.models import PhoneNumber
from provisioning.models import Pbx
from trunks.models import CarrierAccount, Trunk


@dataclass(frozen=True)
class Step:
    """
    One step of the set-up.

    :ivar request: the call of the API that does it
    """

    words: str
    request: str
    is_done: bool


_STEPS: tuple[tuple[str, str, type[models.Model]], ...] = (
    (
        "Connect an account at a carrier, and check it.",
        "POST /api/v1/carrier-accounts",
        CarrierAccount,
    ),
    ("Add the PBX that rings the phones.", "POST /api/v1/pbxs", Pbx),
    ("Make a trunk, and attach it to the PBX.", "POST /api/v1/trunks", Trunk),
    ("Search the carriers, and buy a number.", "POST /api/v1/searches", PhoneNumber),
)


def steps_for(actor: Actor) -> list[Step]:
    """Give the steps as long as one of them is left, to those who may take them."""
    if not actor.may(Permission.MANAGE_CARRIERS):
        return []
    steps = [
        Step(words, request, model._default_manager.exists()) for words, request, model in _STEPS
    ]
    return [] if all(step.is_done for step in steps) else steps

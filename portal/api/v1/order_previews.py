"""Previews of orders: what all that make one from found offers have in common."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.models import Kind, Organization
from dids import inventory
from dids.models import FoundOffer, NumberOrder
from dids.workflows import carrier_holds
from portal.api.resource import Resource
from portal.api.v1.order_shapes import PreviewShape
from provisioning import delivery
from provisioning.refusals import UnableToRoute
from trunks.models import Trunk


def orders_of(actor: Actor) -> models.QuerySet[NumberOrder]:
    """Give the orders an actor may see, with what their shape needs."""
    return inventory.orders(actor)


class Previewing(Resource):
    """What makes a preview of found offers."""

    def offers(self, wanted: list[UUID]) -> dict[UUID, FoundOffer]:
        """Give the found offers that the actor may see; the workflow refuses what is missing."""
        rows = FoundOffer.objects.visible_to(self.actor).filter(uuid__in=wanted)
        rows = rows.select_related("carrier_account", "search")
        return {offer.uuid: offer for offer in rows}

    def trunk(
        self,
        wanted: UUID | None,
        offer: FoundOffer | None,
        *,
        holder: Organization,
        rings: bool,
        at: str,
    ) -> Trunk | None:
        """
        Give the trunk that a line names, else the one that leads to a tenant's PBX.

        :param rings: whether the number is to ring somewhere, so that it needs one
        :raises ValidationError: if the actor may not see it, or none leads there
        """
        if wanted:
            own = Trunk.objects.visible_to(self.actor)
            return self.named(own, wanted, field=f"{at}.trunk")
        if offer is None or holder.kind != Kind.TENANT:
            return None
        try:
            return delivery.trunk_wanted(account=offer.carrier_account, holder=holder, rings=rings)
        except UnableToRoute as refusal:
            raise ValidationError({f"{at}.trunk": [str(refusal)]}) from None

    def payer(self, wanted: UUID | None) -> Organization:
        """
        Give the organization whose account pays.

        :raises ValidationError: if the actor may not see it
        """
        if wanted is None:
            return self.organization
        return self.named(Organization.objects.visible_to(self.actor), wanted, field="payer")

    def hold(self, offers: Iterable[FoundOffer]) -> None:
        """Have what can be held of some offers held until their order is submitted."""
        carrier_holds.want_what_can_be_held(
            offers=list(offers),
            organization=self.organization,
            actor=self.actor,
            now=timezone.now(),
        )

    def preview(self, made: NumberOrder) -> Response:
        """Answer with a preview that was just made."""
        found = self.find(orders_of(self.actor), pk=made.pk)
        return self.shown(PreviewShape, found, status=201, location=f"/api/v1/orders/{made.uuid}")

"""So many numbers of a search, chosen for the caller and put into a preview."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.permissions import Permission
from dids import picking
from dids.models import NumberSearch
from dids.workflows import ordering
from portal.actor import requires
from portal.api.shapes import Asked, Shown
from portal.api.v1.order_previews import Previewing, orders_of
from portal.api.v1.order_shapes import PreviewShape
from portal.api.work import writes


class PickWish(Asked):
    """How many numbers are wanted, and for whom."""

    count = serializers.IntegerField(min_value=1, max_value=ordering.MOST_LINES)
    consecutive = serializers.BooleanField(
        default=True, help_text="Long runs of one carrier account first, then the cheapest."
    )
    payer = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whose account pays: by default one's own organization, else one below it.",
    )
    holder = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="By default the payer's stock."
    )
    label = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")  # type: ignore[assignment]
    hold = serializers.BooleanField(
        default=False,
        help_text="Have the numbers held until the order is submitted, where carriers hold any.",
    )


class RunShape(Shown):
    """Consecutive numbers of one carrier account."""

    first = serializers.CharField()
    last = serializers.CharField()
    count = serializers.IntegerField()


class PickedShape(Shown):
    """What was chosen, and the preview that was made of it."""

    wanted = serializers.IntegerField()
    found = serializers.IntegerField()
    in_words = serializers.CharField(help_text="Such as: 32 of 50, one run of 20.")
    runs = RunShape(many=True)
    order = PreviewShape()


class Picks(Previewing):
    """Numbers chosen from a search."""

    @extend_schema(request=PickWish, responses={201: PickedShape})
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, search: UUID) -> Response:
        """Choose so many of what was found up to now, and freeze them into a preview."""
        wish = self.body(PickWish)
        found = self.find(NumberSearch.objects.visible_to(self.actor), uuid=search)
        picked = picking.pick_from(found, count=wish["count"], consecutive=wish["consecutive"])
        payer = self.payer(wish["payer"])
        holder = self.holder(wish["holder"]) or payer
        offers = self.offers(picked.offers)
        order = ordering.draft(
            lines=[
                ordering.LineWish(
                    offer_id=key,
                    holder=holder,
                    label=wish["label"],
                    trunk=self.trunk(
                        None, offers.get(key), holder=holder, rings=False, at="holder"
                    ),
                )
                for key in picked.offers
            ],
            payer=payer,
            actor=self.actor,
            now=timezone.now(),
        )
        if wish["hold"]:
            self.hold(offers.values())
        made = self.find(orders_of(self.actor), pk=order.pk)
        answer = {
            "wanted": picked.wanted,
            "found": len(picked.offers),
            "in_words": f"{picked}.",
            "runs": [
                {"first": run[0].e164, "last": run[-1].e164, "count": len(run)}
                for run in picked.runs
            ],
            "order": made,
        }
        location = f"/api/v1/orders/{made.uuid}"
        return self.shown(PickedShape, answer, status=201, location=location)

    def holder(self, wanted: UUID | None) -> Organization | None:
        """
        Give who is to hold the numbers.

        :raises ValidationError: if the actor may not see it
        """
        if wanted is None:
            return None
        return self.named(Organization.objects.visible_to(self.actor), wanted, field="holder")

"""One step on many numbers: what becomes of each, in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits import UnableToTake
from accounts.permissions import Permission
from dids import inventory
from dids.models import PhoneNumber
from dids.workflows import assignment, holding, many, offering, taking_back, withdrawing
from dids.workflows.many import Refusals
from portal.actor import requires
from portal.api.problems import naming
from portal.api.shapes import Asked, Shown
from portal.api.v1.assignments import DestinationWish, destination_from
from portal.api.v1.handing_down import HandingDown, OfferWish
from portal.api.work import writes

UNKNOWN = "There is no such number that you may see."


class Chosen(Asked):
    """The numbers of a step."""

    numbers = serializers.ListField(
        child=serializers.CharField(max_length=16),
        min_length=1,
        max_length=many.MOST,
        help_text="Numbers in E.164.",
    )


class ManyToOne(Chosen):
    """Numbers, and who is to get them."""

    to = serializers.UUIDField(help_text="The id of an organization below your own.")


class ManyOffers(Chosen, OfferWish):
    """Numbers, and who may claim them."""


class OffersToEnd(Chosen):
    """Numbers, and which of one's offers of them end."""

    to = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Only those to this organization; by default all.",
    )


class PlaceWish(Asked):
    """A number, and where it shall ring."""

    number = serializers.CharField(max_length=16, help_text="In E.164.")
    destination = DestinationWish()


class ManyPlaces(Asked):
    """Where each of many numbers shall ring."""

    assignments = serializers.ListField(child=PlaceWish(), min_length=1, max_length=many.MOST)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=100,
        required=False,
        allow_blank=True,
        help_text="The same for all; each keeps its own if left out.",
    )


class VerdictShape(Shown):
    """What became of one number."""

    number = serializers.CharField()
    problem = serializers.CharField(allow_blank=True, help_text="Why nothing was done; else empty.")


class VerdictsShape(Shown):
    """What became of each number, in the order in which they were sent."""

    results = VerdictShape(many=True)


Step = Callable[[list[PhoneNumber], Refusals], object]


class ManyNumbers(HandingDown):
    """What does one step on many numbers."""

    def visible(self, asked: Iterable[str]) -> list[PhoneNumber]:
        """Give the numbers that the actor may see."""
        return list(inventory.numbers(self.actor).filter(e164__in=asked))

    def verdicts(
        self,
        sent: Sequence[str],
        step: Step,
        *,
        rows: Sequence[PhoneNumber] | None = None,
        full: str = "numbers",
    ) -> Response:
        """
        Take a step with the numbers that can, and tell about each.

        :param rows: the numbers that are there; by default those that the actor may see
        :param full: the field that a number limit is about
        """
        asked = list(dict.fromkeys(sent))
        there = list(self.visible(asked) if rows is None else rows)
        refusals: Refusals = {}
        with naming(full, UnableToTake):
            step(there, refusals)
        known = {row.e164 for row in there}
        results = [
            {
                "number": e164,
                "problem": str(refusals.get(e164, "")) if e164 in known else UNKNOWN,
            }
            for e164 in asked
        ]
        return self.shown(VerdictsShape, {"results": results})

    def given(self) -> dict[str, Any]:
        """Give what every step is told."""
        return {"actor": self.actor, "now": timezone.now()}


class ManyAllotments(ManyNumbers):
    """The allotment of many numbers."""

    @extend_schema(request=ManyToOne, responses={200: VerdictsShape})
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Hand numbers of one's stock to an organization below; what cannot is named, the rest go
        on."""
        wish = self.body(ManyToOne)
        to = self.recipient(wish["to"])
        return self.verdicts(
            wish["numbers"],
            lambda rows, refusals: holding.allot_many(
                numbers=rows, to=to, refusals=refusals, **self.given()
            ),
            full="to",
        )


class ManyNumberOffers(ManyNumbers):
    """The offer of many numbers."""

    @extend_schema(request=ManyOffers, responses={200: VerdictsShape})
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Offer numbers of one's stock to one organization below, or to all; what cannot is named,
        the rest go on."""
        wish = self.body(ManyOffers)
        to = None if wish["to_all"] else self.recipient(wish["to"])
        return self.verdicts(
            wish["numbers"],
            lambda rows, refusals: offering.offer_many(
                numbers=rows, to=to, refusals=refusals, **self.given()
            ),
        )


class ManyWithdrawals(ManyNumbers):
    """The end of one's offers of many numbers."""

    @extend_schema(request=OffersToEnd, responses={200: VerdictsShape})
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Withdraw one's open offers of numbers; a number without one is named, the rest go on."""
        wish = self.body(OffersToEnd)
        to = self.recipient(wish["to"]) if wish["to"] else None
        return self.verdicts(
            wish["numbers"],
            lambda rows, refusals: withdrawing.withdraw_many(
                numbers=rows, to=to, refusals=refusals, **self.given()
            ),
        )


class ManyRecalls(ManyNumbers):
    """The return of many numbers to whoever handed them down."""

    @extend_schema(request=Chosen, responses={200: VerdictsShape})
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Take numbers back that one handed down and that nobody has used there; what cannot is
        named, the rest go on."""
        return self.verdicts(
            self.body(Chosen)["numbers"],
            lambda rows, refusals: taking_back.recall_many(
                numbers=rows, refusals=refusals, **self.given()
            ),
        )


class ManyReturns(ManyNumbers):
    """The return of many numbers to where they came from."""

    @extend_schema(request=Chosen, responses={200: VerdictsShape})
    @requires(Permission.GIVE_BACK_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Give numbers back; what cannot is named, the rest go on."""
        return self.verdicts(
            self.body(Chosen)["numbers"],
            lambda rows, refusals: holding.give_back_many(
                numbers=rows, refusals=refusals, **self.given()
            ),
        )


class ManyReclaims(ManyNumbers):
    """Numbers that are taken again by whoever gave them back."""

    @extend_schema(request=Chosen, responses={200: VerdictsShape})
    @requires(Permission.CLAIM_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Take numbers again that one gave back and that still rest; what cannot is named, the
        rest go on."""
        sent = self.body(Chosen)["numbers"]
        return self.verdicts(
            sent,
            lambda rows, refusals: taking_back.reclaim_many(
                numbers=rows, refusals=refusals, **self.given()
            ),
            rows=taking_back.all_given_back(self.actor, sent),
        )


class ManyAssignments(ManyNumbers):
    """Where many numbers ring."""

    @extend_schema(request=ManyPlaces, responses={200: VerdictsShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Point each of many numbers at a destination; what cannot is named, the rest go on."""
        wish = self.body(ManyPlaces)
        places = {
            one["number"]: destination_from(one["destination"]) for one in wish["assignments"]
        }
        return self.verdicts(
            list(places),
            lambda rows, refusals: assignment.assign_many(
                wanted=[(row, there) for row in rows if (there := places[row.e164])],
                label=wish.get("label"),
                refusals=refusals,
                **self.given(),
            ),
        )


class ManyUnassignments(ManyNumbers):
    """Numbers that shall ring nowhere."""

    @extend_schema(request=Chosen, responses={200: VerdictsShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Point numbers nowhere; one that rings nowhere is named, the rest go on."""
        return self.verdicts(
            self.body(Chosen)["numbers"],
            lambda rows, refusals: assignment.unassign_many(
                numbers=rows, refusals=refusals, **self.given()
            ),
        )

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import journal
from accounts.models import Event
from accounts.tests.cast import Cast
from dids.destinations import Destination, UnableToPoint
from dids.models import Assignment, PhoneNumber
from dids.signals import routing_changed
from dids.states import NumberStatus
from dids.tests.carrier import Heard
from dids.tests.factories import MAIN, NOW, make_number
from dids.workflows import assignment, service
from dids.workflows.assignment import UnableToAssign, UnableToLabel
from dids.workflows.standing import UnableToStandIn
from lib.refusals import UnableTo

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
QUEUE = Destination("QUEUE", "sales")


class TestAssign:
    def test_points_and_moves_a_number(self, cast: Cast, heard: Heard) -> None:
        number = make_number(holder=cast.tenant)
        assignment.assign(
            number=number, destination=MAIN, label="Desk", actor=cast.tenant_owner, now=LATER
        )
        assert number.assignment.destination == MAIN
        assert number.label == "Desk"
        assignment.assign(number=number, destination=QUEUE, actor=cast.tenant_owner, now=LATER)
        assert Assignment.objects.get(number=number).destination == QUEUE
        assert PhoneNumber.objects.get(pk=number.pk).label == "Desk"
        assert heard.numbers == [number.e164] * 2
        assert heard.lanes == ["INTERACTIVE"] * 2
        before = Event.objects.filter(action="dids.number.assigned").latest("pk").before
        assert before == {"destination": "Extension 101"}

    def test_hangs_up_without_a_value(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        row = assignment.assign(
            number=number,
            destination=Destination("hang_up"),
            actor=cast.tenant_owner,
            now=LATER,
        )
        assert row.destination == Destination("HANG_UP")

    @pytest.mark.parametrize(
        ("destination", "field"),
        [
            (Destination("SIP_URI", "sip:bob@example.com"), "destination.kind"),
            (Destination("EXTERNAL_NUMBER", "+15550100"), "destination.kind"),
            (Destination("MOON", "1"), "destination.kind"),
            (Destination("EXTENSION", ""), "destination.value"),
            (Destination("EXTENSION", "101@example.com"), "destination.value"),
            (Destination("EXTENSION", "1\n"), "destination.value"),
            (Destination("EXTENSION", "1;x=y"), "destination.value"),
            (Destination("EXTENSION", "9" * 65), "destination.value"),
            (Destination("HANG_UP", "1"), "destination.value"),
        ],
    )
    def test_refuses_what_is_no_destination(
        self, cast: Cast, destination: Destination, field: str
    ) -> None:
        number = make_number(holder=cast.tenant)
        if destination.value == "1\n":
            assert destination.checked().value == "1"
            return
        with pytest.raises(UnableToPoint) as refusal:
            assignment.assign(
                number=number, destination=destination, actor=cast.tenant_owner, now=LATER
            )
        assert refusal.value.field == field

    def test_refuses_stock(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer)
        with pytest.raises(UnableToAssign, match="Allot it"):
            assignment.assign(number=number, destination=MAIN, actor=cast.dealer_owner, now=LATER)

    def test_refuses_somebody_elses_number(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        for actor in (cast.rival_tenant_owner, cast.dealer_owner, cast.staff):
            with pytest.raises(UnableToStandIn):
                assignment.assign(number=number, destination=MAIN, actor=actor, now=LATER)

    def test_is_undone_when_the_route_cannot_be(self, cast: Cast) -> None:
        def refuse(sender: object, **_more: object) -> None:
            raise UnableTo("No switch takes it.")

        number = make_number(holder=cast.tenant)
        routing_changed.connect(refuse)
        with pytest.raises(UnableTo, match="No switch"):
            assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=LATER)
        assert not Assignment.objects.exists()
        assert not Event.objects.filter(action="dids.number.assigned").exists()


class TestUnassign:
    def test_takes_a_number_off(self, cast: Cast, heard: Heard) -> None:
        number = make_number(holder=cast.tenant, destination=MAIN)
        assignment.unassign(number=number, actor=cast.tenant_owner, now=LATER)
        assert not Assignment.objects.exists()
        assert heard.numbers == [number.e164]

    def test_is_told_with_where_it_rang(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, destination=MAIN)
        assignment.unassign(number=number, actor=cast.tenant_owner, now=LATER)
        event = Event.objects.get(action="dids.number.unassigned")
        said = journal.sentence(event, cast.tenant_owner)
        assert said.endswith(f"took {number.e164} off Extension 101.")

    def test_refuses_a_number_that_points_nowhere(self, cast: Cast) -> None:
        with pytest.raises(UnableToAssign, match="nowhere"):
            assignment.unassign(
                number=make_number(holder=cast.tenant), actor=cast.tenant_owner, now=LATER
            )

    def test_refuses_somebody_elses_number(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, destination=MAIN)
        with pytest.raises(UnableToStandIn):
            assignment.unassign(number=number, actor=cast.rival_tenant_owner, now=LATER)


class TestLabel:
    def test_is_kept_in_the_journal(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        assignment.label(number=number, label="Sales", actor=cast.tenant_owner, now=LATER)
        assert PhoneNumber.objects.get(pk=number.pk).label == "Sales"
        assert Event.objects.get(action="dids.number.labelled").after == {"label": "Sales"}

    def test_refuses_a_long_one(self, cast: Cast) -> None:
        with pytest.raises(UnableToLabel) as refusal:
            assignment.label(
                number=make_number(holder=cast.tenant),
                label="x" * 101,
                actor=cast.tenant_owner,
                now=LATER,
            )
        assert refusal.value.field == "label"


class TestService:
    def test_follows_the_routes_without_a_signal(self, cast: Cast, heard: Heard) -> None:
        number = make_number(holder=cast.tenant, destination=MAIN)
        stock = make_number(holder=cast.dealer)
        both = [number.e164, stock.e164]
        assert service.set_in_service(numbers=both, now=LATER) == 1
        number.refresh_from_db()
        assert number.status == NumberStatus.IN_SERVICE
        assert number.used_since == LATER
        assert service.set_in_service(numbers=both, now=LATER) == 0
        assert service.set_out_of_service(numbers=both, now=LATER) == 1
        number.refresh_from_db()
        assert number.status == NumberStatus.ASSIGNED
        assert heard.numbers == []

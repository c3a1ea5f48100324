"""What doctor calls wrong, and what only is on its way."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from dids.models import Assignment
from dids.states import NumberStatus
from dids.workflows import assignment
from notices.models import Mail
from portal import doctor
from provisioning import backlog, dirty, publisher
from provisioning.models import DirtyRoute, Lane
from provisioning.tests.scene import Scene, make_account, make_numbers, make_pbx, number, place

pytestmark = pytest.mark.django_db


def wrong() -> list[str]:
    """Give what doctor says of numbers in service."""
    return doctor.CHECKS["service"](timezone.now())


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """Give a switch with a tenant."""
    made = Scene(make_pbx(), cast.tenant, make_account())
    place(cast.tenant, made.pbx, domain="oak.pbx.example")
    return made


class TestANumberInService:
    @pytest.fixture
    def e164(self, scene: Scene) -> str:
        """Give a number whose route is out."""
        (made,) = make_numbers(scene.account, scene.tenant, status=NumberStatus.IN_SERVICE)
        dirty.mark_numbers([made], lane=Lane.INTERACTIVE)
        publisher.run(pbx_id=scene.pbx.pk, clock=timezone.now)
        return made

    def test_that_was_just_taken_off_only_waits_for_the_publisher(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        assignment.unassign(number=number(e164), actor=cast.tenant_owner, now=NOW)

        assert number(e164).status == NumberStatus.IN_SERVICE
        assert wrong() == []
        publisher.run(pbx_id=scene.pbx.pk, clock=timezone.now)
        assert number(e164).status == NumberStatus.ASSIGNED
        assert wrong() == []

    def test_whose_status_was_left_for_later_only_waits(
        self, scene: Scene, cast: Cast, e164: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(backlog, "FOLLOWED_AT_ONCE", 1)
        (other,) = make_numbers(
            scene.account, scene.tenant, first=999_0000_0005, status=NumberStatus.IN_SERVICE
        )
        for each in (e164, other):
            assignment.unassign(number=number(each), actor=cast.tenant_owner, now=NOW)
        publisher.batch(pbx_id=scene.pbx.pk, now=NOW)

        assert set(DirtyRoute.objects.values_list("scope", flat=True)) == {"SERVICE"}
        assert number(e164).status == NumberStatus.IN_SERVICE
        assert wrong() == []
        publisher.run(pbx_id=scene.pbx.pk, clock=timezone.now)
        assert number(e164).status == NumberStatus.ASSIGNED

    def test_that_points_nowhere_is_wrong_whatever_waits_for_others(
        self, scene: Scene, cast: Cast, e164: str
    ) -> None:
        (other,) = make_numbers(scene.account, scene.tenant, first=999_0000_0005)
        assignment.unassign(number=number(other), actor=cast.tenant_owner, now=NOW)
        backlog.postpone(scene.pbx.pk, [f"{e164}0", other])
        Assignment.objects.all().delete()

        assert DirtyRoute.objects.count() > 1
        assert wrong() == [f"{e164} is in service, but points nowhere."]


class TestMails:
    def a_mail(self, **facts: Any) -> None:
        now = timezone.now()
        Mail.objects.create(
            **{
                "position": Mail.objects.count() + 1,
                "recipient": "front@oak.example",
                "subject": "S",
                "body": "B",
                "created_at": now,
                "due_at": now,
                **facts,
            }
        )

    def test_that_were_just_written_or_put_off_once_are_well(self) -> None:
        self.a_mail()
        self.a_mail(tries=1)
        self.a_mail(tries=3, due_at=None, sent_at=timezone.now())
        assert doctor.mails(timezone.now()) == []

    def test_that_nobody_sends_are_told_of(self) -> None:
        self.a_mail(due_at=timezone.now() - 2 * doctor.OVERDUE_AFTER)
        (sentence,) = doctor.mails(timezone.now())
        assert "nobody sends: 1" in sentence
        assert "queue default" in sentence

    def test_that_no_server_takes_are_told_of(self) -> None:
        self.a_mail(tries=2, due_at=timezone.now() + doctor.OVERDUE_AFTER)
        (sentence,) = doctor.mails(timezone.now())
        assert "EMAIL_URL" in sentence

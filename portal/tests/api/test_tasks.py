"""Tasks by API: who sees them, who may do them, what becomes of them."""

from __future__ import annotations

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.tests.factories import make_member
from dids.models import CarrierBinding, Task, TaskKind
from dids.states import BindingStatus
from dids.workflows import opening
from portal import doctor
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.test_pages import walk
from portal.tests.api.world import World


@pytest.fixture
def failed(world: World) -> Task:
    """Give a task of the provider: a tenant's number that could not be bound."""
    row = CarrierBinding.objects.get(number=world.tenant_number)
    CarrierBinding.objects.update(status=BindingStatus.FAILED)
    opening.binding_failed(row, why="MARK-CARRIER said no", now=timezone.now())
    return Task.objects.get(kind=TaskKind.BINDING_FAILED)


def again(task: Task, place: int, urgent: bool, hours: int) -> Task:
    """Store another task like one, as urgent as said and due in so many hours."""
    other = Task.objects.get(pk=task.pk)
    other.pk, other.uuid, other.about = None, uuid4(), f"tests.thing:{place}"
    other.is_urgent, other.due_at = urgent, task.opened_at + timedelta(hours=hours)
    other.save(force_insert=True)
    return other


class TestDoing:
    def test_a_task_from_the_list_to_its_end(
        self, world: World, failed: Task, staff: Caller
    ) -> None:
        assert doctor.tasks(timezone.now()) == []
        listed = staff.get("tasks?mine=true").body["results"]
        assert [row["id"] for row in listed] == [str(failed.uuid)]
        assert (listed[0]["mine"], listed[0]["may_do"]) == (False, True)
        assert listed[0]["payload"]["why"] == "MARK-CARRIER said no"

        taken = staff.post(f"tasks/{failed.uuid}/take", {}).body
        assert (taken["status"], taken["mine"]) == ("TAKEN", True)
        back = staff.post(f"tasks/{failed.uuid}/give-back", {}).body
        assert (back["status"], back["taken_by"]) == ("OPEN", "")
        done = staff.post(f"tasks/{failed.uuid}/complete", {"note": "Unlocked."}).body
        assert (done["status"], done["note"]) == ("DONE", "Unlocked.")
        assert CarrierBinding.objects.get().status == BindingStatus.WANTED
        assert staff.get("tasks?open=true&kind=BINDING_FAILED").body["results"] == []
        assert len(staff.get("tasks?open=false").body["results"]) == 1

    def test_is_refused_where_somebody_else_has_it(
        self, world: World, failed: Task, staff: Caller
    ) -> None:
        staff.post(f"tasks/{failed.uuid}/take", {})
        other = caller_of(world.cast.provider)
        for step in ("take", "complete"):
            answer = other.post(f"tasks/{failed.uuid}/{step}", {})
            assert answer.is_problem(409)
            name = other.get(f"tasks/{failed.uuid}").body["taken_by_name"]
            assert answer.body["detail"].startswith(f"{name} has taken this task")

    def test_is_refused_without_the_right_that_the_task_takes(
        self, world: World, failed: Task
    ) -> None:
        Task.objects.filter(pk=failed.pk).update(kind=TaskKind.DISCONNECT_REFUSED)
        member = make_member(organization=world.cast.provider, role=Role.OPERATOR)
        operator = Caller(member=member)
        row = operator.get(f"tasks/{failed.uuid}").body
        assert row["may_do"] is False
        assert operator.post(f"tasks/{failed.uuid}/take", {}).is_problem(403)
        mine = operator.get("tasks?mine=true").body["results"]
        assert str(failed.uuid) not in {row["id"] for row in mine}

    def test_is_refused_by_the_step_itself_and_stays_open(
        self, world: World, staff: Caller, tenant: Caller
    ) -> None:
        Task.objects.update(payload={"kind": "EXTENSION", "value": "no extension"})
        answer = tenant.post(f"tasks/{world.task.uuid}/complete", {})
        assert answer.status in {409, 422}
        assert tenant.get(f"tasks/{world.task.uuid}").body["status"] == "OPEN"
        assert staff.post(f"tasks/{world.task.uuid}/take", {}).is_problem(422)

    def test_ends_with_a_reason_where_it_cannot_be_done(
        self, world: World, failed: Task, staff: Caller
    ) -> None:
        said = staff.post(f"tasks/{failed.uuid}/comments", {"text": "I asked them."}).body
        assert said["status"] == "OPEN"
        assert staff.post(f"tasks/{failed.uuid}/abandon", {}).is_problem(422, "reason")
        ended = staff.post(f"tasks/{failed.uuid}/abandon", {"reason": "It is gone."}).body
        assert (ended["status"], ended["note"]) == ("ABANDONED", "It is gone.")
        history = staff.get(f"events?subject=dids.task:{failed.uuid}").body["results"]
        assert "I asked them." in " ".join(event["sentence"] for event in history)
        assert doctor.tasks(timezone.now()) == []

    def test_is_found_by_what_it_is_about(
        self, world: World, failed: Task, staff: Caller, tenant: Caller
    ) -> None:
        number, account = failed.number, failed.carrier_account
        assert number is not None
        assert account is not None
        about = {
            "number": number.e164.replace("+", "%2B"),
            "carrier_account": str(account.uuid),
            "organization": str(world.cast.provider.uuid),
            "status": "OPEN",
            "unassigned": "true",
        }
        for name, value in about.items():
            found = staff.get(f"tasks?{name}={value}").body["results"]
            assert str(failed.uuid) in {row["id"] for row in found}, name
        assert tenant.get(f"tasks?carrier_account={account.uuid}").body["results"] == []

    def test_of_nonsense_names_the_field(self, world: World, tenant: Caller) -> None:
        long = tenant.post(f"tasks/{world.task.uuid}/complete", {"note": "x" * 501})
        assert long.is_problem(422, "note")
        assert tenant.get("tasks?mine=perhaps").is_problem(422, "mine")
        assert tenant.get("tasks?kind=NAP").is_problem(422, "kind")


class TestTheOrder:
    """Five tasks: two urgent ones, of which one is due first of all, and two due at one time."""

    @pytest.fixture
    def wanted(self, world: World) -> list[str]:
        """Store them; gives their ids in the order in which they should be done."""
        places = ((True, 1), (True, 9), (False, 0), (False, 5), (False, 5))
        return [str(again(world.task, place, *what).uuid) for place, what in enumerate(places)]

    def test_puts_urgent_ones_first_then_those_due_soonest(
        self, wanted: list[str], tenant: Caller
    ) -> None:
        for query in ("open=true", "mine=true", "unassigned=true", "status=OPEN"):
            pages = walk(tenant, f"tasks?{query}&limit=2")
            ids = [row["id"] for page in pages for row in page]
            assert [one for one in ids if one in wanted] == wanted, query
            assert len(ids) == len(set(ids)) == 6

    def test_is_the_same_on_the_way_back(self, wanted: list[str], tenant: Caller) -> None:
        first = tenant.get("tasks?open=true&limit=2").body
        second = tenant.get(first["next"].split("/api/v1/")[1]).body
        third = tenant.get(second["next"].split("/api/v1/")[1]).body
        back = tenant.get(third["previous"].split("/api/v1/")[1]).body
        assert back["results"] == second["results"]
        assert tenant.get(back["previous"].split("/api/v1/")[1]).body["results"] == first["results"]

    def test_of_all_is_that_in_which_they_came(self, wanted: list[str], tenant: Caller) -> None:
        ids = [row["id"] for row in tenant.get("tasks").body["results"]]
        assert ids[:5] == wanted[::-1]

    @pytest.mark.parametrize(
        "place",
        [
            '["n", 7]',
            '["n", [true]]',
            '["n", [true, 5, 1]]',
            '["n", [true, "x", 1]]',
            '["n", [true, "2026-11-20T10:00:00", 1]]',
            '["n", [1, "2026-11-20T10:00:00+00:00", 1]]',
        ],
    )
    def test_refuses_cursors_that_were_made_up(
        self, world: World, tenant: Caller, place: str
    ) -> None:
        cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
        assert tenant.get(f"tasks?open=true&cursor={cursor}").is_problem(422, "cursor")


class TestSeeing:
    def test_is_for_those_who_have_to_act(
        self, world: World, failed: Task, tenant: Caller, dealer: Caller, rival: Caller
    ) -> None:
        (own,) = tenant.get("tasks").body["results"]
        assert own["id"] == str(world.task.uuid)
        assert {"payload", "carrier_account", "about"}.isdisjoint(own)
        assert dealer.get("tasks").body["results"] == []
        assert rival.get("tasks").body["results"] == []
        for caller in (dealer, rival):
            assert caller.get(f"tasks/{world.task.uuid}").is_problem(404)
            assert caller.post(f"tasks/{world.task.uuid}/take", {}).is_problem(404)
        assert tenant.get(f"tasks/{failed.uuid}").is_problem(404)


def test_the_doctor_finds_what_nobody_has_a_task_for(world: World, failed: Task) -> None:
    failed.delete()
    (sentence,) = doctor.tasks(timezone.now())
    assert sentence.startswith(world.tenant_number.e164)
    assert "nobody has a task" in sentence

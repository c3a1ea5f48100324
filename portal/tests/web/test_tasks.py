"""Tasks on pages: found, taken by one of two people, done, given up, written about."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from dids.models import Task
from dids.states import TaskStatus
from dids.workflows import doing
from portal.tests.api.world import LOOSE, World
from portal.tests.web.visitor import Visitor, visitor_of


@pytest.fixture
def tenant(world: World) -> Visitor:
    """Give an owner of the tenant, who has one task."""
    return visitor_of(world.cast.tenant)


@pytest.fixture
def path(world: World) -> str:
    """Give the address of the task."""
    return f"/tasks/{world.task.uuid}/"


def listed(visitor: Visitor, query: str = "") -> list[str]:
    """Give the addresses of the tasks that a list shows."""
    return re.findall(r'href="(/tasks/[0-9a-f-]{36}/)"', visitor.get(f"/tasks/{query}").text)


class TestIndex:
    def test_shows_my_work_and_counts_it_in_the_navigation(
        self, world: World, tenant: Visitor, path: str
    ) -> None:
        page = tenant.get("/tasks/").text
        assert path in page
        assert re.search(r'badge bg-blue-lt ms-2">1<span class="visually-hidden"> waiting', page)
        doing.take(task=world.task, actor=world.cast.tenant_owner, now=timezone.now())
        assert "Nothing waits for you" in tenant.get("/tasks/").text
        assert listed(tenant, "?whose=all") == [path]
        assert listed(tenant, "?whose=unassigned") == []

    @pytest.mark.parametrize(
        ("query", "there"),
        [
            ("?kind=NOT_POINTED", True),
            ("?kind=BOUGHT_LATE", False),
            ("?state=OPEN", True),
            ("?state=TAKEN", False),
            ("?state=closed", False),
            ("?state=any", True),
            (f"?number=(312) 555-{LOOSE[-4:]}", True),
            ("?number=%2B13125559999", False),
            ("?kind=NAP&state=odd&whose=x&organization=7&sort=-since", True),
        ],
    )
    def test_is_narrowed(
        self, world: World, tenant: Visitor, path: str, query: str, there: bool
    ) -> None:
        assert listed(tenant, query) == [path] * there

    def test_says_what_is_no_number(self, world: World, tenant: Visitor) -> None:
        page = tenant.get("/tasks/?number=mum").text
        assert "“mum” is not a phone number" in page

    def test_shows_the_most_urgent_first(self, world: World, tenant: Visitor, path: str) -> None:
        now = timezone.now()
        later = Task.objects.get(pk=world.task.pk)
        later.pk, later.uuid, later.about = None, world.found.uuid, "tests.thing:2"
        later.due_at = now - timedelta(hours=9)
        later.save(force_insert=True)
        late = f"/tasks/{world.found.uuid}/"
        assert listed(tenant) == [late, path]
        page = tenant.get("/tasks/").text
        assert "9\xa0hours late" in page
        assert "Urgent ones first, then those due soonest." in page
        assert tenant.post(f"{path}urgency/", urgent="yes").status_code == 302
        assert listed(tenant) == [path, late]
        assert listed(tenant, "?sort=-due") == [late, path]

    def test_narrows_to_accounts_only_for_those_who_see_them(
        self, world: World, tenant: Visitor, path: str
    ) -> None:
        staff = visitor_of(world.cast.provider)
        query = f"?whose=all&carrier_account={world.account.uuid}"
        assert listed(staff, query) == [path]
        assert listed(staff, f"?whose=all&carrier_account={world.paused.uuid}") == []
        assert listed(staff, f"?whose=all&organization={world.cast.tenant.uuid}") == [path]
        assert "Carrier account" not in tenant.get("/tasks/").text


class TestTask:
    def test_says_what_happened_and_what_to_do(
        self, world: World, tenant: Visitor, path: str
    ) -> None:
        page = tenant.get(path).text
        assert "It could not be pointed where its order said." in page
        assert "<li>Put right what stood in the way.</li>" in page
        assert f"/numbers/{LOOSE}/" in page
        assert "A task was opened" in page

    def test_is_taken_given_back_and_done(self, world: World, tenant: Visitor, path: str) -> None:
        assert tenant.post(f"{path}take/").url == path
        assert tenant.post(f"{path}take/").url == path, "a double click"
        page = tenant.get(path).text
        assert "Give it back" in page
        assert tenant.post(f"{path}give-back/").url == path
        assert tenant.post(f"{path}complete/", note="By hand.").url == "/tasks/"
        assert tenant.post(f"{path}complete/", note="By hand.").url == path
        world.task.refresh_from_db()
        assert (world.task.status, world.task.note) == (TaskStatus.DONE, "By hand.")
        page = tenant.get(path).text
        assert "By hand." in page
        assert "Complete it" not in page
        assert listed(tenant, "?state=DONE") == [path]

    def test_of_two_people_the_second_is_told_who_has_it(
        self, world: World, tenant: Visitor, path: str
    ) -> None:
        other = visitor_of(world.cast.tenant, Role.OPERATOR)
        assert "Take it" in other.get(path).text
        tenant.post(f"{path}take/")
        world.task.refresh_from_db()
        owner = world.task.taken_by
        answer = other.post(f"{path}take/")
        assert answer.status_code == 409
        assert re.search(r'role="alert">[^<]+ has taken this task', answer.text)
        late = other.post(f"{path}complete/", note="I did it.")
        assert late.status_code == 409
        assert "has taken this task" in late.text
        world.task.refresh_from_db()
        assert (world.task.taken_by, world.task.status) == (owner, TaskStatus.TAKEN)

    def test_is_closed_as_impossible_with_a_reason(
        self, world: World, tenant: Visitor, path: str
    ) -> None:
        answer = tenant.post(f"{path}abandon/", reason=" ")
        assert answer.status_code == 422
        assert 'id="id_reason_error">Say why' in answer.text
        assert tenant.post(f"{path}abandon/", reason="The line is gone.").url == "/tasks/"
        world.task.refresh_from_db()
        assert world.task.status == TaskStatus.ABANDONED
        page = tenant.get(path).text
        assert "cannot be done: The line is gone." in page
        assert tenant.post(f"{path}take/").status_code == 409

    def test_keeps_what_people_write(self, world: World, tenant: Visitor, path: str) -> None:
        assert tenant.post(f"{path}comment/", text="Asked <b>Ann</b>.").url == path
        assert "Asked &lt;b&gt;Ann&lt;/b&gt;." in tenant.get(path).text
        long = tenant.post(f"{path}comment/", text="x" * 501)
        assert long.status_code == 422
        assert 'id="id_text_error"' in long.text
        assert "x" * 501 in long.text

    def test_of_somebody_else_is_theirs_to_do(self, world: World, path: str) -> None:
        staff = visitor_of(world.cast.provider)
        page = staff.get(path).text
        assert "has to act" in page
        assert "Take it" not in page
        answer = staff.post(f"{path}take/")
        assert answer.status_code == 422
        assert f"Act for {world.cast.tenant.name} to do this." in answer.text
        assert visitor_of(world.cast.dealer).get(path).status_code == 404

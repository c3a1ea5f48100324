"""Somebody takes a task and ends it, in a real browser; two people meet at one task."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids.models import PhoneNumber, Task, TaskKind
from dids.workflows import doing, opening
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in
from provisioning.tests.scene import make_account, make_numbers, make_pbx, place

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]

FIRST = 1_312_555_0100


@pytest.fixture
def task(cast: Cast) -> Task:
    """Give the tenant three tasks; give the last."""
    account = make_account()
    place(cast.tenant, make_pbx(name="Main PBX"))
    made = make_numbers(account, cast.tenant, first=FIRST, count=3)
    for e164 in made:
        number = PhoneNumber.objects.get(e164=e164)
        opening.open_task(
            TaskKind.NOT_POINTED,
            about=number.subject,
            what=number.e164,
            organization=cast.tenant,
            number=number,
            carrier_account=account,
            payload={"why": "The tenant is on no PBX.", "kind": "EXTENSION", "value": "101"},
            now=timezone.now(),
        )
    make_person(organization=cast.tenant, email="ann@example.com")
    return Task.objects.latest("pk")


class TestTasks:
    def test_are_taken_and_done_by_keyboard(
        self, page: Page, live_server: LiveServer, task: Task
    ) -> None:
        page.goto(f"{live_server.url}/")
        sign_in(page, "ann@example.com")
        page.get_by_role("link", name="Tasks 3 waiting").first.press("Enter")
        expect(page.get_by_role("row")).to_have_count(4)
        picture(page, "tasks")
        page.get_by_role("link", name=task.title).press("Enter")
        expect(page.get_by_role("heading", name=task.title)).to_be_visible()
        picture(page, "task")
        page.get_by_role("button", name="Take it").press("Enter")
        page.get_by_label("Comment").fill("I asked the installer.")
        page.keyboard.press("Enter")
        expect(page.get_by_text("I asked the installer.")).to_be_visible()
        picture(page, "task-taken")
        page.get_by_label("What came of it").fill("He came.")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The task is closed: done.")).to_be_visible()
        expect(page.get_by_role("row")).to_have_count(3)

    def test_tell_the_second_who_was_first(
        self, page: Page, live_server: LiveServer, cast: Cast, task: Task
    ) -> None:
        page.goto(f"{live_server.url}/tasks/{task.uuid}/")
        sign_in(page, "ann@example.com")
        expect(page.get_by_role("button", name="Take it")).to_be_visible()
        first = make_actor(organization=cast.tenant, role=Role.OPERATOR)
        doing.take(task=task, actor=first, now=timezone.now())
        page.get_by_role("button", name="Take it").click()
        expect(page.get_by_role("alert")).to_contain_text("has taken this task")
        picture(page, "task-lost")

    def test_are_narrowed_while_one_chooses(
        self, page: Page, live_server: LiveServer, task: Task
    ) -> None:
        page.goto(f"{live_server.url}/tasks/")
        sign_in(page, "ann@example.com")
        page.get_by_label("Kind").select_option("Not delivered to us")
        expect(page.get_by_text("No task matches")).to_be_visible()
        picture(page, "tasks-none")
        page.get_by_label("Kind").select_option("Any kind")
        page.get_by_label("Number", exact=True).fill("nobody's")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("is not a phone number")

"""While a store is away the portal says so, calmly, and what was committed stands all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.test import Client

from accounts.tests.cast import Cast
from accounts.tests.factories import make_client
from dids.tests.factories import make_number
from lib import nudges
from lib.nudges import nudge
from portal.celery import app
from portal.tests.api.caller import Answer

BROKER_NOWHERE = "redis+socket:///nowhere/to-be-found.sock?virtual_host=0"
NOWHERE = "unix:///nowhere/to-be-found.sock"


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def without_database(transactional_db: None) -> Iterator[None]:
    settings = connection.settings_dict
    known = {name: settings[name] for name in ("HOST", "OPTIONS")}
    connection.close()
    settings.update(HOST="/nowhere", OPTIONS={**known["OPTIONS"], "host": "/nowhere"})
    yield
    connection.close()
    settings.update(known)


@pytest.fixture
def without_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    usual = caches["default"]
    caches["default"] = caches.create_connection("default")
    monkeypatch.setattr(caches["default"], "_servers", [NOWHERE])
    yield
    caches["default"] = usual


class TestWithoutPostgresql:
    def test_the_api_answers_503_and_when_to_come_again(
        self, visitor: Client, without_database: None
    ) -> None:
        answer = visitor.get("/api/v1/numbers", headers={"Authorization": "Bearer some.token"})

        assert Answer(answer).is_problem(503)
        assert int(answer["Retry-After"]) > 0
        assert "Idempotency-Key" in answer.json()["detail"]

    @pytest.mark.parametrize("page", ["/accounts/login/", "/", "/numbers/"])
    def test_pages_say_calmly_that_they_are_back_in_a_moment(
        self, visitor: Client, without_database: None, page: str
    ) -> None:
        visitor.cookies["sessionid"] = "0123456789abcdef0123456789abcdef"

        answer = visitor.get(page)

        assert answer.status_code == 503
        assert "Back in a moment" in answer.content.decode()
        assert int(answer["Retry-After"]) > 0
        assert answer["X-Request-Id"]

    def test_readyz_names_the_store(self, visitor: Client, without_database: None) -> None:
        answer = visitor.get("/readyz")

        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "database": False, "redis": True}


class TestWithoutRedis:
    def test_known_programs_go_on_with_what_needs_none(
        self, visitor: Client, cast: Cast, without_redis: None
    ) -> None:
        _, token = make_client(organization=cast.provider)

        answer = visitor.get("/api/v1/numbers", headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 200

    def test_what_needs_it_answers_503_soon(
        self, visitor: Client, db: None, without_redis: None
    ) -> None:
        began = time.monotonic()
        answer = visitor.get("/api/v1/numbers", headers={"Authorization": "Bearer some.token"})
        page = visitor.post("/accounts/login/", {"login": "a@example.com", "password": "x" * 12})

        assert Answer(answer).is_problem(503)
        assert page.status_code == 503
        assert "Back in a moment" in page.content.decode()
        assert time.monotonic() - began < 10


class TestLocks:
    @pytest.mark.django_db(transaction=True)
    def test_that_somebody_keeps_are_a_503_and_no_endless_wait(
        self, visitor: Client, cast: Cast
    ) -> None:
        number = make_number(holder=cast.tenant)
        _, token = make_client(organization=cast.tenant)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        keeper = connections.create_connection("default")
        try:
            with keeper.cursor() as cursor:
                keeper.set_autocommit(False)
                cursor.execute(
                    "SELECT 1 FROM dids_phonenumber WHERE id = %s FOR UPDATE", [number.pk]
                )
                answer = visitor.put(
                    f"/api/v1/numbers/{number.e164}/assignment",
                    {"destination": {"kind": "EXTENSION", "value": "101"}},
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {token}"},
                )
        finally:
            keeper.rollback()
            keeper.close()

        assert Answer(answer).is_problem(503)
        assert answer.json()["type"] == "/problems/busy"
        assert answer["Retry-After"]


class TestOtherErrors:
    def test_are_a_500_and_no_invitation_to_come_again(
        self, visitor: Client, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("portal.probes._database", lambda: 1 / 0)

        answer = visitor.get("/readyz")

        assert answer.status_code == 500
        assert "Something broke" in answer.content.decode()
        assert "Retry-After" not in answer
        assert "Traceback" not in answer.content.decode()


class TestNudge:
    def test_lets_committed_work_stand_and_does_not_wait_for_a_broker_that_is_away(
        self, transactional_db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(nudges, "_quiet_until", 0.0)
        monkeypatch.setattr(nudges, "QUIET_SECONDS", 3600.0)
        tried = []

        def send() -> None:
            tried.append(time.monotonic())
            with app.connection_for_write(BROKER_NOWHERE) as link:
                app.send_task("trunks.tasks.sweep", connection=link)

        began = time.monotonic()
        with transaction.atomic():
            for _ in range(50):
                nudge(send)

        assert len(tried) == 1
        assert time.monotonic() - began < 10

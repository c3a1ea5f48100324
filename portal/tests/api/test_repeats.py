"""Keys that keep a repeated request from doing its work twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Kind, Organization
from accounts.tests.cast import make_cast
from accounts.tests.factories import make_client
from portal.api import answers
from portal.api.models import KeptAnswer
from portal.tests.api.caller import Answer, Caller, caller_of
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import World, make_world


class TestIdempotencyKey:
    def test_answers_a_repetition_without_doing_it_again(
        self, world: World, dealer: Caller
    ) -> None:
        path, body = REQUESTS["tenants.create"](world)
        first = dealer.post(path, body, Idempotency_Key="one")
        again = dealer.post(path, body, Idempotency_Key="one")
        assert first.status == again.status == 201
        assert first.body == again.body
        assert first.response["Location"] == again.response["Location"]
        assert again.response["Idempotency-Replayed"] == "true"
        assert Organization.objects.filter(name="Elm Street Cafe").count() == 1

    def test_refuses_another_body_under_the_same_key(self, world: World, dealer: Caller) -> None:
        path, body = REQUESTS["tenants.create"](world)
        dealer.post(path, body, Idempotency_Key="one")
        other = dealer.post(path, {**body, "name": "Other"}, Idempotency_Key="one")
        assert other.is_problem(422, "Idempotency-Key")
        elsewhere = dealer.post("invitations", body, Idempotency_Key="one")
        assert elsewhere.is_problem(422, "Idempotency-Key")

    def test_belongs_to_one_caller(self, world: World, dealer: Caller, rival: Caller) -> None:
        body = {"email": "a@example.com", "role": "VIEWER"}
        assert dealer.post("invitations", body, Idempotency_Key="one").status == 201
        assert rival.post("invitations", body, Idempotency_Key="one").status == 201

    def test_is_free_again_after_a_refusal(self, world: World, dealer: Caller) -> None:
        path, body = REQUESTS["tenants.create"](world)
        wrong = dealer.post(path, {**body, "country": "?"}, Idempotency_Key="one")
        assert wrong.is_problem(422, "country")
        assert dealer.post(path, body, Idempotency_Key="one").status == 201

    def test_is_forgotten_after_a_day(self, world: World, dealer: Caller) -> None:
        body = {"email": "a@example.com", "role": "VIEWER"}
        dealer.post("invitations", body, Idempotency_Key="one")
        KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
        assert dealer.post("invitations", body, Idempotency_Key="one").is_problem(422, "email")
        KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
        answers.forget(now=timezone.now())
        assert not KeptAnswer.objects.exists()

    @pytest.mark.parametrize("key", ["x" * 201, "a b", "ü"])
    def test_that_is_none_is_refused(self, world: World, dealer: Caller, key: str) -> None:
        body = {"email": "a@example.com", "role": "VIEWER"}
        answer = dealer.post("invitations", body, Idempotency_Key=key)
        assert answer.is_problem(422, "Idempotency-Key")

    def test_keeps_secrets_sealed(self, world: World, tenant: Caller) -> None:
        body = {"name": "Sync", "scopes": ["VIEW_NUMBERS"]}
        token = tenant.post("api-clients", body, Idempotency_Key="one").body["token"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT answer FROM api_keptanswer")
            ((stored,),) = cursor.fetchall()
        assert token not in stored
        assert tenant.post("api-clients", body, Idempotency_Key="one").body["token"] == token


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_eight_at_once_do_it_once(self) -> None:
        world = make_world(make_cast())
        token = make_client(organization=world.cast.dealer)[1]
        path, body = REQUESTS["tenants.create"](world)
        start = Barrier(8)

        def ask(_: int) -> Answer:
            try:
                caller = Caller(token=token)
                start.wait()
                return caller.post(path, body, Idempotency_Key="one")
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(ask, range(8)))
        assert {answer.status for answer in told} <= {201, 409}
        made = [answer for answer in told if answer.status == 201]
        assert made
        assert len({answer.body["id"] for answer in made}) == 1
        assert Organization.objects.filter(name="Elm Street Cafe").count() == 1

    def test_one_that_still_runs_makes_the_next_wait_outside(self) -> None:
        world = make_world(make_cast())
        client, token = make_client(organization=world.cast.dealer)
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            assert answers._lock(f"client:{client.uuid} one")
            body = {"email": "a@example.com", "role": "VIEWER"}
            told = pool.submit(_ask_and_close, token, body).result()
        assert told.is_problem(409)
        assert caller_of(world.cast.dealer).get("me").status == 200


def _ask_and_close(token: str, body: dict[str, Any]) -> Answer:
    try:
        return Caller(token=token).post("invitations", body, Idempotency_Key="one")
    finally:
        connection.close()


class TestDryRun:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("orders.create", Kind.PROVIDER),
            ("orders.submit", Kind.PROVIDER),
            ("orders.replace", Kind.PROVIDER),
            ("numbers.release", Kind.PROVIDER),
            ("numbers.allot", Kind.DEALER),
            ("numbers.offer", Kind.DEALER),
            ("offers.withdraw", Kind.DEALER),
            ("offers.claim", Kind.TENANT),
            ("numbers.assign", Kind.TENANT),
            ("numbers.unassign", Kind.TENANT),
            ("numbers.give-back", Kind.TENANT),
        ],
    )
    def test_answers_as_if_and_leaves_nothing(self, world: World, name: str, kind: Kind) -> None:
        cast = world.cast
        seat = {Kind.PROVIDER: cast.provider, Kind.DEALER: cast.dealer, Kind.TENANT: cast.tenant}
        caller = caller_of(seat[kind])
        path, body = REQUESTS[name](world)
        method = {"numbers.assign": "PUT", "numbers.unassign": "DELETE"}.get(name, "POST")
        caller.get("me")
        before = contents()
        answer = caller(method, f"{path}?dry_run=true", body, Idempotency_Key="one")
        assert answer.status == 200, answer.text
        assert answer.response["Dry-Run"] == "true"
        assert contents() == before

    def test_refuses_as_the_real_thing_would(self, world: World, tenant: Caller) -> None:
        path, body = REQUESTS["numbers.assign"](world)
        body["destination"]["kind"] = "SIP_URI"
        answer = tenant("PUT", f"{path}?dry_run=true", body)
        assert answer.is_problem(422, "destination.kind")

    def test_is_refused_where_there_is_none(self, world: World, dealer: Caller) -> None:
        path, body = REQUESTS["tenants.create"](world)
        assert dealer.post(f"{path}?dry_run=true", body).is_problem(422, "dry_run")
        path, body = REQUESTS["numbers.allot"](world)
        assert dealer.post(f"{path}?dry_run=perhaps", body).is_problem(422, "dry_run")


def contents() -> str:
    """Give what all tables hold, as one text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
        )
        rows = {}
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) "  # noqa: S608
                f'FROM "{table}" t'
            )
            rows[table] = cursor.fetchone()[0]
    return json.dumps(rows)

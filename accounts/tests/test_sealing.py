"""One order for all events, whoever commits when; and whatever is changed afterwards shows."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread
from threading import Event as Flag
from time import monotonic

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from accounts import events, journal, sealing, verification
from accounts.actors import System
from accounts.models import Event, EventSeal, Organization, PendingSeal, PersonalValue
from accounts.tests.factories import NOW, make_provider

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ACTOR = System("test")


@pytest.fixture
def provider() -> Organization:
    """Give an organization for events to belong to."""
    return make_provider()


def _write(organization: Organization, count: int = 1) -> list[Event]:
    rows = [
        journal.Row(subject=f"test.thing:{number}", organization=organization)
        for number in range(count)
    ]
    with transaction.atomic():
        return journal.record_many(ACTOR, events.CREATED, rows, now=NOW)


def _positions() -> list[int]:
    return list(EventSeal.objects.order_by("position").values_list("position", flat=True))


def _as_owner(statement: str, *values: int) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values or None)


class TestSealPending:
    def test_gives_gapless_positions_in_the_order_of_writing(self, provider: Organization) -> None:
        written = _write(provider, 3)

        assert sealing.seal_pending(NOW) == 3
        sealed = EventSeal.objects.order_by("position").values_list("position", "event")
        assert list(sealed) == [(n, event.pk) for n, event in enumerate(written, start=1)]
        assert not PendingSeal.objects.exists()

    def test_goes_on_where_it_stopped(self, provider: Organization) -> None:
        for _ in range(3):
            _write(provider, 2)
            sealing.seal_pending(NOW)

        assert _positions() == [1, 2, 3, 4, 5, 6]
        assert verification.problems() == []

    def test_does_nothing_when_nothing_waits(self, provider: Organization) -> None:
        assert sealing.seal_pending(NOW) == 0

    def test_gives_a_late_commit_a_later_position_and_waits_for_nobody(
        self, provider: Organization
    ) -> None:
        written, commit = Flag(), Flag()
        late: list[int] = []

        def slow_writer() -> None:
            with transaction.atomic():
                late.append(_write(provider)[0].pk)
                written.set()
                commit.wait(20)
            connection.close()

        thread = Thread(target=slow_writer)
        thread.start()
        written.wait(20)
        (early,) = _write(provider)

        assert sealing.seal_pending(NOW) == 1
        commit.set()
        thread.join()
        assert sealing.seal_pending(NOW) == 1
        assert late[0] < early.pk
        assert list(EventSeal.objects.order_by("position").values_list("event", flat=True)) == [
            early.pk,
            late[0],
        ]
        assert verification.problems() == []

    def test_leaves_the_work_to_the_one_who_is_at_it(self, provider: Organization) -> None:
        _write(provider)
        held, done = Flag(), Flag()

        def holder() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
                held.set()
                done.wait(20)
            connection.close()

        thread = Thread(target=holder)
        thread.start()
        held.wait(20)
        assert sealing.seal_pending(NOW) == 0
        done.set()
        thread.join()
        assert sealing.seal_pending(NOW) == 1

    @pytest.mark.race
    def test_keeps_one_order_under_writers_and_rival_sealers(self, provider: Organization) -> None:
        writers, sealers, rounds = 4, 2, 15
        start = Barrier(writers + sealers)

        def write() -> None:
            start.wait()
            for _ in range(rounds):
                _write(provider, 2)
            connection.close()

        def seal() -> None:
            start.wait()
            for _ in range(rounds):
                sealing.seal_pending(NOW)
            connection.close()

        with ThreadPoolExecutor(writers + sealers) as pool:
            jobs = [pool.submit(write) for _ in range(writers)]
            jobs += [pool.submit(seal) for _ in range(sealers)]
            for job in jobs:
                job.result()
        sealing.seal_pending(NOW)

        assert _positions() == list(range(1, writers * rounds * 2 + 1))
        assert verification.problems() == []

    def test_takes_ten_thousand_in_one_step_of_a_few_seconds(self, provider: Organization) -> None:
        _write(provider, 10_000)

        began = monotonic()
        assert sealing.seal_pending(NOW) == 10_000
        assert monotonic() - began < 10


class TestProblems:
    @pytest.fixture(autouse=True)
    def _some_sealed(self, provider: Organization) -> None:
        _write(provider, 5)
        sealing.seal_pending(NOW)
        assert verification.problems() == []

    def _event_at(self, position: int) -> int:
        return EventSeal.objects.get(position=position).event_id

    def test_finds_an_altered_event(self) -> None:
        _as_owner("UPDATE accounts_event SET reason = 'x' WHERE id = %s", self._event_at(3))

        (problem,) = verification.problems()
        assert "position 3 was altered" in problem

    @pytest.mark.parametrize(
        "change",
        [
            "actor = 'x'",
            "action = 'x'",
            "subject = 'x'",
            "number = 'x'",
            "request_id = 'x'",
            "before = '{\"a\": 1}'",
            "after = '{\"a\": 1}'",
            "personal = '{\"a\": 1}'",
            "at = at + interval '1 microsecond'",
            "uuid = gen_random_uuid()",
            "on_behalf_of_id = organization_id",
        ],
    )
    def test_finds_a_change_in_any_column(self, change: str) -> None:
        statement = f"UPDATE accounts_event SET {change} WHERE id = %s"  # noqa: S608 - our own words
        _as_owner(statement, self._event_at(2))

        assert len(verification.problems()) == 1

    def test_finds_a_removed_event_whose_seal_was_left(self) -> None:
        event = self._event_at(2)
        _as_owner("ALTER TABLE accounts_eventseal DISABLE TRIGGER USER")
        _as_owner(
            "DO $$ DECLARE name text; BEGIN SELECT conname INTO name FROM pg_constraint WHERE "
            "conrelid = 'accounts_eventseal'::regclass AND contype = 'f'; EXECUTE format('ALTER "
            "TABLE accounts_eventseal DROP CONSTRAINT %I', name); END $$"
        )
        _as_owner("DELETE FROM accounts_event WHERE id = %s", event)

        (problem,) = verification.problems()
        assert f"Event #{event} at position 2 was removed" in problem

    def test_finds_an_event_removed_together_with_its_seal(self) -> None:
        event = self._event_at(4)
        _as_owner("DELETE FROM accounts_eventseal WHERE position = 4")
        _as_owner("DELETE FROM accounts_event WHERE id = %s", event)

        assert "Positions 4 to 4 are missing" in " ".join(verification.problems())

    def test_finds_an_event_inserted_past_the_journal(self, provider: Organization) -> None:
        Event.objects.create(
            at=NOW, organization=provider, actor="member:x", action="a", subject="b"
        )

        (problem,) = verification.problems()
        assert "inserted past the journal" in problem

    def test_finds_an_event_inserted_with_a_made_up_seal(self, provider: Organization) -> None:
        forged = Event.objects.create(
            at=NOW, organization=provider, actor="member:x", action="a", subject="b"
        )
        EventSeal.objects.create(position=6, event=forged, hash="f" * 64, sealed_at=NOW)

        (problem,) = verification.problems()
        assert "position 6 was altered or inserted" in problem

    def test_finds_two_events_that_changed_places(self) -> None:
        first, second = self._event_at(1), self._event_at(2)
        _as_owner("DELETE FROM accounts_eventseal WHERE position IN (1, 2)")
        hashes = dict(EventSeal.objects.values_list("position", "hash"))
        EventSeal.objects.create(position=1, event_id=second, hash=hashes[3], sealed_at=NOW)
        EventSeal.objects.create(position=2, event_id=first, hash=hashes[4], sealed_at=NOW)

        assert "position 1 was altered" in verification.problems()[0]

    def test_finds_an_altered_personal_value(self, provider: Organization) -> None:
        with transaction.atomic():
            journal.record(
                ACTOR,
                events.INVITED,
                now=NOW,
                subject="test.thing:9",
                organization=provider,
                personal={"email": "ada@example.com"},
            )
        sealing.seal_pending(NOW)
        PersonalValue.objects.update(value="eve@example.com")

        (problem,) = verification.problems()
        assert "personal value email" in problem

    def test_is_content_once_a_personal_value_is_erased(self, provider: Organization) -> None:
        with transaction.atomic():
            journal.record(
                ACTOR,
                events.INVITED,
                now=NOW,
                subject="test.thing:9",
                organization=provider,
                personal={"email": "ada@example.com"},
            )
        sealing.seal_pending(NOW)
        PersonalValue.objects.all().delete()

        assert verification.problems() == []

    def test_finds_a_journal_cut_short_by_the_head_noted_before(self) -> None:
        noted = sealing.head()
        event = self._event_at(5)
        _as_owner("DELETE FROM accounts_eventseal WHERE position = 5")
        _as_owner("DELETE FROM accounts_event WHERE id = %s", event)

        assert verification.problems() == []
        assert verification.problems(head=noted) == [
            "Position 5 does not have the hash that was noted."
        ]


class TestUnsealed:
    def test_gives_how_many_wait_and_since_when(self, provider: Organization) -> None:
        _write(provider, 2)

        assert verification.unsealed(NOW + timedelta(seconds=7)) == (2, timedelta(seconds=7))

    def test_gives_nothing_when_all_is_sealed(self, provider: Organization) -> None:
        assert verification.unsealed(NOW) == (0, timedelta(0))


class TestVerifyJournal:
    def test_prints_the_head_and_is_content(self, provider: Organization) -> None:
        _write(provider, 2)
        sealing.seal_pending(NOW)
        said = io.StringIO()

        call_command("verify_journal", stdout=said)

        position, last = sealing.head()
        assert f"Head: {position}:{last}" in said.getvalue()
        assert "The journal holds: 2 events" in said.getvalue()
        call_command("verify_journal", head=f"{position}:{last}", stdout=said)

    def test_fails_and_names_what_was_changed(self, provider: Organization) -> None:
        (event,) = _write(provider)
        sealing.seal_pending(NOW)
        _as_owner("UPDATE accounts_event SET reason = 'x' WHERE id = %s", event.pk)
        said, complained = io.StringIO(), io.StringIO()

        with pytest.raises(CommandError, match="1 problems"):
            call_command("verify_journal", stdout=said, stderr=complained)
        assert f"Event #{event.pk}" in complained.getvalue()

    def test_refuses_a_head_it_cannot_read(self, provider: Organization) -> None:
        with pytest.raises(CommandError, match="position:hash"):
            call_command("verify_journal", head="nonsense", stdout=io.StringIO())


class TestTheApplicationsRole:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE accounts_event SET reason = 'x'",
            "DELETE FROM accounts_event",
            "UPDATE accounts_eventseal SET hash = 'x'",
            "DELETE FROM accounts_eventseal",
            "TRUNCATE accounts_event CASCADE",
            "TRUNCATE accounts_pendingseal",
            "TRUNCATE accounts_organization CASCADE",
            "UPDATE billing_ledgerentry SET amount = 1",
            "DELETE FROM billing_ledgerentry",
            "TRUNCATE billing_ledgerentry",
            "ALTER TABLE accounts_event DISABLE TRIGGER ALL",
            "DROP TABLE accounts_eventseal",
        ],
    )
    def test_cannot_change_what_happened(self, statement: str) -> None:
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_owns_no_table(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
            assert cursor.fetchone() == (0,)

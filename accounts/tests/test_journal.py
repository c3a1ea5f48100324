"""What the journal keeps, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from accounts import catalogue, journal, personal
from accounts.actors import Actor, Carrier, System, client_actor
from accounts.models import Event, Organization, PendingSeal, PersonalValue
from accounts.permissions import Permission
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, make_client
from accounts.work import acting


@pytest.fixture
def moved() -> Iterator[journal.EventType]:
    """Declare a type for one test."""
    name = f"test.thing.moved-{uuid4().hex[:8]}"
    yield journal.declare(
        name,
        "{actor} moved {number} of {organization} by {carrier} for {who}.",
        provider_only={"carrier"},
    )
    del catalogue.CATALOGUE[name]


def _write(
    actor: Actor, event_type: journal.EventType, organization: Organization, **more: str
) -> Event:
    with acting(actor):
        return journal.record(
            actor,
            event_type,
            now=NOW,
            subject=f"test.thing:{uuid4()}",
            organization=organization,
            number="+13125550123",
            before={"place": "here"},
            after={"place": "there", "carrier": "telnyx"},
            reason="the customer asked",
            personal=more,
        )


class TestRecord:
    def test_writes_the_event_and_a_row_that_waits_for_its_seal(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.dealer_owner, moved, cast.tenant)

        stored = Event.objects.get(pk=event.pk)
        assert stored.actor == cast.dealer_owner.name
        assert stored.organization == cast.tenant
        assert stored.number == "+13125550123"
        assert (stored.before["place"], stored.after["place"]) == ("here", "there")
        assert PendingSeal.objects.filter(event=stored).exists()

    def test_names_whom_the_actor_acts_for(self, cast: Cast, moved: journal.EventType) -> None:
        event = _write(cast.staff.on_behalf_of(cast.dealer), moved, cast.tenant)

        assert Event.objects.get(pk=event.pk).on_behalf_of == cast.dealer

    def test_keeps_personal_values_apart_and_only_their_digest_in_the_event(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.staff, moved, cast.tenant, who="ada@example.com")

        kept = PersonalValue.objects.get(event=event)
        assert kept.value == "ada@example.com"
        assert "ada@" not in str(Event.objects.filter(pk=event.pk).values().get())
        assert event.personal == {"who": personal.SaltedValue(kept.value, kept.salt).digest}

    def test_gives_the_same_value_another_digest_each_time(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        first = _write(cast.staff, moved, cast.tenant, who="ada@example.com")
        second = _write(cast.staff, moved, cast.tenant, who="ada@example.com")

        assert first.personal != second.personal

    @pytest.mark.django_db(transaction=True)
    def test_refuses_outside_a_transaction(self, moved: journal.EventType) -> None:
        with pytest.raises(TransactionManagementError, match="commit together"):
            journal.record_many(System("test"), moved, [], now=NOW)

    @pytest.mark.django_db(transaction=True)
    def test_leaves_nothing_behind_when_the_work_is_undone(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        with transaction.atomic():
            _write(cast.staff, moved, cast.tenant)
            transaction.set_rollback(True)

        assert not Event.objects.exists()
        assert not PendingSeal.objects.exists()


class TestRecordMany:
    def test_writes_each_row_in_a_handful_of_statements(
        self,
        cast: Cast,
        moved: journal.EventType,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        rows = [
            journal.Row(subject=f"test.thing:{number}", organization=cast.tenant)
            for number in range(500)
        ]
        with django_assert_max_num_queries(6), transaction.atomic():
            events = journal.record_many(cast.staff, moved, rows, now=NOW)

        assert [event.subject for event in events] == [row.subject for row in rows]
        assert PendingSeal.objects.count() == 500


_RENAME = """
    UPDATE accounts_organization SET name = upper(name)
     WHERE id = ANY(%(keys)s) AND name <> upper(name)
 RETURNING 'test.thing:' || uuid, id, '', '{}'::jsonb, jsonb_build_object('name', name)
"""


class TestRecordFrom:
    def test_writes_an_event_for_each_row_that_the_statement_changed(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        actor = cast.staff.on_behalf_of(cast.dealer)
        keys = {"keys": [cast.dealer.pk, cast.tenant.pk]}
        with transaction.atomic():
            first = journal.record_from(actor, moved, _RENAME, keys, now=NOW)
            second = journal.record_from(actor, moved, _RENAME, keys, now=NOW)

        assert (first, second) == (2, 0)
        events = {event.organization: event for event in Event.objects.filter(action=moved.name)}
        assert set(events) == {cast.dealer, cast.tenant}
        event = events[cast.tenant]
        assert event.subject == f"test.thing:{cast.tenant.uuid}"
        assert (event.actor, event.on_behalf_of, event.at) == (actor.name, cast.dealer, NOW)
        assert (event.before, event.after, event.personal) == (
            {},
            {"name": event.organization.name},
            {},
        )
        assert PendingSeal.objects.filter(event__action=moved.name).count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_refuses_outside_a_transaction(self, moved: journal.EventType) -> None:
        with pytest.raises(TransactionManagementError, match="commit together"):
            journal.record_from(System("test"), moved, _RENAME, {"keys": []}, now=NOW)


class TestRefused:
    @pytest.mark.django_db(transaction=True)
    def test_stays_although_the_work_was_undone(self, cast: Cast, moved: journal.EventType) -> None:
        journal.refused(
            cast.tenant_owner,
            moved,
            now=NOW,
            subject="test.thing:1",
            organization=cast.tenant,
            reason="limit reached",
        )

        assert Event.objects.get().reason == "limit reached"

    @pytest.mark.django_db(transaction=True)
    def test_refuses_inside_the_work_that_will_be_undone(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            journal.refused(
                cast.staff, moved, now=NOW, subject="test.thing:1", organization=cast.tenant
            )


class TestSentence:
    def test_says_who_did_what(self, cast: Cast, moved: journal.EventType) -> None:
        event = _write(cast.staff, moved, cast.tenant, who="ada@example.com")

        assert journal.sentence(event, cast.staff) == (
            f"{cast.staff.membership.user.name} moved +13125550123 of {cast.tenant.name} "
            "by telnyx for ada@example.com."
        )

    @pytest.mark.parametrize(
        ("counted", "said"), [("1 numbers", "1 number."), ("21 numbers", "21 numbers.")]
    )
    def test_counts_one_number_as_one(
        self, cast: Cast, moved: journal.EventType, counted: str, said: str
    ) -> None:
        event = _write(cast.staff, moved, cast.tenant, who=counted)

        assert journal.sentence(event, cast.staff).endswith(f" for {said}")

    def test_hides_the_carrier_from_those_below_the_provider(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.staff, moved, cast.tenant, who="ada")

        for reader in (cast.dealer_owner, cast.tenant_owner):
            assert "telnyx" not in journal.sentence(event, reader)
            assert journal.payload(event, reader) == ({"place": "here"}, {"place": "there"})

    def test_hides_the_carrier_in_a_seat_below_as_well(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.staff, moved, cast.tenant, who="ada")

        assert "telnyx" not in journal.sentence(event, cast.staff.on_behalf_of(cast.tenant))

    def test_hides_what_the_provider_pays_from_a_program_without_money(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.staff, moved, cast.tenant, who="ada")
        reader, _ = make_client(organization=cast.provider, scopes=[Permission.VIEW_JOURNAL])

        assert journal.payload(event, client_actor(reader))[1] == {"place": "there"}

    def test_does_not_name_organizations_above_the_reader(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.staff.on_behalf_of(cast.dealer), moved, cast.tenant, who="ada")

        assert cast.dealer.name not in journal.sentence(event, cast.tenant_owner)
        assert f"acting for {cast.dealer.name}," in journal.sentence(event, cast.dealer_owner)

    def test_does_not_name_people_above_the_reader(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.staff, moved, cast.tenant, who="ada")

        assert journal.sentence(event, cast.tenant_owner).startswith("Your provider moved")

    def test_says_for_whom_somebody_acted(self, cast: Cast, moved: journal.EventType) -> None:
        event = _write(cast.staff.on_behalf_of(cast.tenant), moved, cast.tenant, who="ada")

        assert f", acting for {cast.tenant.name}, moved" in journal.sentence(event, cast.staff)

    def test_says_that_a_value_was_erased(self, cast: Cast, moved: journal.EventType) -> None:
        event = _write(cast.staff, moved, cast.tenant, who="ada@example.com")

        assert personal.erase("ADA@example.com", within=Event.objects.all()) == 1
        assert journal.sentence(event, cast.staff).endswith("for (erased).")

    def test_names_programs_tasks_and_carriers(self, cast: Cast, moved: journal.EventType) -> None:
        client, _ = make_client(organization=cast.provider, name="Night shift")
        actors: list[Actor] = [
            client_actor(client),
            System("sweep"),
            Carrier(uuid4(), cast.provider),
        ]
        events = [_write(actor, moved, cast.tenant, who="ada") for actor in actors]

        told = journal.sentences(events, cast.staff)

        assert [sentence.split(" moved")[0] for sentence in told] == [
            "Night shift",
            "The portal",
            "The carrier",
        ]

    def test_asks_no_more_for_many_than_for_one(
        self,
        cast: Cast,
        moved: journal.EventType,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for _ in range(20):
            _write(cast.staff, moved, cast.tenant, who="ada")
        events = list(Event.objects.select_related("organization", "on_behalf_of"))

        with django_assert_max_num_queries(3):
            journal.sentences(events, cast.staff)


class TestDeclare:
    def test_refuses_a_name_twice(self, moved: journal.EventType) -> None:
        with pytest.raises(ValueError, match="twice"):
            journal.declare(moved.name, "Again.")


class TestVisibleTo:
    def test_shows_events_of_ones_own_branch_alone(
        self, cast: Cast, moved: journal.EventType
    ) -> None:
        event = _write(cast.staff, moved, cast.sub_tenant, who="ada")

        for reader in (cast.staff, cast.dealer_owner, cast.sub_dealer_owner, cast.sub_tenant_owner):
            assert event in Event.objects.visible_to(reader)
        for stranger in (cast.rival_dealer_owner, cast.rival_tenant_owner, cast.tenant_owner):
            assert event not in Event.objects.visible_to(stranger)

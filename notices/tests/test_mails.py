"""People are told of what happened: once, in words that they may read, whatever dies meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from accounts import journal, sealing
from accounts.models import Role
from accounts.tests.cast import Cast
from accounts.tests.factories import make_member
from dids import events as dids_events
from dids.models import (
    Document,
    DocumentType,
    EmergencyLocation,
    EmergencyRegistration,
    Task,
    TaskKind,
)
from dids.states import FeatureStatus
from dids.tests.factories import make_document, make_number
from dids.workflows import address_checks, feature_recording, locations, opening, reminding
from notices import letters, reading, sending
from notices.models import Mail, Reader
from trunks import events as trunk_events
from trunks.errors import Rejected
from trunks.tests.factories import make_carrier_account

FRONT = "front@oak.example"


@pytest.fixture
def place(cast: Cast) -> EmergencyLocation:
    """Give a location with somebody to be told, and begin to read."""
    row = EmergencyLocation.objects.get(organization=cast.tenant, country="US")
    row.contacts = [FRONT]
    row.save(update_fields=["contacts"])
    told()
    return row


def told() -> list[Mail]:
    """Seal and read what has happened since."""
    before = set(Mail.objects.values_list("pk", flat=True))
    sealing.seal_pending(timezone.now())
    reading.read(now=timezone.now())
    return list(Mail.objects.exclude(pk__in=before).order_by("recipient", "pk"))


def registered(place: EmergencyLocation) -> EmergencyRegistration:
    number = make_number(holder=place.organization)
    return EmergencyRegistration.objects.create(
        number=number,
        location=place,
        organization=place.organization,
        status=FeatureStatus.WANTED,
        status_since=timezone.now(),
    )


class TestALocation:
    def test_tells_its_contacts_that_a_number_was_refused(self, place: EmergencyLocation) -> None:
        row = registered(place)
        attempt, _ = feature_recording.claimed(row, to=FeatureStatus.SETTING, now=timezone.now())
        no = Rejected("MARK-CARRIER knows no such street")
        feature_recording.trouble_met(row, attempt, no, now=timezone.now())

        (letter,) = told()
        assert (letter.recipient, letter.subject) == (FRONT, f"Emergency location “{place.label}”")
        assert row.number.e164 in letter.body
        assert f"/emergency/{place.uuid}/" in letter.body
        assert "MARK-CARRIER" not in letter.body

    def test_tells_of_many_numbers_in_one_mail(self, place: EmergencyLocation) -> None:
        for _ in range(letters.MOST_SENTENCES + 2):
            row = registered(place)
            feature_recording.note(row, dids_events.FEATURE_ACTIVE, now=timezone.now())
        (letter,) = told()
        assert letter.body.count("in force") == letters.MOST_SENTENCES
        assert "2 more such things happened." in letter.body

    def test_tells_nobody_of_what_happened_to_an_earlier_holder(
        self, cast: Cast, place: EmergencyLocation
    ) -> None:
        row = registered(place)
        row.organization = cast.rival_tenant
        feature_recording.note(row, dids_events.FEATURE_ACTIVE, now=timezone.now())
        assert told() == []

    def test_that_was_checked_is_told_of(self, cast: Cast, place: EmergencyLocation) -> None:
        EmergencyLocation.objects.filter(pk=place.pk).update(
            status="WITH_PERSON", is_default=False, validated_at=None
        )
        address_checks.accepted_by_hand(location=place, actor=cast.staff, now=timezone.now())
        assert ["is active" in letter.body for letter in told()] == [True]

    def test_is_to_be_looked_at_again_once_a_year(
        self, cast: Cast, place: EmergencyLocation
    ) -> None:
        EmergencyLocation.objects.exclude(pk=place.pk).delete()
        long_ago = timezone.now() - timedelta(days=400)
        EmergencyLocation.objects.filter(pk=place.pk).update(validated_at=long_ago)

        for _ in range(2):
            reminding.remind_of_locations(now=timezone.now(), most=10)
        (letter,) = told()
        assert "still right" in letter.body

        later = timezone.now() + timedelta(days=364)
        locations.note_test(location=place, actor=cast.tenant_owner, now=later)
        later += timedelta(days=10)
        assert reminding.remind_of_locations(now=later, most=10) == 0


class TestAnAccount:
    def test_tells_staff_who_manage_carriers(self, cast: Cast) -> None:
        make_member(organization=cast.provider, role=Role.VIEWER)
        account = make_carrier_account()
        told()
        happened: list[tuple[Any, dict[str, str], str]] = [
            (trunk_events.BALANCE_LOW, {"balance": "2.00 USD"}, ""),
            (trunk_events.ACCOUNT_BROKEN, {}, "The key is wrong."),
        ]
        for event_type, after, reason in happened:
            journal.record(
                cast.staff,
                event_type,
                now=timezone.now(),
                subject=account.subject,
                organization=account.owner,
                after={"name": account.name, **after},
                reason=reason,
            )

        found = told()
        assert [letter.recipient for letter in found] == [cast.staff.membership.user.email]
        assert "2.00 USD left" in found[0].body
        assert "The key is wrong." in found[0].body
        assert f"/carriers/{account.uuid}/" in found[0].body


class TestADocument:
    def test_that_expires_soon_is_told_to_who_keeps_documents(self, cast: Cast) -> None:
        viewer = make_member(organization=cast.tenant, role=Role.VIEWER)
        row = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        Document.objects.filter(pk=row.pk).update(
            expires_on=timezone.now().date() + timedelta(days=5)
        )
        told()

        reminding.remind(now=timezone.now(), most=9)

        found = told()
        recipients = {letter.recipient for letter in found}
        assert cast.tenant_owner.membership.user.email in recipients
        assert viewer.user.email not in recipients
        assert f"/documents/{row.uuid}/" in found[0].body
        assert "is valid until" in found[0].body


class TestATask:
    def test_that_is_late_is_told_to_those_who_look_after_people(self, cast: Cast) -> None:
        make_member(organization=cast.provider, role=Role.OPERATOR)
        number = make_number(holder=cast.provider)
        now = timezone.now()
        opening.open_task(
            TaskKind.BOUGHT_LATE,
            about=number.subject,
            what=number.e164,
            organization=cast.provider,
            number=number,
            due_at=now - timedelta(minutes=1),
            now=now,
        )
        told()
        reminding.hurry(now=now, most=10)
        (letter,) = told()
        task = Task.objects.get()
        assert letter.recipient == cast.staff.membership.user.email
        assert letter.subject == f"Late: {task.title}"
        assert f"/tasks/{task.uuid}/" in letter.body
        assert "is late: it was due on" in letter.body


class TestReading:
    def test_begins_with_what_happens_from_then_on(self, place: EmergencyLocation) -> None:
        feature_recording.note(registered(place), dids_events.FEATURE_ACTIVE, now=timezone.now())
        sealing.seal_pending(timezone.now())
        Reader.objects.all().delete()
        assert told() == []

    def test_writes_nothing_twice(self, place: EmergencyLocation) -> None:
        feature_recording.note(registered(place), dids_events.FEATURE_ACTIVE, now=timezone.now())
        assert len(told()) == 1
        assert told() == []


class TestSending:
    def a_mail(self) -> Mail:
        now = timezone.now()
        return Mail.objects.create(
            position=1, recipient=FRONT, subject="S", body="B", created_at=now, due_at=now
        )

    def test_sends_once(self, db: None) -> None:
        row = self.a_mail()
        assert sending.send(mail_id=row.pk, now=timezone.now())
        assert not sending.send(mail_id=row.pk, now=timezone.now())
        (message,) = mail.outbox
        assert message.to == [FRONT]
        assert str(row.uuid) in message.extra_headers["Message-ID"]

    def test_goes_on_where_a_worker_died(self, db: None) -> None:
        row = self.a_mail()
        now = timezone.now()
        assert sending.due(now).update(due_at=now + sending.LEASE, attempt=uuid4(), tries=1) == 1
        assert not sending.send(mail_id=row.pk, now=now)
        assert sending.send(mail_id=row.pk, now=now + sending.LEASE)
        row.refresh_from_db()
        assert (row.tries, row.attempt) == (2, None)

    def test_is_given_up_where_every_worker_died(self, db: None) -> None:
        row, now = self.a_mail(), timezone.now()
        Mail.objects.update(tries=sending.MOST_TRIES, attempt=uuid4())
        assert not sending.send(mail_id=row.pk, now=now)
        row.refresh_from_db()
        assert (row.due_at, row.sent_at) == (None, None)
        assert mail.outbox == []

    def test_is_tried_again_and_given_up_in_the_end(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*_: Any, **__: Any) -> int:
            raise OSError("The server is away.")

        monkeypatch.setattr("django.core.mail.EmailMessage.send", refused)
        row, now = self.a_mail(), timezone.now()
        for _ in range(sending.MOST_TRIES):
            row.refresh_from_db()
            assert row.due_at is not None
            now = max(now, row.due_at)
            assert not sending.send(mail_id=row.pk, now=now)
        row.refresh_from_db()
        assert (row.due_at, row.sent_at) == (None, None)
        sending.forget(now=now + sending.KEPT * 2)
        assert not Mail.objects.exists()

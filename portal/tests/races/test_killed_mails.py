"""Workers killed or stopped while they write or send mails about what happened."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts import journal, sealing
from accounts.models import SentMail
from accounts.work import acting
from dids import events
from dids.models import EmergencyLocation
from notices import reading
from notices.models import Mail
from portal.testing.workers import Workers
from portal.tests.races.accidents import FATES, Accidents
from portal.tests.races.stage import Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

SEND = ("mail.claimed", "mail.sent")
SERVER = {"EMAIL_BACKEND": "accounts.mail.DatabaseBackend"}
"""Has taken a mail as soon as it answers, whatever becomes of who sent it."""
LEASE = {"MAIL_LEASE_SECONDS": 5}


class TestAMail:
    def test_is_sent_once_or_once_more_where_nobody_knows(
        self, stage: Stage, workers: Workers, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = SERVER["EMAIL_BACKEND"]
        mails = {blow: _mail(*blow) for blow in product(SEND, FATES)}

        with Accidents(stage, workers) as accidents:
            for (point, fate), mail in mails.items():
                accidents.befall(
                    point,
                    fate,
                    "notices.tasks.send",
                    partial(_is_sent, mail),
                    with_settings={**SERVER, **LEASE},
                    mail_id=mail.pk,
                )
            accidents.settle()

        for (point, _), mail in mails.items():
            copies = SentMail.objects.filter(subject=mail.subject).count()
            assert (copies, mail.tries) == (2 if point == "mail.sent" else 1, 2), mail.subject

    @pytest.mark.parametrize("fate", FATES)
    def test_follows_once_from_what_happened(
        self, stage: Stage, workers: Workers, settings: Any, fate: str
    ) -> None:
        settings.EMAIL_BACKEND = SERVER["EMAIL_BACKEND"]
        reading.read(now=timezone.now())
        place = EmergencyLocation.objects.filter(organization=stage.cast.tenant).first()
        assert place is not None
        place.contacts = ["front@oak.example"]
        place.save(update_fields=["contacts"])
        with acting(stage.cast.staff):
            journal.record(
                stage.cast.staff,
                events.LOCATION_DUE,
                now=timezone.now(),
                subject=place.subject,
                organization=place.organization,
                after={"label": place.label},
            )
        sealing.seal_pending(timezone.now())

        with Accidents(stage, workers) as accidents:
            accidents.befall(
                "mail.writing",
                fate,
                "notices.tasks.sweep",
                lambda: SentMail.objects.filter(body__contains="still right").exists(),
                with_settings=SERVER,
            )
            accidents.settle()

        assert Mail.objects.get().tries == 1
        assert SentMail.objects.count() == 1


def _mail(*blow: str) -> Mail:
    now = timezone.now()
    return Mail.objects.create(
        position=Mail.objects.count() + 1,
        recipient="front@oak.example",
        subject=" ".join(blow),
        body="It is time.",
        created_at=now,
        due_at=now,
    )


def _is_sent(mail: Mail) -> bool:
    mail.refresh_from_db()
    return mail.sent_at is not None

"""
Reading the sealed journal: every position once, in order, by one reader at a time.

The mails of a batch and the position up to which it went are written in one transaction, so that
nothing is told twice and nothing is passed over, whenever a worker dies.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import sealing
from accounts.models import EventSeal
from lib import pauses
from lib.locks import no_key
from lib.nudges import nudge
from notices import letters, tasks
from notices.models import Mail, Reader

NAME = "mail"
BATCH = 500
_FEW = 20
"""So many are nudged one by one; the sweep sees to more of them."""


def read(*, now: datetime) -> int:
    """Write the mails that follow from what was sealed since; gives how many there are."""
    # Whoever begins to read does not tell of what was before.
    Reader.objects.get_or_create(name=NAME, defaults={"position": sealing.head()[0]})
    with transaction.atomic():
        reader = no_key(Reader.objects.filter(name=NAME)).get()
        end, _ = sealing.head()
        fresh = EventSeal.objects.filter(position__gt=reader.position, position__lte=end)
        told = fresh.filter(event__action__in=letters.TOLD).order_by("position")
        seals = list(told.select_related("event__organization")[:BATCH])
        reader.position = seals[-1].position if len(seals) == BATCH else end
        reader.save(update_fields=["position"])
        mails = Mail.objects.bulk_create(
            Mail(
                position=letter.position,
                recipient=letter.recipient,
                subject=letter.subject[:150],
                body=letter.body,
                created_at=now,
                due_at=now,
            )
            for letter in letters.written(seals)
        )
        for mail in mails[:_FEW]:
            nudge(tasks.send.delay, mail_id=mail.pk)
        pauses.at("mail.writing")
    return len(mails)

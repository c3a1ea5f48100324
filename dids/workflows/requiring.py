"""
Asking carriers what they ask for: once a day for each account, country and type.

Of carriers that cannot be asked, staff keep it by hand, see `requirement_keeping`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import connection

from dids import asked_for, timing
from dids.models import RequirementList
from trunks.deadlines import Deadline
from trunks.errors import CarrierError
from trunks.models import CarrierAccount
from trunks.offers import FoundNumber, Wanted
from trunks.roles import AsksForDocuments, Carrier


def marked(
    found: Sequence[FoundNumber],
    *,
    carrier: Carrier,
    account: CarrierAccount,
    wanted: Wanted,
    deadline: Deadline,
    now: datetime,
) -> list[FoundNumber]:
    """Say of numbers that were found whether the carrier asks for documents first."""
    if not found:
        return []
    if not isinstance(carrier, AsksForDocuments):
        return marked_by_hand(found, account=account)
    if wanted.country in carrier.asks_nobody_in:
        return list(found)
    if carrier.asks_by_number and not any(number.needs_documents for number in found):
        return list(found)
    kept = refreshed(account, carrier, wanted, deadline=deadline, now=now)
    if carrier.asks_by_number or kept is None or not kept.requirements:
        return list(found)
    return [replace(number, needs_documents=True) for number in found]


def marked_by_hand(found: Sequence[FoundNumber], *, account: CarrierAccount) -> list[FoundNumber]:
    """Say of numbers of one type whether documents are asked for, as staff keep it."""
    types = {number.type for number in found}
    countries = {number.country for number in found}
    asked = {one: asked_for.asked_in(account, one, countries) for one in types}
    return [
        replace(number, needs_documents=True) if number.country in asked[number.type] else number
        for number in found
    ]


def refreshed(
    account: CarrierAccount,
    carrier: AsksForDocuments,
    wanted: Wanted,
    *,
    deadline: Deadline,
    now: datetime,
) -> RequirementList | None:
    """Give what is asked for; where the carrier cannot tell now, what it told last."""
    key: dict[str, Any] = {
        "carrier_account": account,
        "country": wanted.country,
        "type": str(wanted.type),
    }
    kept = RequirementList.objects.filter(**key).first()
    if kept is not None and kept.asked_at > now - timing.span("REQUIREMENTS_SECONDS"):
        return kept
    if not connection.in_atomic_block:
        # As in every search: no connection to the database is held while a carrier thinks.
        connection.close()
    try:
        asked = carrier.requirements(wanted.country, wanted.type, deadline=deadline)
    except CarrierError:
        return kept
    row, _ = RequirementList.objects.update_or_create(
        **key, defaults={"asked_at": now, "requirements": [asdict(one) for one in asked]}
    )
    return row

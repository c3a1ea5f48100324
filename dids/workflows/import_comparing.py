"""A full list that somebody brought, as one more source of a comparison with our stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from dids.differences import Difference
from dids.models import FindingKind, Import
from dids.workflows import auditing

LIST_AGE = timedelta(days=1)
"""So old a list may be: what moved later than this before it came, it need not show."""
KINDS = (FindingKind.NOT_AT_CARRIER, FindingKind.NOT_IN_STOCK)
"""What a list can tell after its own numbers were taken into stock."""

_OURS = """
    SELECT e164, carrier_reference FROM dids_phonenumber n
     WHERE carrier_account_id = %(account)s AND status NOT IN ('PORTED_OUT', 'RELEASED')"""
_MISSING = f"""
    {_OURS} AND e164 <> ALL(%(moving)s::text[])
       AND NOT EXISTS (SELECT FROM dids_importrow r
                        WHERE r.source_id = %(source)s AND r.e164 = n.e164)"""
_COUNTS = f"""
    SELECT (SELECT count(*) FROM ({_OURS}) ours), (SELECT count(*) FROM ({_MISSING}) missing)"""  # noqa: S608
_NOT_TAKEN = """
    SELECT e164, carrier_reference FROM dids_importrow r
     WHERE source_id = %(source)s AND verdict = 'REFUSED' AND e164 <> ''
       AND e164 <> ALL(%(moving)s::text[])
       AND NOT EXISTS (SELECT FROM dids_phonenumber n
                        WHERE n.e164 = r.e164 AND n.carrier_account_id = %(account)s
                          AND n.status NOT IN ('PORTED_OUT', 'RELEASED'))"""


def counts(source: Import) -> dict[str, int]:
    """Count our numbers at the account, and those of them that the list lacks."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, _named(source))
        ours, missing = cursor.fetchone() or (0, 0)
    return {"ours": ours, "missing": missing}


def conclude(source: Import, *, now: datetime) -> None:
    """Have somebody decide about what the list lacks, and what it has that was not taken."""
    auditing.conclude(
        account=source.account,
        found=_found(source),
        kinds=KINDS,
        theirs=source.new + source.changed + source.unchanged + source.refused,
        ours=source.ours,
        asked_by=source.uploaded_by,
        now=now,
    )


def _found(source: Import) -> Iterator[Difference]:
    named = _named(source)
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, named)
        for number, reference in cursor.fetchall():
            yield Difference(kind=FindingKind.NOT_AT_CARRIER, number=number, ours=reference)
        cursor.execute(_NOT_TAKEN, named)
        for number, reference in cursor.fetchall():
            yield Difference(kind=FindingKind.NOT_IN_STOCK, number=number, theirs=reference)


def _named(source: Import) -> dict[str, Any]:
    moving = auditing.moving(source.account, source.uploaded_at - LIST_AGE)
    return {"source": source.pk, "account": source.account_id, "moving": list(moving)}

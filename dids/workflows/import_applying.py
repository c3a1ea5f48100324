"""Applying a checked list: one transaction, everything that still holds or nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection

from accounts import journal, limits
from accounts.actors import System
from accounts.work import acting
from dids import events, signals, timing
from dids.models import Import
from dids.states import IMPORT, ImportStatus
from dids.workflows import import_comparing, import_verdicts, importing
from dids.workflows.importing import KEPT, note, require_credible
from lib import pauses
from lib.locks import TRIES, no_key
from lib.refusals import UnableTo
from lib.transitions import UnableToMove
from trunks.models import CarrierAccount

_ACTOR = System("dids.import")
_S = ImportStatus
TOLD_AT_ONCE = 10_000
"""Numbers of one signal."""

_LOCK = """
    SELECT FROM dids_phonenumber
     WHERE status NOT IN ('PORTED_OUT', 'RELEASED') AND e164 IN (
           SELECT e164 FROM dids_importrow WHERE source_id = %(source)s AND verdict = 'CHANGED')
     ORDER BY e164 FOR NO KEY UPDATE"""
_BLOCK_OF = """
    LEFT JOIN dids_numberblock b ON r.block_first <> '' AND b.ended_at IS NULL
          AND b.first = r.block_first AND b.last = r.block_last
          AND b.carrier_account_id = %(account)s"""
_BLOCKS = """
    INSERT INTO dids_numberblock
           (uuid, first, last, country, type, carrier_account_id, divisible, created_at)
    SELECT gen_random_uuid(), block_first, block_last,
           min(coalesce(nullif(r.country, ''), likely_country)),
           min(coalesce(nullif(r.type, ''), likely_type)), %(account)s, %(divisible)s, %(now)s
      FROM dids_importrow r
     WHERE source_id = %(source)s AND block_first <> '' AND verdict IN ('NEW', 'CHANGED')
       AND NOT EXISTS (SELECT FROM dids_numberblock b
                        WHERE b.first = block_first AND b.last = block_last
                          AND b.carrier_account_id = %(account)s AND b.ended_at IS NULL)
     GROUP BY block_first, block_last ORDER BY block_first
    RETURNING 'dids.block:' || uuid, %(owner)s::bigint, '', '{}'::jsonb,
              jsonb_build_object('first', first, 'last', last, 'divisible', divisible)"""
_NEW = f"""
    INSERT INTO dids_phonenumber
           (uuid, e164, country, type, region, locality, rate_center, capabilities,
            carrier_account_id, carrier_reference, status, status_since, quarantine_until,
            holder_id, label, block_id, setup, monthly, currency, bought_at, contract_ends_on)
    SELECT gen_random_uuid(), r.e164,
           coalesce(b.country, nullif(r.country, ''), r.likely_country),
           coalesce(b.type, nullif(r.type, ''), r.likely_type),
           r.region, r.locality, r.rate_center, coalesce(r.capabilities, '{{}}'),
           %(account)s, r.carrier_reference,
           CASE WHEN r.rests THEN 'QUARANTINE' ELSE 'AVAILABLE' END, %(now)s,
           CASE WHEN r.rests THEN %(now)s + make_interval(days => coalesce(
                (%(rest_days)s::jsonb ->> coalesce(nullif(r.country, ''), r.likely_country))::int,
                %(rest_days_elsewhere)s)) END,
           %(owner)s, r.label, b.id, r.setup, r.monthly, r.currency, %(now)s, r.contract_ends_on
      FROM dids_importrow r {_BLOCK_OF}
     WHERE r.source_id = %(source)s AND r.verdict = 'NEW'
     ORDER BY r.e164
    RETURNING 'dids.number:' || uuid, holder_id, e164, '{{}}'::jsonb,
              jsonb_strip_nulls(jsonb_build_object(
                  'file', %(file)s::text, 'carrier_account', %(account_name)s::text,
                  'carrier_reference', carrier_reference, 'setup', setup::text,
                  'monthly', monthly::text, 'currency', nullif(currency, ''))),
              id"""  # noqa: S608
_HELD = """held AS (
        INSERT INTO dids_holding (number_id, organization_id, source_id, during)
        SELECT id, organization_id, NULL, tstzrange(%(now)s, NULL) FROM happened)"""
# Numbers and holdings come by one statement: the database compares them at its end, all at once.
_IN_BULK = "SELECT set_config('dids.in_bulk', %s, true)"
_SAID = """(SELECT coalesce(jsonb_object_agg(key, value -> {place}), '{{}}')
              FROM jsonb_each(r.changes))"""
_CHANGED = f"""
    UPDATE dids_phonenumber n
       SET country = coalesce(nullif(r.country, ''), n.country),
           type = coalesce(nullif(r.type, ''), n.type),
           region = coalesce(nullif(r.region, ''), n.region),
           locality = coalesce(nullif(r.locality, ''), n.locality),
           rate_center = coalesce(nullif(r.rate_center, ''), n.rate_center),
           capabilities = coalesce(r.capabilities, n.capabilities),
           carrier_reference = coalesce(nullif(r.carrier_reference, ''), n.carrier_reference),
           setup = coalesce(r.setup, n.setup), monthly = coalesce(r.monthly, n.monthly),
           currency = coalesce(nullif(r.currency, ''), n.currency),
           contract_ends_on = coalesce(r.contract_ends_on, n.contract_ends_on),
           label = CASE WHEN r.changes ? 'label' THEN r.label ELSE n.label END,
           block_id = CASE WHEN r.changes ? 'block' THEN b.id ELSE n.block_id END
      FROM dids_importrow r {_BLOCK_OF}
     WHERE r.source_id = %(source)s AND r.verdict = 'CHANGED'
       AND n.e164 = r.e164 AND n.status NOT IN ('PORTED_OUT', 'RELEASED')
       AND n.carrier_account_id = %(account)s
    RETURNING 'dids.number:' || n.uuid, %(owner)s::bigint, n.e164, {_SAID.format(place=0)},
              {_SAID.format(place=1)} || jsonb_build_object('file', %(file)s::text)"""  # noqa: S608


def carry_out(source: Import, *, now: datetime) -> None:
    """
    Apply a list; what changed since it was checked is refused by name.

    :raises UnableToMove: if another worker has it
    """
    clock = timing.Elapsed(now)
    attempt = importing.claim(source, now=now)
    pauses.at("import.applying")
    why = "The stock kept changing meanwhile. Apply it once more."
    for _ in range(TRIES):
        try:
            with acting(_ACTOR):
                _apply(source, attempt, now=clock.now())
        except UnableToMove:
            raise
        except UnableTo as refusal:
            why = str(refusal)
            break
        except IntegrityError:
            # A purchase brought one of the numbers in at this moment: look at all of it again.
            continue
        return
    with acting(_ACTOR):
        IMPORT.edges.record(
            source,
            attempt=attempt,
            to=_S.CHECKED,
            now=clock.now(),
            next_attempt_at=clock.now() + KEPT,
            failure=why[:300],
        )
        note(_ACTOR, events.IMPORT_NOT_APPLIED, source, now=clock.now(), reason=why)


def _apply(source: Import, attempt: UUID, *, now: datetime) -> None:
    # Two lists for one account: the second waits here, and then sees what the first has done.
    no_key(CarrierAccount.objects.filter(pk=source.account_id)).get()
    named = _named(source, now)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, named)
        import_verdicts.judge_again(source)
        counts = import_verdicts.counts(source)
        if source.is_full_list:
            counts |= import_comparing.counts(source)
        for name, count in counts.items():
            setattr(source, name, count)
        if not source.believes_short_list:
            require_credible(source)
        limits.take_number(source.account.owner, source.new)
        journal.record_from(_ACTOR, events.BLOCK_DEFINED, _BLOCKS, named, now=now)
        cursor.execute(_IN_BULK, ["on"])
        journal.record_from(_ACTOR, events.IMPORTED, _NEW, named, now=now, beside=_HELD)
        cursor.execute(_IN_BULK, ["off"])
        pauses.at("import.written")
        journal.record_from(_ACTOR, events.AMENDED, _CHANGED, named, now=now)
    _signal(source)
    if source.is_full_list:
        import_comparing.conclude(source, now=now)
    IMPORT.edges.record(
        source, attempt=attempt, to=_S.APPLIED, now=now, next_attempt_at=None, **counts
    )
    told = {name: counts[name] for name in ("new", "changed", "refused")}
    note(_ACTOR, events.IMPORT_APPLIED, source, now=now, after=told)


def _signal(source: Import) -> None:
    came = source.rows.filter(verdict="NEW").order_by("e164").values_list("e164", flat=True)
    some: list[str] = []
    for number in came.iterator():
        some.append(number)
        if len(some) == TOLD_AT_ONCE:
            signals.send(some)
            some = []
    signals.send(some)


def _named(source: Import, now: datetime) -> dict[str, Any]:
    return {
        "source": source.pk,
        "account": source.account_id,
        "account_name": source.account.name,
        "owner": source.account.owner_id,
        "file": source.file_name,
        "divisible": source.divisible,
        "rest_days": json.dumps(timing.QUARANTINE_DAYS),
        "rest_days_elsewhere": timing.QUARANTINE_DAYS_ELSEWHERE,
        "now": now,
    }

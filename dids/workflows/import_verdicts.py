"""What each number of a list would do to the stock: judged by the database, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from django.db import connection

from dids.import_lines import Entry
from dids.models import Import, Verdict

_STAGED = tuple(field.name for field in fields(Entry))
_staged = attrgetter(*_STAGED)
_KEPT = tuple(name for name in _STAGED if name not in {"field", "reason", "is_refused"})
_TEXTS = ("country", "type", "region", "locality", "rate_center", "carrier_reference", "currency")
_VALUES = ("setup", "monthly", "contract_ends_on")

# Beside every row r stand the live number n, what is in the way (o) and what would change (c).
_JUDGED = """
    FROM {rows} r
    LEFT JOIN dids_phonenumber n ON n.e164 = r.e164 AND n.status NOT IN ('PORTED_OUT', 'RELEASED')
    LEFT JOIN trunks_carrieraccount a ON a.id = n.carrier_account_id
    LEFT JOIN LATERAL (
         SELECT b.first, b.last FROM dids_numberblock b
          WHERE r.block_first <> '' AND b.ended_at IS NULL
            AND b.span && int8range(nullif(substr(r.block_first, 2), '')::bigint,
                                    nullif(substr(r.block_last, 2), '')::bigint, '[]')
            AND (b.first, b.last, b.carrier_account_id)
                IS DISTINCT FROM (r.block_first, r.block_last, %(account)s)
          LIMIT 1) b ON true
    CROSS JOIN LATERAL (SELECT CASE
         WHEN n.carrier_account_id <> %(account)s THEN
              ARRAY['number', 'It is in stock at another carrier account: ' || a.name || '.']
         WHEN n.id IS NULL AND EXISTS (
              SELECT FROM dids_orderline l WHERE l.e164 = r.e164 AND l.status = 'WAITING') THEN
              ARRAY['number', 'An order is buying it. Check the list again when that is decided.']
         WHEN b.first IS NOT NULL THEN
              ARRAY['range_start', 'Its range overlaps the block ' || b.first || ' to ' || b.last
                    || '. Correct the range, or dissolve that block first.']
         WHEN r.block_first <> '' AND n.block_id IS NULL
              AND (n.holder_id <> %(owner)s OR n.status NOT IN ('AVAILABLE', 'QUARANTINE')) THEN
              ARRAY['range_start', 'It is not free in stock, so its range cannot become a block. '
                    'Have it given back, or write the numbers one by one.']
         WHEN n.block_id IS NOT NULL
              AND (r.country NOT IN ('', n.country) OR r.type NOT IN ('', n.type)) THEN
              ARRAY['type', 'It belongs to a block, whose numbers have one country and type. Leave '
                    'these out, or correct them.']
         WHEN r.block_first <> ''
              AND (r.country = '' AND n.country <> r.likely_country
                   OR r.type = '' AND n.type <> r.likely_type) THEN
              ARRAY['type', 'It differs from others of its range in country or type. Write both in '
                    'the line.']
         WHEN r.currency NOT IN ('', n.currency)
              AND (r.setup IS NULL AND n.setup IS NOT NULL
                   OR r.monthly IS NULL AND n.monthly IS NOT NULL) THEN
              ARRAY['currency', 'Its other price is in ' || n.currency || '. Write both prices in '
                    'one currency.']
         END AS told) o
    CROSS JOIN LATERAL (SELECT CASE WHEN n.id IS NULL THEN '{{}}'::jsonb
         ELSE jsonb_strip_nulls(jsonb_build_object({changes})) END AS made) c"""

_VERDICT = """CASE WHEN o.told IS NOT NULL THEN 'REFUSED' WHEN n.id IS NULL THEN 'NEW'
                   WHEN c.made = '{{}}'::jsonb THEN 'UNCHANGED' ELSE 'CHANGED' END"""


def _changes() -> str:
    texts = [
        f"'{name}', CASE WHEN r.{name} NOT IN ('', n.{name}) "
        f"THEN jsonb_build_array(n.{name}, r.{name}) END"
        for name in _TEXTS
    ]
    values = [
        f"'{name}', CASE WHEN r.{name} IS NOT NULL AND r.{name} IS DISTINCT FROM n.{name} "
        f"THEN jsonb_build_array(n.{name}::text, r.{name}::text) END"
        for name in _VALUES
    ]
    others = [
        "'capabilities', CASE WHEN NOT (r.capabilities @> n.capabilities "
        "AND r.capabilities <@ n.capabilities) "
        "THEN jsonb_build_array(n.capabilities, r.capabilities) END",
        # The words of whoever holds it are theirs.
        "'label', CASE WHEN r.label NOT IN ('', n.label) AND n.holder_id = %(owner)s "
        "THEN jsonb_build_array(n.label, r.label) END",
        "'block', CASE WHEN r.block_first <> '' AND n.block_id IS NULL "
        "THEN jsonb_build_array('', r.block_first || ' to ' || r.block_last) END",
    ]
    return ", ".join([*texts, *values, *others])


def _judged(rows: str) -> str:
    return _JUDGED.format(rows=rows, changes=_changes())


# All of these are put together from constants of this module.
_STAGE = f"""
    CREATE TEMPORARY TABLE dids_imported ON COMMIT DROP AS
    SELECT {", ".join(name for name in _STAGED if name != "is_refused")}, false AS is_refused
      FROM dids_importrow WITH NO DATA"""  # noqa: S608
_COPY = f"COPY dids_imported ({', '.join(_STAGED)}) FROM STDIN"
_KEEP = f"""
    INSERT INTO dids_importrow
           (source_id, {", ".join(_KEPT)}, verdict, field, reason, changes)
    SELECT %(source)s, {", ".join(f"r.{name}" for name in _KEPT)},
           CASE WHEN r.is_refused THEN 'REFUSED' ELSE {_VERDICT.format()} END,
           coalesce(CASE WHEN r.is_refused THEN r.field ELSE o.told[1] END, r.field),
           coalesce(CASE WHEN r.is_refused THEN r.reason ELSE o.told[2] END, r.reason),
           CASE WHEN r.is_refused OR o.told IS NOT NULL THEN '{{}}'::jsonb ELSE c.made END
      {_judged("dids_imported")}
     ORDER BY r.line, r.e164"""
_TWICE = """
    UPDATE dids_importrow r
       SET verdict = 'REFUSED', field = 'number', changes = '{}',
           reason = 'It stands in line ' || twice.line || ' already.'
      FROM (SELECT id, first_value(line) OVER numbers AS line, row_number() OVER numbers AS place
              FROM dids_importrow WHERE source_id = %(source)s AND verdict <> 'REFUSED'
            WINDOW numbers AS (PARTITION BY e164 ORDER BY line, id)) twice
     WHERE r.id = twice.id AND twice.place > 1"""
_WHOLE = """
    UPDATE dids_importrow r
       SET verdict = 'REFUSED', field = 'range_start', changes = '{}',
           reason = 'Its range comes whole or not at all, and ' || broken.e164 || ' is refused.'
      FROM (SELECT line, min(e164) AS e164 FROM dids_importrow
             WHERE source_id = %(source)s AND verdict = 'REFUSED' AND block_first <> ''
             GROUP BY line) broken
     WHERE r.source_id = %(source)s AND r.line = broken.line AND r.verdict <> 'REFUSED'"""
_AGAIN = f"""
    UPDATE dids_importrow r
       SET verdict = CASE WHEN j.verdict = 'UNCHANGED' THEN 'UNCHANGED' ELSE 'REFUSED' END,
           field = CASE WHEN j.verdict = 'UNCHANGED' THEN '' ELSE coalesce(j.told[1], 'number') END,
           reason = CASE WHEN j.verdict = 'UNCHANGED' THEN ''
                         ELSE coalesce(j.told[2], 'It was changed by somebody after this list was '
                                       'checked. Check the list again.') END,
           changes = '{{}}'
      FROM (SELECT r.id, {_VERDICT.format()} AS verdict, o.told, c.made
            {_judged("dids_importrow")}
             WHERE r.source_id = %(source)s AND r.verdict <> 'REFUSED') j
     WHERE r.id = j.id AND (r.verdict <> j.verdict OR r.changes <> j.made)"""  # noqa: S608
_COUNTS = """
    SELECT verdict, count(*), count(*) FILTER (WHERE reason <> '' AND verdict <> 'REFUSED')
      FROM dids_importrow WHERE source_id = %(source)s GROUP BY verdict"""


def keep(source: Import, entries: Sequence[Entry]) -> None:
    """Judge some numbers of a list and keep them; inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for entry in entries:
                copy.write_row(_staged(entry))
        cursor.execute(_KEEP, _named(source))
        # The transaction may be a part of a longer one.
        cursor.execute("DROP TABLE dids_imported")


def compare(source: Import) -> None:
    """Refuse what the list says twice, and ranges of which one number is refused."""
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, _named(source))
        cursor.execute(_WHOLE, _named(source))


def judge_again(source: Import) -> None:
    """Refuse by name what somebody has changed since the list was checked."""
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, _named(source))
        cursor.execute(_WHOLE, _named(source))


def counts(source: Import) -> dict[str, int]:
    """Count the numbers of a list by verdict, and those that are worth a look."""
    found = {verdict.value.lower(): 0 for verdict in Verdict} | {"warned": 0}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, _named(source))
        for verdict, count, warned in cursor.fetchall():
            found[verdict.lower()] = count
            found["warned"] += warned
    return found


def _named(source: Import) -> dict[str, Any]:
    return {
        "source": source.pk,
        "account": source.account_id,
        "owner": source.account.owner_id,
    }

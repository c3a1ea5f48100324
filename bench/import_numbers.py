"""
A list of numbers into stock: a verdict for each line, then all of it with history.

    python bench/import_numbers.py [numbers, 100,000 by default]

The floor is what the database needs for the same numbers without looking at them: COPY into a
staging table, then INSERT .. ON CONFLICT into a table with the columns and indexes of the stock.
Works in a database of its own; prints figures as it goes, and one JSON line at the end. Numbers
lie under +999, which no one can own, and are read without the published numbering plans; as many
lines of real ranges are therefore read once more, without touching the database.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEMO", "1")

from bench.stores import bring_if_missing

bring_if_missing()

import django

django.setup()

from django.db import connections, transaction
from django.utils import timezone

from accounts.actors import System
from accounts.models import Event
from accounts.tests.factories import make_provider
from bench.measuring import database, say
from dids import imports
from dids.import_lines import Plan, entries, records
from dids.models import Holding, Import, PhoneNumber
from dids.workflows import importing
from portal.celery import app
from provisioning.tests.scene import make_account
from trunks.models import CarrierAccount

FIRST = 999_0000_0000
REAL = 1_312_200_0000
ACTOR = System("bench")
HEAD = "number,country,type,city,monthly,currency,capabilities,reference"

_FLOOR = (
    "CREATE TABLE floor (LIKE dids_phonenumber INCLUDING ALL)",
    "CREATE TABLE staging (e164 text, monthly numeric, reference text)",
)
_INSERT = """
    INSERT INTO floor (uuid, e164, country, type, region, locality, rate_center, capabilities,
                       carrier_account_id, carrier_reference, status, status_since, holder_id,
                       label, monthly, currency, bought_at)
    SELECT gen_random_uuid(), e164, 'US', 'LOCAL', '', 'Chicago', '', '{VOICE}', 1, reference,
           'AVAILABLE', now(), 1, '', monthly, 'USD', now()
      FROM staging ON CONFLICT DO NOTHING"""


def lines(count: int, *, first: int = FIRST, price: str = "0.85") -> Iterator[str]:
    """Write a list."""
    yield f"{HEAD}\n"
    for place in range(count):
        yield f'+{first + place},US,local,Chicago,{price},USD,"voice, sms",ref-{place}\n'


def taken(began: float) -> float:
    """Give the seconds since then."""
    return round(time.perf_counter() - began, 2)


def peak() -> int:
    """Give the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def floor(count: int) -> float:
    """Put the same numbers in, unseen."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        for statement in _FLOOR:
            cursor.execute(statement)
        began = time.perf_counter()
        with transaction.atomic(using="owner"):
            with cursor.copy("COPY staging FROM STDIN") as copy:
                for place in range(count):
                    copy.write_row((f"+{FIRST + place}", "0.85", f"ref-{place}"))
            cursor.execute(_INSERT)
        return taken(began)


def imported(account: CarrierAccount, count: int, price: str) -> dict[str, Any]:
    """Upload, check and apply a list; gives seconds by step."""
    begun = time.perf_counter()
    content = (line.encode() for line in lines(count, price=price))
    source = importing.upload(
        account=account, file_name="bench.csv", content=content, actor=ACTOR, now=timezone.now()
    )
    figures: dict[str, Any] = {"upload_s": taken(begun)}
    for step in ("check", "apply"):
        began = time.perf_counter()
        _ask(source, step)
        importing.carry_out(import_id=source.pk, now=timezone.now())
        figures[f"{step}_s"] = taken(began)
        source = Import.objects.select_related("account__owner").get(pk=source.pk)
    counts = {name: getattr(source, name) for name in ("new", "changed", "unchanged", "refused")}
    return {**figures, "total_s": taken(begun), **counts, "peak_mb": peak()}


def _ask(source: Import, step: str) -> None:
    now = timezone.now()
    if step == "check":
        columns = imports.columns_for(source)
        importing.check(source=source, columns=columns, options={}, actor=ACTOR, now=now)
    else:
        importing.apply(source=source, actor=ACTOR, now=now)


def read_real(count: int) -> float:
    """Read lines of real ranges, as far as that needs no database."""
    plan = Plan({"number": 0, "monthly": 4, "currency": 5, "capabilities": 6}, "US", "USD")
    began = time.perf_counter()
    for row in records(lines(count, first=REAL), ","):
        entries(*row, plan)
    return taken(began)


def main(count: int) -> dict[str, Any]:
    """Measure the floor, a list of new numbers, the same again, and one with other prices."""
    app.conf.update(broker_url="memory://localhost")
    make_provider(name="Bench")
    account = make_account()
    figures: dict[str, Any] = {"numbers": count, "before_mb": peak(), "floor_s": floor(count)}
    say(f"floor: COPY and INSERT .. ON CONFLICT in {figures['floor_s']} s")
    for name, price in (("new", "0.85"), ("same", "0.85"), ("changed", "0.90")):
        figures[name] = imported(account, count, price)
        say(f"{name}: {figures[name]}")
    figures["times_the_floor"] = round(figures["new"]["total_s"] / figures["floor_s"], 1)
    figures["read_real_s"] = read_real(count)
    say(f"reading real ranges takes {figures['read_real_s']} s")
    figures["in_stock"] = PhoneNumber.objects.live().count()
    figures["holdings"] = Holding.objects.open().count()
    figures["events"] = Event.objects.exclude(number="").count()
    return figures


if __name__ == "__main__":
    with database():
        result = main(int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000)
    say(json.dumps({"bench": "import_numbers", **result}))

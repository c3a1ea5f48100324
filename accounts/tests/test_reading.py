"""The journal is read the newest first, by index, whoever asks and however it is narrowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts import branches, reading
from accounts.actors import Actor
from accounts.models import Event, Organization
from accounts.reading import Wanted
from accounts.tests.cast import Cast, make_cast
from accounts.tests.factories import NOW, make_actor, make_tenant

KEPT = 40_000
SIZE = 50
MOST_READ = 4_000
"""Rows that one step may look at."""
DAY = timedelta(days=1)
RARE = "dids.number.released"
PROGRAM = "client:00000000-0000-4000-8000-000000000001"
_FILL = """
    INSERT INTO accounts_event
        (uuid, at, organization_id, actor, action, subject, number, before, after, personal,
         reason, request_id)
    SELECT gen_random_uuid(), %s::timestamptz - n * interval '1 minute',
           (%s::bigint[])[1 + n %% %s],
           CASE WHEN n %% 1000 = 0 THEN 'client:00000000-0000-4000-8000-000000000001'
                ELSE 'member:00000000-0000-4000-8000-' || lpad((n %% 97)::text, 12, '0') END,
           CASE WHEN n %% 1000 = 7 THEN 'dids.number.released' ELSE 'dids.number.assigned' END,
           'dids.number:' || (n %% 5000), '+999' || lpad((n %% 5000)::text, 8, '0'),
           '{}', '{}', '{}', '', ''
      FROM generate_series(1, %s) AS n
"""


@dataclass
class Readers:
    """Who reads a long journal."""

    cast: Cast
    staff: Actor
    dealer: Actor
    """Of many tenants."""
    chain: Actor
    """Of a few tenants."""
    tenant: Actor


@pytest.fixture
def readers(db: None) -> Readers:
    """Give readers of a long journal."""
    cast = make_cast()
    for _ in range(80):
        make_tenant(parent=cast.dealer)
    keys = list(Organization.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [NOW, keys, len(keys), KEPT])
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE accounts_event")
        cursor.execute("ANALYZE accounts_organization")
    return Readers(
        cast=cast,
        staff=cast.staff,
        dealer=cast.dealer_owner,
        chain=make_actor(organization=cast.rival_dealer),
        tenant=cast.tenant_owner,
    )


WAYS: dict[str, Wanted] = {
    "everything": Wanted(),
    "a day long ago": Wanted(since=NOW - 20 * DAY, until=NOW - 19 * DAY),
    "one person": Wanted(actor="member:00000000-0000-4000-8000-000000000011"),
    "programs": Wanted(actor="client"),
    "one program": Wanted(actor=PROGRAM),
    "a rare action": Wanted(actions=frozenset({RARE})),
    "what never happened": Wanted(actions=frozenset({"dids.block.defined"})),
    "a number": Wanted(number="+99900000077"),
    "a thing": Wanted(subject="dids.number:77"),
}


def reads(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the steps of a plan that read events."""
    if node.get("Relation Name") == Event._meta.db_table:
        yield node
    for each in node.get("Plans", []):
        yield from reads(each)


def steps_of(
    actor: Actor, wanted: Wanted, before: reading.Position | None
) -> Iterator[dict[str, Any]]:
    """Ask for a page, and give the steps by which events were read."""
    with CaptureQueriesContext(connection) as asked:
        reading.page(actor, wanted, before=before, size=SIZE)
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plans,) = cursor.fetchone()
            yield from reads(plans[0]["Plan"])


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
class TestTheJournal:
    def test_is_read_by_index_however_it_is_narrowed(self, readers: Readers) -> None:
        deep = (NOW - 14 * DAY, 1 << 60)
        for reader in ("staff", "dealer", "chain", "tenant"):
            actor: Actor = getattr(readers, reader)
            for way, wanted in WAYS.items():
                for before in (None, deep):
                    for step in steps_of(actor, wanted, before):
                        said = f"{reader}, {way}, {before}: {step}"
                        assert step["Node Type"] != "Seq Scan", said
                        looked = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
                        assert looked * step["Actual Loops"] <= MOST_READ, said

    def test_is_the_same_by_every_way_through_it(self, readers: Readers) -> None:
        for actor in (readers.staff, readers.dealer, readers.chain, readers.tenant):
            there = Event.objects.visible_to(actor).order_by("-at", "-pk")
            page = reading.page(actor, Wanted(), size=SIZE)
            assert page.events == list(there[:SIZE])
            assert page.before is not None
            following = reading.page(actor, Wanted(), before=page.before, size=SIZE)
            assert following.events == list(there[SIZE : 2 * SIZE])
            rare = Wanted(actions=frozenset({RARE}), since=NOW - 20 * DAY)
            walked = [event.pk for page in reading.pages(actor, rare, size=7) for event in page]
            wanted = there.filter(action=RARE, at__gte=NOW - 20 * DAY)
            assert walked == list(wanted.values_list("pk", flat=True))

    @pytest.mark.parametrize(("few", "window", "many"), [(0, 100, 0), (0, 100, 75_000), (0, 1, 0)])
    def test_is_the_same_whichever_way_a_branch_is_read(
        self, readers: Readers, monkeypatch: pytest.MonkeyPatch, few: int, window: int, many: int
    ) -> None:
        for name, value in (("FEW", few), ("WINDOW", window), ("MANY", many)):
            monkeypatch.setattr(branches, name, value)
        there = Event.objects.visible_to(readers.dealer).order_by("-at", "-pk")
        for wanted, rows in (
            (Wanted(), there),
            (Wanted(actions=frozenset({RARE})), there.filter(action=RARE)),
            (Wanted(until=NOW - 9 * DAY), there.filter(at__lt=NOW - 9 * DAY)),
        ):
            assert reading.page(readers.dealer, wanted, size=SIZE).events == list(rows[:SIZE])

    def test_of_an_organization_is_that_of_its_branch(self, readers: Readers) -> None:
        cast = readers.cast
        wanted = Wanted(organization=cast.rival_dealer)
        found = reading.page(readers.staff, wanted, size=SIZE).events
        there = {cast.rival_dealer.pk, cast.rival_tenant.pk}
        assert {event.organization_id for event in found} == there
        assert reading.page(readers.dealer, wanted, size=SIZE).events == []
        for beyond in (cast.provider, cast.dealer, cast.rival_tenant):
            wanted = Wanted(organization=beyond)
            assert reading.page(readers.tenant, wanted, size=SIZE).events == []

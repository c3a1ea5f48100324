"""What must hold at any time; each check answers with sentences, none when all is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts import verification
from accounts.models import Kind, Organization
from billing import verify
from dids import due
from dids.models import (
    CarrierBinding,
    CarrierOrder,
    NumberBlock,
    OrderLine,
    PhoneNumber,
    Release,
    Task,
    TaskKind,
)
from dids.states import (
    NUMBER,
    BindingStatus,
    CarrierOrderStatus,
    LineStatus,
    NumberStatus,
    ReleaseStatus,
    TaskStatus,
)
from notices.models import Mail
from provisioning import checks
from trunks.models import CarrierEvent, Trunk
from trunks.states import EVENT_EDGES, TRUNK_EDGES

UNSEALED_AFTER = timedelta(seconds=30)
"""The sealer works every second."""
OVERDUE_AFTER = timedelta(seconds=60)
"""The sweep looks every few seconds; what is due for longer is seen by nobody."""

_HOLDERS = """
    SELECT n.e164 FROM dids_phonenumber n
      LEFT JOIN dids_holding h ON h.number_id = n.id AND upper_inf(h.during)
     WHERE CASE WHEN n.status IN ('PORTED_OUT', 'RELEASED') THEN h.id IS NOT NULL
                ELSE h.organization_id IS DISTINCT FROM n.holder_id END
     ORDER BY n.e164
"""

# One statement, which sees a publisher's work whole: its row goes and the status moves at once.
_NOWHERE = """
    SELECT n.e164 FROM dids_phonenumber n
     WHERE n.status = 'IN_SERVICE'
       AND NOT EXISTS (SELECT FROM dids_assignment a WHERE a.number_id = n.id)
       AND NOT EXISTS (
           SELECT FROM provisioning_dirtyroute d
            WHERE (d.scope = 'NUMBER' AND d.value = n.e164)
               OR (d.scope = 'SERVICE' AND n.e164 = ANY(string_to_array(d.value, E'\\n'))))
     ORDER BY n.e164
"""

Check = Callable[[datetime], list[str]]


def ledger(_now: datetime) -> list[str]:
    """Every balance is the sum of its entries."""
    return verify.ledger()


def journal(_now: datetime) -> list[str]:
    """No event was altered, removed or inserted."""
    return verification.problems()


def seals(now: datetime) -> list[str]:
    """Events are sealed soon."""
    count, age = verification.unsealed(now)
    if age <= UNSEALED_AFTER:
        return []
    return [
        f"{count} events wait for a seal, the oldest for {age.total_seconds():.0f} s. "
        "Are beat and a worker of queue default running?"
    ]


def holders(_now: datetime) -> list[str]:
    """A number's holder is the organization of its open holding."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS)
        return [f"{e164}: its holder is not that of its open holding." for (e164,) in cursor]


def blocks(_now: datetime) -> list[str]:
    """An indivisible block has all its numbers, and all of them leave or none."""
    going = Q(numbers__status__in=[NumberStatus.RELEASING, *sorted(NUMBER.edges.final)])
    rows = (
        NumberBlock.objects.live()
        .filter(divisible=False)
        .annotate(there=Count("numbers"), going=Count("numbers", filter=going))
    )
    found = []
    for first, last, there, leaving in rows.values_list("first", "last", "there", "going"):
        block = NumberBlock(first=first, last=last)
        if there != block.size:
            found.append(f"Block {block.words} has {there} numbers of {block.size}.")
        if leaving not in {0, there}:
            found.append(f"Block {block.words} is indivisible, but only a part of it leaves.")
    return found


def service(_now: datetime) -> list[str]:
    """A number in service points somewhere, or a publisher is about to take it out of service."""
    with connection.cursor() as cursor:
        cursor.execute(_NOWHERE)
        return [f"{e164} is in service, but points nowhere." for (e164,) in cursor]


def counters(_now: datetime) -> list[str]:
    """The counters behind limits are what there is."""
    held = PhoneNumber.objects.live()
    coming = OrderLine.objects.filter(status=LineStatus.WAITING)
    numbers = dict(held.order_by().values_list("holder").annotate(Count("pk")))
    waiting = dict(coming.order_by().values_list("holder").annotate(Count("pk")))
    wrong = []
    for one in Organization.objects.exclude(kind=Kind.PROVIDER).order_by("path"):
        there = numbers.get(one.pk, 0) + waiting.get(one.pk, 0)
        if one.numbers_held != there:
            wrong.append(f"{one.name} counts {one.numbers_held} numbers, there are {there}.")
        if one.kind == Kind.DEALER:
            tenants = Organization.objects.below(one).filter(kind=Kind.TENANT).count()
            if one.tenants_held != tenants:
                wrong.append(f"{one.name} counts {one.tenants_held} tenants, there are {tenants}.")
    return wrong


def overdue(now: datetime) -> list[str]:
    """What is due is picked up by its sweep."""
    late = now - OVERDUE_AFTER
    found = []
    for rows in due.since(late):
        found += [f"{row} is due since {row.next_attempt_at}. Is beat running?" for row in rows]
    trunks = TRUNK_EDGES.stale(Trunk.objects.exclude(next_attempt_at__gt=late), now=late)
    events = EVENT_EDGES.stale(CarrierEvent.objects.all(), now=late)
    found += [f"Trunk {trunk} waits since {trunk.status_since}." for trunk in trunks]
    found += [f"Carrier event {event.pk} was never handled." for event in events]
    return found


def tasks(_now: datetime) -> list[str]:
    """What needs a person has a task."""
    known = Task.objects.filter(kind=TaskKind.BOUGHT_LATE, about=OuterRef("about"))
    late = OrderLine.objects.filter(late_success_at__isnull=False).annotate(
        about=Concat(Value("dids.line:"), Cast("uuid", TextField()))
    )
    # Where a person has said that nothing can be done, nobody is asked again.
    asked = Task.objects.exclude(status__in=[TaskStatus.DONE, TaskStatus.DROPPED]).filter(
        number=OuterRef("number")
    )
    failed = CarrierBinding.objects.filter(status=BindingStatus.FAILED)
    by_hand = CarrierOrder.objects.filter(status=CarrierOrderStatus.PLACED, by_hand=True)
    ordering = Task.objects.open().filter(
        kind=TaskKind.CARRIER_ORDER, carrier_order=OuterRef("carrier_order")
    )
    left = OrderLine.objects.filter(carrier_order__in=by_hand, status=LineStatus.WAITING)
    ceasing = Release.objects.filter(status=ReleaseStatus.BY_HAND)
    its_task = Task.objects.exclude(status__in=[TaskStatus.DONE, TaskStatus.DROPPED]).filter(
        pk=OuterRef("task")
    )
    moving = CarrierBinding.objects.filter(status=BindingStatus.BY_HAND)
    refused = Release.objects.filter(status=ReleaseStatus.REFUSED)
    stuck = (
        (left.filter(~Exists(ordering)), "e164", "is to be ordered by hand"),
        (ceasing.filter(~Exists(its_task)), "number__e164", "is to be ceased by hand"),
        (
            moving.filter(~Exists(asked.filter(kind=TaskKind.CARRIER_ROUTE))),
            "number__e164",
            "is to be delivered by hand",
        ),
        (late.filter(~Exists(known)), "e164", "was bought late"),
        (
            failed.filter(~Exists(asked.filter(kind=TaskKind.BINDING_FAILED))),
            "number__e164",
            "could not be bound",
        ),
        (
            refused.filter(~Exists(asked.filter(kind=TaskKind.DISCONNECT_REFUSED))),
            "number__e164",
            "was not taken back",
        ),
    )
    return [
        f"{e164} {trouble}, but nobody has a task for it."
        for rows, column, trouble in stuck
        for e164 in rows.order_by(column).values_list(column, flat=True)
    ]


def routes(_now: datetime) -> list[str]:
    """Heads count what is published, nodes hold it."""
    return checks.problems()


def mails(now: datetime) -> list[str]:
    """Mails leave soon, and a mail server takes them."""
    owed = Mail.objects.filter(due_at__isnull=False)
    late = Q(due_at__lt=now - OVERDUE_AFTER)
    # Some servers put everybody off once, on purpose.
    refused = Q(attempt=None, tries__gt=1)
    counted = owed.aggregate(
        late=Count("pk", filter=late),
        due=Min("due_at", filter=late),
        refused=Count("pk", filter=refused),
        written=Min("created_at", filter=refused),
    )
    found = []
    if counted["late"]:
        found.append(
            f"Mails that are due and that nobody sends: {counted['late']}, the oldest since "
            f"{counted['due']}. Are beat and a worker of queue default running?"
        )
    if counted["refused"]:
        found.append(
            f"Mails that no mail server has taken: {counted['refused']}, the oldest written at "
            f"{counted['written']}. They are tried again. Is EMAIL_URL right?"
        )
    return found


CHECKS: Mapping[str, Check] = {
    "ledger": ledger,
    "journal": journal,
    "seals": seals,
    "holders": holders,
    "blocks": blocks,
    "service": service,
    "counters": counters,
    "overdue": overdue,
    "tasks": tasks,
    "mails": mails,
    "routes": routes,
}

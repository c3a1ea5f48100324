"""What is not known, and what only a person can do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Window

from accounts.actors import Actor
from accounts.permissions import FieldGroup, Permission
from dids import work
from dids.models import (
    BackOrder,
    CarrierBinding,
    CarrierOrder,
    Document,
    DocumentUse,
    Finding,
    Release,
    Task,
    TaskKind,
)
from dids.states import (
    BACK_ORDER,
    BINDING,
    CARRIER_ORDER,
    RELEASE,
    BackOrderStatus,
    BindingStatus,
    CarrierOrderStatus,
    ReleaseStatus,
)
from dids.task_kinds import ASKS
from portal.attention.matters import MOST, Kind, Matter, told

P = Permission


def orders(actor: Actor, _now: datetime) -> list[Matter]:
    """Orders of which nobody knows whether they bought; those that have a task stand there."""
    if not (actor.may(P.ORDER_NUMBERS) and actor.sees(FieldGroup.CARRIER)):
        return []
    asked = Task.objects.open().filter(carrier_order=OuterRef("pk"))
    rows = CarrierOrder.objects.visible_to(actor).filter(
        ~Exists(asked), status=CarrierOrderStatus.UNCERTAIN, next_attempt_at__isnull=False
    )
    rows = rows.select_related("order", "carrier_account").annotate(ordered=Count("lines"))
    then = CARRIER_ORDER.waits[CarrierOrderStatus.UNCERTAIN].then

    def line(row: Any, more: int) -> Matter:
        return Matter(
            Kind.ORDER_UNCERTAIN,
            f"It is not known whether {row.carrier_account.name} sold what was ordered "
            f"({row.ordered} {'number' if row.ordered == 1 else 'numbers'})",
            then,
            since=row.uncertain_since,
            about=row.order.uuid,
            more=more,
        )

    return told(*_first(rows, "uncertain_since"), line)


def back_orders(actor: Actor, _now: datetime) -> list[Matter]:
    """Back-orders that wait for a decision, or for money."""
    if not actor.may(P.ORDER_NUMBERS):
        return []
    rows = BackOrder.objects.visible_to(actor).filter(
        status__in=[BackOrderStatus.OFFERED, BackOrderStatus.PAUSED]
    )

    def line(row: Any, more: int) -> Matter:
        is_found = row.status == BackOrderStatus.OFFERED
        return Matter(
            Kind.BACK_ORDER,
            "What a back-order wants was found" if is_found else "A back-order is paused",
            BACK_ORDER.waits[row.status].then,
            since=row.status_since,
            about=row.uuid,
            more=more,
        )

    return told(*_first(rows, "status_since"), line)


def deliveries(actor: Actor, _now: datetime) -> list[Matter]:
    """Numbers of which nobody knows whether the carrier delivers them to us."""
    if not (actor.may(P.VIEW_NUMBERS) and actor.sees(FieldGroup.CARRIER)):
        return []
    asked = Task.objects.open().filter(number=OuterRef("number"), kind=TaskKind.BINDING_FAILED)
    rows = CarrierBinding.objects.visible_to(actor).filter(
        ~Exists(asked), status=BindingStatus.UNCERTAIN, next_attempt_at__isnull=False
    )
    then = BINDING.waits[BindingStatus.UNCERTAIN].then

    def line(row: Any, more: int) -> Matter:
        return Matter(
            Kind.DELIVERY_UNCERTAIN,
            "It is not known whether the carrier delivers it to us",
            then,
            since=row.status_since,
            number=row.number.e164,
            more=more,
        )

    return told(*_first(rows.select_related("number"), "status_since"), line)


def returns(actor: Actor, _now: datetime) -> list[Matter]:
    """Numbers of which nobody knows whether the carrier took them back."""
    if not actor.may(P.RELEASE_NUMBERS):
        return []
    rows = Release.objects.visible_to(actor).filter(
        status=ReleaseStatus.UNCERTAIN, next_attempt_at__isnull=False
    )
    then = RELEASE.waits[ReleaseStatus.UNCERTAIN].then

    def line(row: Any, more: int) -> Matter:
        return Matter(
            Kind.RETURN_UNCERTAIN,
            "It is not known whether the carrier took it back",
            then,
            since=row.status_since,
            number=row.number.e164,
            more=more,
        )

    return told(*_first(rows.select_related("number"), "status_since"), line)


def documents(actor: Actor, now: datetime) -> list[Matter]:
    """Documents that have expired while something depends on them."""
    if not actor.may(P.KEEP_DOCUMENTS):
        return []
    used = DocumentUse.objects.filter(document=OuterRef("pk"))
    rows = Document.objects.visible_to(actor).shown().filter(expires_on__lt=now.date())
    rows = rows.filter(Exists(used)).select_related("organization")

    def line(row: Any, more: int) -> Matter:
        return Matter(
            Kind.DOCUMENT_EXPIRED,
            f"{row.get_type_display()} of {row.organization.name} expired on "
            f"{row.expires_on:%-d %B %Y}",
            "Put in a new one and hand it in; numbers that need it go on ringing meanwhile.",
            about=row.uuid,
            more=more,
        )

    return told(*_first(rows, "expires_on"), line)


def differences(actor: Actor, _now: datetime) -> list[Matter]:
    """Carriers that say something else of our numbers than our stock does."""
    if not actor.may(P.MANAGE_CARRIERS):
        return []
    rows = Finding.objects.visible_to(actor).open().values("account__uuid", "account__name")
    found = list(rows.annotate(count=Count("pk"), since=Min("found_at")).order_by("since"))

    def line(row: dict[str, Any], more: int) -> Matter:
        count = row["count"]
        return Matter(
            Kind.DIFFERENCES,
            f"{row['account__name']} and our stock differ in {count} "
            f"{'point' if count == 1 else 'points'}",
            "Nothing changes before somebody decides about each.",
            since=row["since"],
            about=row["account__uuid"],
            more=more,
        )

    return told(found, len(found), line)


def tasks(actor: Actor, _now: datetime) -> list[Matter]:
    """Tell one's own work, the most urgent first; refused credentials stand with the carriers."""
    if not actor.may(P.DO_TASKS):
        return []
    rows = work.tasks(actor, mine=True, open=True).exclude(kind=TaskKind.CREDENTIALS_REFUSED)

    def line(row: Any, more: int) -> Matter:
        then = ASKS[TaskKind(row.kind)].then
        return Matter(Kind.TASK, row.title, then, since=row.opened_at, about=row.uuid, more=more)

    return told(*_first(rows, *work.BY_URGENCY[:-1]), line)


def _first(rows: QuerySet[Any], *order: str) -> tuple[list[Any], int]:
    """Give the first rows and how many there are, in one query."""
    found = list(rows.annotate(of_all=Window(Count("*"))).order_by(*order, "pk")[:MOST])
    return found, found[0].of_all if found else 0

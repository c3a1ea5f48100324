"""Orders and holds: what they name of a number, and what is read of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lib.e164 import E164
from trunks.carriers.didww.documents import Row, body_of, link, linked, row_from, rows_from
from trunks.carriers.didww.payloads import cheapest, group_of, number_of, written
from trunks.carriers.didww.webhooks import callback
from trunks.offers import Hold, LineStatus

RESERVED = ("include", "available_did.did_group.stock_keeping_units")
ORDER_STATUSES = {
    "pending": LineStatus.PENDING,
    "completed": LineStatus.BOUGHT,
    "canceled": LineStatus.FAILED,
}


class ForSale:
    """What an order has to name of a number: itself, held or not, and the unit it is sold as."""

    def __init__(self, name: str, id_: str, unit: str) -> None:
        self.item = {name: id_, "sku_id": unit}
        self.id = id_


def for_sale_from(body: Mapping[str, Any], number: E164) -> ForSale | None:
    """Read how a number can be bought; None where it is not for sale."""
    for row in rows_from(body):
        if row["attributes"]["number"] == written(number):
            unit = cheapest(body, group_of(body, row))
            return ForSale("available_did_id", row["id"], unit["id"])
    return None


def reserved_from(body: Mapping[str, Any]) -> list[tuple[E164, ForSale]]:
    """Read how the numbers can be bought that we hold."""
    return [_reserved(body, row) for row in rows_from(body)]


def _reserved(body: Mapping[str, Any], row: Row) -> tuple[E164, ForSale]:
    did = _reserved_did(body, row)
    unit = cheapest(body, group_of(body, did))
    return number_of(did["attributes"]["number"]), ForSale(
        "did_reservation_id", row["id"], unit["id"]
    )


def _reserved_did(body: Mapping[str, Any], row: Row) -> Row:
    did = linked(body, row, "available_did")
    if did is None:
        raise ValueError("a reservation of nothing")
    return did


def order_body(item: Mapping[str, str], reference: str, webhook_url: str) -> bytes:
    """
    Say what is bought; another number instead of this one is not wanted.

    :param webhook_url: where to tell that it is done; empty for nowhere
    """
    return body_of(
        "orders",
        attributes={
            "allow_back_ordering": False,
            "external_reference_id": reference,
            **callback(webhook_url),
            "items": [{"type": "did_order_items", "attributes": dict(item)}],
        },
    )


def hold_body(available: str, reference: str) -> bytes:
    """Say what is to be held; a description is the only place for our reference."""
    return body_of(
        "did_reservations",
        attributes={"description": reference},
        relationships={"available_did": link("available_dids", available)},
    )


def hold_from(row: Row, number: E164) -> Hold:
    """Read a hold; how long one lasts differs from document to document, so it is asked."""
    told = row["attributes"]
    # The SDK's own examples have both spellings.
    until = datetime.fromisoformat(told.get("expires_at") or told["expire_at"])
    # One of them has no zone either; all others are in UTC.
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return Hold(carrier_reference=row["id"], numbers=(number,), until=aware)


def holds_from(body: Mapping[str, Any]) -> list[tuple[str, Hold]]:
    """Read all holds, each with our reference."""
    return [(_described(row), _listed_hold(body, row)) for row in rows_from(body)]


def one_hold_from(body: Mapping[str, Any]) -> Hold:
    """Read one hold."""
    return _listed_hold(body, row_from(body))


def _described(row: Row) -> str:
    return str(row["attributes"].get("description") or "")


def _listed_hold(body: Mapping[str, Any], row: Row) -> Hold:
    return hold_from(row, number_of(_reserved_did(body, row)["attributes"]["number"]))

"""`subscriptions`: who is told of decided orders, until they end; told once, and unsigned."""

from __future__ import annotations

import uuid

from sandbox import outbox
from sandbox.bandwidth import errors
from sandbox.bandwidth.base import STATUSES, BandwidthBase, answer, document
from sandbox.courier import Compose, Letter
from sandbox.faults import Fault, odd_elements
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal
from trunks.xml import Content, xml_of

TABLE = "bandwidth.subscriptions"
ROOT = "SubscriptionsResponse"
ORDERS = "orders"


def create(carrier: BandwidthBase, call: Call) -> Answer:
    """Tell an address of orders for some seconds; its credentials are not taken here."""
    body = document(call.request, "Subscription")
    url = body.findtext("CallbackSubscription/URL") or ""
    seconds = body.findtext("CallbackSubscription/Expiry") or ""
    if body.findtext("OrderType") != ORDERS or not url or not seconds.isdigit():
        raise errors.missing("The subscription is invalid.", code=12003, root=ROOT)
    if any(row["url"] == url for row in _live(carrier, call.account.id)):
        words = "There is such a subscription."
        raise Refusal(errors.as_error(409, 12004, words, root=ROOT))
    row: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "url": url,
        "until": carrier.world.clock() + int(seconds),
    }
    carrier.world.store.put(TABLE, row["id"], row)
    place = f"https://dashboard.bandwidth.com/api/v2{call.request.path.partition('/v2')[2]}"
    shown = answer("SubscriptionResponse", [("Subscription", _shown(carrier, row))], status=201)
    return Answer(201, shown.body, (*shown.headers, ("Location", f"{place}/{row['id']}")))


def listing(carrier: BandwidthBase, call: Call) -> Answer:
    """List those that have not ended."""
    rows = _live(carrier, call.account.id)
    listed: Content = [("Subscription", _shown(carrier, row)) for row in rows]
    return answer(ROOT, [("Subscriptions", listed)])


def delete(carrier: BandwidthBase, call: Call) -> Answer:
    """End one."""
    for row in _live(carrier, call.account.id):
        if row["id"] == call.parts["id"]:
            carrier.world.store.remove(TABLE, row["id"])
            return answer("SubscriptionResponse", [("Subscription", _shown(carrier, row))])
    raise errors.missing("There is no such subscription.", code=12002, root=ROOT)


def announce(carrier: BandwidthBase, order: Record, done: list[str]) -> None:
    """Tell everybody who wants to know that an order is decided."""
    for row in _live(carrier, order["account"]):
        _send(carrier, row["url"], _notification(row["id"], order, done))


def _send(carrier: BandwidthBase, url: str, body: bytes) -> None:
    def write(fault: Fault | None) -> Compose:
        said = odd_elements(body, (*STATUSES, "OrderType"), fault.chance) if fault else body
        return lambda _attempt: Letter(url, {"Content-Type": "application/xml"}, said)

    outbox.announce(carrier.world, carrier.slug, write, is_repeated=False)


def _notification(subscription: str, order: Record, done: list[str]) -> bytes:
    reference = [("CustomerOrderId", order["reference"])] if order["reference"] else []
    content: list[tuple[str, Content]] = [
        ("SubscriptionId", subscription),
        ("OrderType", ORDERS),
        ("OrderId", order["id"]),
        *reference,
        ("Status", order["status"]),
        ("CompletedTelephoneNumbers", [("TelephoneNumber", number) for number in done]),
    ]
    return xml_of("Notification", content)


def _live(carrier: BandwidthBase, account: str) -> list[Record]:
    now = carrier.world.clock()
    rows = carrier.world.store.table(TABLE).values()
    return [row for row in rows if row["account"] == account and row["until"] > now]


def _shown(carrier: BandwidthBase, row: Record) -> Content:
    left = str(round(row["until"] - carrier.world.clock()))
    return [
        ("SubscriptionId", row["id"]),
        ("OrderType", ORDERS),
        ("CallbackSubscription", [("URL", row["url"]), ("Expiry", left)]),
    ]

"""`orders`: taken at once, decided later, each number for itself."""

from __future__ import annotations

import re
import uuid

from sandbox.bandwidth import errors, numbers, peers, reservations, subscriptions
from sandbox.bandwidth.base import BandwidthBase, answer, document, moment, numbers_in, site_id
from sandbox.faults import Kind, Place
from sandbox.store import Record
from sandbox.wire import Answer, Call
from trunks.xml import Content

TABLE = "bandwidth.orders"
ROOT = "OrderResponse"
WRAPPER = "ExistingTelephoneNumberOrderType"
REFERENCE = re.compile(r"[A-Za-z0-9 -]{1,40}")
GONE = "The telephone number is unavailable for ordering."
NO_MONEY = "The account is over its credit limit."


def create(carrier: BandwidthBase, call: Call) -> Answer:
    """Take an order: nothing is said about its numbers yet."""
    body = document(call.request, "Order")
    wrapper = body.find(WRAPPER)
    if wrapper is None:
        raise errors.broken()
    if body.findtext("SiteId") is None:
        raise errors.of_order(ROOT, 5022, "The SiteId is missing.")
    if body.findtext("SiteId") != site_id(call.account):
        raise errors.of_order(ROOT, 5016, "The SiteId submitted is invalid.")
    peer = peers.chosen(carrier, call.account, body.findtext("PeerId"))
    if peer is None:
        raise errors.of_order(ROOT, 5017, "The PeerId submitted is invalid.")
    reference = body.findtext("CustomerOrderId") or ""
    if reference and not REFERENCE.fullmatch(reference):
        raise errors.of_order(ROOT, 5019, "The CustomerOrderId is invalid.")
    wanted = numbers_in(wrapper.find("TelephoneNumberList"))
    trouble = _trouble(carrier, call, wanted)
    if trouble and body.findtext("PartialAllowed") != "true":
        # What would be missing ends the whole order.
        trouble = {number: trouble.get(number, (5018, GONE)) for number in wanted}
    order: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "reference": reference,
        "name": body.findtext("Name") or "",
        "peer": peer,
        "numbers": wanted,
        "trouble": {number: list(why) for number, why in trouble.items()},
        "status": "RECEIVED",
        "created": moment(carrier.world.now()),
        "due": carrier.world.clock() + carrier.order_seconds,
    }
    for number in (number for number in wanted if number not in trouble):
        _sell(carrier, call, number)
    carrier.world.store.put(TABLE, order["id"], order)
    schedule(carrier, carrier.order_seconds)
    # How far it is, the answer to the order itself does not tell.
    return answer(ROOT, [("Order", _shown(order, with_id=True))], status=201)


def _trouble(carrier: BandwidthBase, call: Call, wanted: list[str]) -> dict[str, tuple[int, str]]:
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    for number in wanted if fault and fault.kind is Kind.NUMBER_GONE else ():
        if carrier.buyable(number):
            carrier.world.take(carrier.slug, number, by="")
    held = reservations.holders(carrier)
    left = carrier.world.balance(call.account)
    trouble = {}
    for number in wanted:
        article = carrier.buyable(number)
        if article is None or held.get(number, call.account.id) != call.account.id:
            trouble[number] = (errors.UNAVAILABLE, GONE)
        elif article.monthly > left or (fault and fault.kind is Kind.NO_FUNDS):
            trouble[number] = (errors.OVER_LIMIT, NO_MONEY)
        else:
            left -= article.monthly
    return trouble


def _sell(carrier: BandwidthBase, call: Call, number: str) -> None:
    carrier.world.charge(call.account, carrier.shelf.articles[number].monthly)
    carrier.world.take(carrier.slug, number, by=call.account.id)
    carrier.world.count_purchase(number)
    reservations.use(carrier, number)


def listing(carrier: BandwidthBase, call: Call) -> Answer:
    """List orders; what became of their numbers is told by the single one alone."""
    wanted = call.query.get("customerOrderId")
    if wanted is None:
        raise errors.invalid(5014, "customerOrderId is required.")
    found = [
        order
        for order in carrier.world.store.table(TABLE).values()
        if order["account"] == call.account.id and order["reference"] == wanted
    ]
    rows: Content = [("OrderIdUserIdDate", _brief(order)) for order in found]
    listed: Content = [("TotalCount", str(len(found))), *rows]
    return answer("ResponseSelectWrapper", [("ListOrderIdUserIdDate", listed)])


def retrieve(carrier: BandwidthBase, call: Call) -> Answer:
    """Show an order with what became of its numbers."""
    order = carrier.world.store.get(TABLE, call.parts["id"])
    if order is None or order["account"] != call.account.id:
        raise errors.missing("There is no such order.", root=ROOT)
    if order["status"] == "RECEIVED":
        return answer(ROOT, [("Order", _shown(order)), ("OrderStatus", "RECEIVED")])
    trouble = order["trouble"]
    done = [number for number in order["numbers"] if number not in trouble]
    facts: list[tuple[str, Content]] = [
        ("CompletedQuantity", str(len(done))),
        ("LastModifiedDate", order["created"]),
        ("OrderCompleteDate", order["created"]),
        ("Order", _shown(order)),
        ("OrderStatus", order["status"]),
        ("CompletedNumbers", _nested(done)),
        ("FailedNumbers", _nested(list(trouble))),
        ("FailedQuantity", str(len(trouble))),
    ]
    if trouble:
        listed = [errors.listed(code, words, number) for number, (code, words) in trouble.items()]
        facts.insert(0, ("ErrorList", listed))
    return answer(ROOT, facts)


def settle(carrier: BandwidthBase) -> None:
    """Decide every order whose time has come."""
    now = carrier.world.clock()
    for order in list(carrier.world.store.table(TABLE).values()):
        if order["status"] != "RECEIVED" or order["due"] > now:
            continue
        done = [number for number in order["numbers"] if number not in order["trouble"]]
        for number in done:
            numbers.add(carrier, order, number)
        whole = len(done) == len(order["numbers"])
        order["status"] = "COMPLETE" if whole else "PARTIAL" if done else "FAILED"
        carrier.world.store.put(TABLE, order["id"], order)
        subscriptions.announce(carrier, order, done)


def schedule(carrier: BandwidthBase, seconds: float) -> None:
    """Have what is undecided decided in a while, whether or not anybody asks."""
    if not any(row["status"] == "RECEIVED" for row in carrier.world.store.table(TABLE).values()):
        return

    def decide() -> None:
        with carrier.world.lock:
            settle(carrier)
            # The world's clock may run behind the timer; look again.
            schedule(carrier, 0.05)

    carrier.world.courier.after(seconds, decide)


def _nested(listed: list[str]) -> Content:
    return [("TelephoneNumber", [("FullNumber", number)]) for number in listed]


def _shown(order: Record, *, with_id: bool = False) -> Content:
    return [
        ("CustomerOrderId", order["reference"]),
        ("Name", order["name"]),
        *([("id", order["id"])] if with_id else []),
        ("OrderCreateDate", order["created"]),
        ("PeerId", order["peer"]),
        ("BackOrderRequested", "false"),
        (
            WRAPPER,
            [("TelephoneNumberList", [("TelephoneNumber", each) for each in order["numbers"]])],
        ),
        ("PartialAllowed", "true"),
    ]


def _brief(order: Record) -> Content:
    return [
        ("CountOfTNs", str(len(order["numbers"]))),
        ("CustomerOrderId", order["reference"]),
        ("lastModifiedDate", order["created"]),
        ("OrderDate", order["created"]),
        # The description's schema writes OrderId, its example so.
        ("orderId", order["id"]),
        ("OrderStatus", order["status"]),
    ]

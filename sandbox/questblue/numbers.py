"""Numbers: found, bought, put on a trunk and given back in one call each, without any order."""

from __future__ import annotations

from sandbox.faults import Kind, Place
from sandbox.questblue import emergency, stock, trunks
from sandbox.questblue.base import (
    NUMBERS,
    QuestBlueBase,
    asked,
    did_from,
    done,
    fits,
    paged,
    refused,
)
from sandbox.store import Record
from sandbox.wire import Answer, Call, Request, as_json

LONGEST_NOTE = 100
LIDB = range(4, 16)
SEARCH = ("tier", "state", "ratecenter", "zip", "code", "mask", "total_list")
SETTINGS = ("route2trunk", "cnam", "note", "pin", "lidb")


def search(carrier: QuestBlueBase, call: Call) -> Answer:
    """Find numbers for sale, of which nothing is told but their digits."""
    told = asked(call, needs=("type",), takes=SEARCH)
    if told["type"] not in ("local", "tf"):
        raise refused("The type field must be local or tf.")
    by_place = told.get("zip") or (told.get("state") and told.get("ratecenter"))
    if not (told.get("mask") or by_place):
        raise refused("State and rate center or mask are required.")
    found = [
        stock.did_of(article)
        for article in carrier.for_sale(country="US")
        # Of toll-free numbers it has none here.
        if told["type"] == "local"
        and told.get("state", article.region) == article.region
        and told.get("ratecenter", article.rate_center) == article.rate_center
        and told.get("zip", article.postal_code) == article.postal_code
        and ("mask" not in told or fits(stock.did_of(article), told["mask"]))
    ]
    most = told.get("total_list", "100")
    if not most.isdigit() or not int(most):
        raise refused("The total_list field must be at least 1.")
    shown = found[: int(most)]
    return as_json({"data": shown, "total": len(shown)})


def buy(carrier: QuestBlueBase, call: Call) -> Answer:
    """Buy one number: it is the account's when the call returns, which says nothing."""
    told = asked(call, needs=("did",), takes=(*SETTINGS, "tier"))
    did = did_from(told["did"])
    settings, warnings = _settings(carrier, call, told)
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise refused("Insufficient funds on your account.")
    if fault:
        carrier.world.take(carrier.slug, f"+1{did}", by="")
    article = carrier.buyable(f"+1{did}")
    if article is None:
        raise refused(f"{did} could not be ordered.")
    price = article.setup + article.monthly
    if price > carrier.world.balance(call.account):
        raise refused("Insufficient funds on your account.")
    carrier.world.charge(call.account, price)
    carrier.world.take(carrier.slug, article.number, by=call.account.id)
    carrier.world.count_purchase(article.number)
    record: Record = {
        "_account": call.account.id,
        "status": "active",
        "tier": told.get("tier", "1"),
        "type": "local",
        "location": f"{article.rate_center}, {article.region}",
        "cnam": "off",
        emergency.NAME: [],
        "note": "",
        "route2trunk": "",
        **settings,
    }
    carrier.world.store.put(NUMBERS, did, record)
    return done(*warnings)


def list_operation(request: Request) -> str:
    """Name a list call: with a pattern it is the only way to look for one number."""
    return "find" if any(name == "did" for name, _ in request.query) else "list"


def listing(carrier: QuestBlueBase, call: Call) -> Answer:
    """List the account's numbers, as a map of their settings by name."""
    told = asked(call, takes=("did", "per_page", "page"))
    rows = {
        did: {name: value for name, value in record.items() if not name.startswith("_")}
        for did, record in carrier.world.store.table(NUMBERS).items()
        if record["_account"] == call.account.id and ("did" not in told or fits(did, told["did"]))
    }
    return paged(call, rows)


def update_operation(request: Request) -> str:
    """Name an update of a number by what it speaks of."""
    told = {name for name, _ in request.query}
    if emergency.NAME in told:
        return "emergency"
    return "caller_name" if told & {"cnam", "lidb"} else "bind"


def update(carrier: QuestBlueBase, call: Call) -> Answer:
    """Change what is told of a number's settings; an empty trunk takes it off any."""
    told = asked(call, needs=("did",), takes=(*SETTINGS, *emergency.FIELDS))
    record = _owned(carrier, call, told["did"])
    settings, warnings = _settings(carrier, call, told)
    address, remarks = emergency.wanted(told)
    carrier.world.store.put(NUMBERS, did_from(told["did"]), {**record, **settings, **address})
    return done(*warnings, *remarks)


def release(carrier: QuestBlueBase, call: Call) -> Answer:
    """Give a number back: it is on sale again at once, and nothing is paid back."""
    told = asked(call, needs=("did",))
    _owned(carrier, call, told["did"])
    did = did_from(told["did"])
    carrier.world.store.remove(NUMBERS, did)
    carrier.world.give_back(carrier.slug, f"+1{did}")
    return done()


def _owned(carrier: QuestBlueBase, call: Call, did: str) -> Record:
    record = carrier.world.store.get(NUMBERS, did_from(did))
    if record is None or record["_account"] != call.account.id:
        raise refused("DID is not in your inventory.")
    return record


def _settings(
    carrier: QuestBlueBase, call: Call, told: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    settings = {name: told[name] for name in SETTINGS if name in told}
    if settings.get("cnam", "off") not in ("on", "off"):
        raise refused("The cnam field must be on or off.")
    if settings.get("lidb") and len(settings["lidb"]) not in LIDB:
        raise refused("The lidb field must have 4 to 15 characters.")
    if trunk := settings.get("route2trunk"):
        trunks.active(carrier, call, trunk)
    if len(settings.get("note", "")) <= LONGEST_NOTE:
        return settings, []
    settings["note"] = settings["note"][:LONGEST_NOTE]
    return settings, ["The note was cut."]

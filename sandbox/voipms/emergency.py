"""Emergency addresses: one for each number, looked at, entered, changed and cancelled."""

from __future__ import annotations

from sandbox import places
from sandbox.store import Record
from sandbox.voipms import numbers
from sandbox.voipms.base import NUMBERS, VoipMsBase, asked, refused, said
from sandbox.wire import Answer, Call, Refusal

TABLE = "voipms.e911"
PLACE = ("full_name", "street_number", "street_name", "city", "state", "country", "zip_code")
NEEDED = ("did", *PLACE, "email", "language")
OPTIONAL = ("zip", "address_type", "address_number", "other_info")
KINDS = ("Apartment", "Building", "Floor", "Office", "Room", "Suite", "Unit")
COUNTRIES = ("US", "CA")
LANGUAGES = ("EN", "FR")
SHOWN = (*PLACE, "address_type", "address_number", "language", "email", "other_info")


def check(carrier: VoipMsBase, call: Call) -> Answer:
    """Look at an address, more leniently than what follows; it goes with a number of ours."""
    told = asked(call, needs=NEEDED, takes=OPTIONAL)
    numbers.owned(carrier, call, told["did"])
    _look_at(told)
    return said()


def provision(carrier: VoipMsBase, call: Call) -> Answer:
    """Enter the address of a number that has none."""
    told = asked(call, needs=NEEDED, takes=OPTIONAL)
    record = numbers.owned(carrier, call, told["did"])
    if record["e911"] == "1":
        raise _failed("no_provision", "The number is provisioned already.")
    return _enter(carrier, record, told, "no_provision")


def update(carrier: VoipMsBase, call: Call) -> Answer:
    """Put another address in the place of the one that a number has."""
    told = asked(call, needs=NEEDED, takes=OPTIONAL)
    record = numbers.owned(carrier, call, told["did"])
    if record["e911"] != "1":
        raise refused("e911_disabled")
    return _enter(carrier, record, told, "no_provision_update")


def info(carrier: VoipMsBase, call: Call) -> Answer:
    """Show the address of a number; to have none is a word of its own."""
    told = asked(call, needs=("did",))
    if numbers.owned(carrier, call, told["did"])["e911"] != "1":
        raise refused("e911_disabled")
    kept = carrier.world.store.table(TABLE)[told["did"]]
    shown = {name: kept.get(name, "") for name in SHOWN}
    return said(info={"did": told["did"], "status": "Provisioned", **shown})


def cancel(carrier: VoipMsBase, call: Call) -> Answer:
    """Take the address off a number."""
    told = asked(call, needs=("did",))
    record = numbers.owned(carrier, call, told["did"])
    if record["e911"] != "1":
        raise refused("e911_disabled")
    carrier.world.store.put(NUMBERS, told["did"], {**record, "e911": "0"})
    return said()


def _enter(carrier: VoipMsBase, record: Record, told: dict[str, str], failure: str) -> Answer:
    street = _look_at(told)
    if told["language"] not in LANGUAGES:
        raise _failed(failure, f"The value '{told['language']}' of 'language' is not valid.")
    if (told.get("address_type") or KINDS[0]) not in KINDS:
        raise _failed(failure, f"The value '{told['address_type']}' of 'type' is not valid.")
    if places.fails_later(street):
        raise _failed(failure, "The address could not be provisioned.")
    carrier.world.store.put(TABLE, told["did"], told)
    carrier.world.store.put(NUMBERS, told["did"], {**record, "e911": "1"})
    return said()


def _look_at(told: dict[str, str]) -> str:
    if told["country"] not in COUNTRIES:
        raise refused("invalid_country")
    street = f"{told['street_number']} {told['street_name']}"
    found = places.judge(street, told["zip_code"], told["country"])
    if found.street != street:
        name = found.street.removeprefix(told["street_number"]).strip().upper()
        raise Refusal(said("invalid_address", alternatives={"street_name": [name]}))
    if found.trouble:
        raise refused("invalid_zip" if found.trouble == "postal_code" else "invalid_address")
    return street


def _failed(status: str, words: str) -> Refusal:
    return Refusal(said(status, description=words))


METHODS: dict[str, tuple[str, numbers.Method]] = {
    "e911Validate": ("address", check),
    "e911Info": ("standing", info),
    "e911Provision": ("emergency", provision),
    "e911Update": ("emergency", update),
    "e911Cancel": ("emergency", cancel),
}
"""What each method is counted and disturbed as, and who answers it."""

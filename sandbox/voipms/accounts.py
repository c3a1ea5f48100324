"""Sub-accounts: where PBXs register, each by its name; numbers are sent there, too."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from sandbox.carrier import Gateway
from sandbox.store import Record
from sandbox.voipms.base import ACCOUNTS, NUMBERS, VoipMsBase, asked, refused, said
from sandbox.wire import Answer, Call, as_json

FIRST = 99_785
PBX = Gateway("127.0.0.1", 5060, "udp", priority=1, weight=1)
"""Who has registered everywhere."""
BY_PASSWORD, BY_ADDRESS = "1", "2"
SIP, IAX2 = "1", "3"
TO_PBX = "1"
"""The kind of device that is called by the number; the other one is called by its own name."""
KINDS = {
    "protocol": {SIP: "SIP", IAX2: "IAX2"},
    "auth_type": {
        BY_PASSWORD: "User/Password Authentication",
        BY_ADDRESS: "Static IP Authentication",
    },
    "device_type": {
        TO_PBX: "Asterisk, IP PBX, Gateway or VoIP Switch",
        "2": "ATA device, IP Phone or Softphone",
    },
    "lock_international": {"0": "Allow", "1": "Do not allow"},
    "international_route": {"1": "Value", "2": "Premium"},
    "music_on_hold": {"default": "Default", "jazz": "Jazz"},
    "dtmf_mode": {"auto": "Auto", "rfc2833": "RFC2833", "inband": "Inband"},
    "nat": {"yes": "Yes", "no": "No", "route": "Route", "never": "Never"},
}
CODECS = frozenset({"ulaw", "g729", "gsm", "g722"})
REQUIRED = (*KINDS, "allowed_codecs")
OPTIONAL = (
    *("description", "password", "ip", "callerid_number", "canada_routing", "max_expiry"),
    *("enable_ip_restriction", "ip_restriction", "enable_pop_restriction", "pop_restriction"),
)
WEAK = (
    ("invalid_password_lessthan_8characters_long", r".{8,}"),
    ("invalid_password_missing_uppercase", r".*[A-Z].*"),
    ("invalid_password_missing_lowercase", r".*[a-z].*"),
    ("invalid_password_missing_number", r".*\d.*"),
    ("invalid_password_ilegal_characters", r"[^\s'\"<>&\\]*"),
)
"""What a password must be like, and the word for one that is not."""


def kinds(name: str, listed_as: str, asks: str) -> Callable[[VoipMsBase, Call], Answer]:
    """Give the method that lists what a setting may be."""

    def answer(_carrier: VoipMsBase, call: Call) -> Answer:
        told = asked(call, takes=(asks,))
        rows: list[Record] = [
            {"value": value, "description": words}
            for value, words in KINDS[name].items()
            if told.get(asks) in (None, value)
        ]
        if not rows:
            raise refused(f"invalid_{name.replace('_', '')}")
        return as_json({"status": "success", listed_as: rows})

    return answer


def create(carrier: VoipMsBase, call: Call) -> Answer:
    """Make a sub-account, and say its name, which begins with the number of the account."""
    told = asked(call, needs=("username", *REQUIRED), takes=OPTIONAL)
    if not re.fullmatch(r"\w{1,12}", told["username"]):
        raise refused("invalid_username")
    settings = _settings(told)
    account = f"{_number_of(call.account.id)}_{told['username']}"
    table = carrier.world.store.table(ACCOUNTS)
    if account in table:
        raise refused("used_username")
    record: Record = {
        "_account": call.account.id,
        "id": FIRST + len(table),
        "account": account,
        "username": told["username"],
        **settings,
    }
    carrier.world.store.put(ACCOUNTS, account, record)
    return said(id=record["id"], account=account)


def update(carrier: VoipMsBase, call: Call) -> Answer:
    """Change all settings of a sub-account at once; its name and protocol stay."""
    needs = tuple(name for name in REQUIRED if name != "protocol")
    told = asked(call, needs=("id", *needs), takes=OPTIONAL)
    record = _by_id(carrier, call, told["id"])
    settings = _settings({**told, "protocol": record["protocol"]})
    carrier.world.store.put(ACCOUNTS, record["account"], {**record, **settings})
    return said()


def listing(carrier: VoipMsBase, call: Call) -> Answer:
    """List the sub-accounts with their passwords; to have none is a word of its own."""
    told = asked(call, takes=("account",))
    rows = [
        {name: value for name, value in record.items() if not name.startswith("_")}
        for record in carrier.world.store.table(ACCOUNTS).values()
        if record["_account"] == call.account.id
        and told.get("account") in (None, record["account"], str(record["id"]))
    ]
    return said(accounts=rows) if rows else said("no_account")


def delete(carrier: VoipMsBase, call: Call) -> Answer:
    """Delete a sub-account to which no number is sent."""
    record = _by_id(carrier, call, asked(call, takes=("id",)).get("id", ""))
    route = f"account:{record['account']}"
    numbers = carrier.world.store.table(NUMBERS).values()
    if any(route in (row["routing"], row["failover_unreachable"]) for row in numbers):
        raise refused("account_with_dids")
    carrier.world.store.remove(ACCOUNTS, record["account"])
    return said()


def require(carrier: VoipMsBase, call: Call, account: str) -> None:
    """
    Make sure that a sub-account is the account's.

    :raises Refusal: if it has none of that name
    """
    record = carrier.world.store.get(ACCOUNTS, account)
    if record is None or record["_account"] != call.account.id:
        raise refused("invalid_account")


def called(record: Record, did: str) -> str:
    """Say whom a call to a number asks for at a sub-account."""
    return did if record["device_type"] == TO_PBX else str(record["account"])


def _by_id(carrier: VoipMsBase, call: Call, id_: str) -> Record:
    for record in carrier.world.store.table(ACCOUNTS).values():
        if record["_account"] == call.account.id and str(record["id"]) == id_:
            return record
    raise refused("invalid_account")


def _settings(told: dict[str, str]) -> Record:
    for name, known in KINDS.items():
        if told[name] not in known:
            raise refused(f"invalid_{name.replace('_', '')}")
    if not set(told["allowed_codecs"].split(";")) <= CODECS:
        raise refused("invalid_allowedcodecs")
    _check_access(told)
    return {name: told.get(name, "") for name in (*REQUIRED, *OPTIONAL)}


def _check_access(told: dict[str, str]) -> None:
    password, address = told.get("password", ""), told.get("ip", "")
    if told["auth_type"] == BY_ADDRESS:
        if password or not address:
            raise refused("invalid_password_auth" if password else "invalid_ip")
        return
    if address:
        raise refused("invalid_ip_auth")
    if not password:
        raise refused("missing_password")
    for word, pattern in WEAK:
        if not re.fullmatch(pattern, password):
            raise refused(word)


def _number_of(account: str) -> int:
    return 100_000 + zlib.crc32(account.encode()) % 900_000


METHODS = {
    "createSubAccount": ("trunk", create),
    "setSubAccount": ("trunk", update),
    "getSubAccounts": ("trunk", listing),
    "delSubAccount": ("trunk", delete),
    "getProtocols": ("prices", kinds("protocol", "protocols", "protocol")),
    "getAuthTypes": ("prices", kinds("auth_type", "auth_types", "type")),
    "getDeviceTypes": ("prices", kinds("device_type", "device_types", "device_type")),
}
"""What each method is counted and disturbed as, and who answers it."""

"""What can happen here, and who wants to hear what carriers hint at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.journal import Touches, declare
from trunks.models import CarrierAccount, Trunk
from trunks.offers import Hint

ACCOUNT_CONNECTED = declare(
    "trunks.account.connected", "{actor} connected the carrier account {name}."
)
ACCOUNT_PAUSED = declare(
    "trunks.account.paused", "{actor} paused the carrier account {name}.", touches={Touches.CALLS}
)
ACCOUNT_RESUMED = declare(
    "trunks.account.resumed", "{actor} resumed the carrier account {name}.", touches={Touches.CALLS}
)
ACCOUNT_BROKEN = declare(
    "trunks.account.broken",
    "The carrier account {name} needs a person: {reason}",
    touches={Touches.CALLS},
)
BALANCE_LOW = declare(
    "trunks.account.balance_low",
    "The carrier account {name} has {balance} left.",
    provider_only={"balance"},
    touches={Touches.MONEY},
)
ACCOUNT_RESTORED = declare(
    "trunks.account.restored", "The carrier account {name} works again.", touches={Touches.CALLS}
)
CREDENTIALS_REPLACED = declare(
    "trunks.account.credentials_replaced",
    "{actor} replaced the credentials of the carrier account {name}.",
)
SECOND_WANTED = declare(
    "trunks.account.second_wanted",
    "{actor} {words} a second person to confirm what is ceased by hand at {name}.",
)
ACCOUNT_PROMOTED = declare(
    "trunks.account.promoted",
    "{actor} has the carrier account {name} worked by the interface of {carrier}.",
    touches={Touches.CALLS},
)
WARNING_SET = declare(
    "trunks.account.warning_set",
    "{actor} wants to be warned when the carrier account {name} has {below} or less left.",
    provider_only={"below"},
)
BALANCE_WRITTEN = declare(
    "trunks.account.balance_written",
    "{actor} wrote down that the carrier account {name} had {balance} left on {on}.",
    provider_only={"balance"},
    touches={Touches.MONEY},
)
FEE_ENTERED = declare(
    "trunks.account.fee_entered",
    "{actor} entered what the carrier account {name} asks for {fee}: {amount}.",
    provider_only={"amount"},
    touches={Touches.MONEY},
)
FEE_CORRECTED = declare(
    "trunks.account.fee_corrected",
    "{actor} corrected what the carrier account {name} asks for {fee}: {amount}.",
    provider_only={"amount"},
    touches={Touches.MONEY},
)
TRUNK_WANTED = declare("trunks.trunk.wanted", "{actor} asked for the trunk {name}.")
TRUNK_READY = declare("trunks.trunk.ready", "The trunk {name} is ready.", touches={Touches.CALLS})
TRUNK_FAILED = declare(
    "trunks.trunk.failed", "The trunk {name} could not be made: {reason}", touches={Touches.CALLS}
)

TRUNK_DESCRIBED = declare(
    "trunks.trunk.described", "{actor} described the trunk {name}, which was made by hand."
)
TRUNK_CHANGED = declare(
    "trunks.trunk.changed",
    "{actor} changed what is known of the trunk {name}: {what}.",
    touches={Touches.CALLS},
)

Handler = Callable[[CarrierAccount, Hint, datetime], bool]
"""Gets a verified hint and the time; tells whether it knows the object and has dealt with it."""

_handlers: list[Handler] = []


Listener = Callable[[CarrierAccount, str, datetime], None]
"""Gets an account whose credentials are refused, why, and the time; inside the transaction."""

_listeners: list[Listener] = []


def on_refusal(listener: Listener) -> Listener:
    """Have a listener told of refused credentials; registered once, from an AppConfig's `ready`."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def tell_refusal(account: CarrierAccount, why: str, now: datetime) -> None:
    """Tell every listener that the carrier refuses our credentials."""
    for listener in _listeners:
        listener(account, why, now)


def on_hint(handler: Handler) -> Handler:
    """Have a handler asked about every hint; registered once, from an AppConfig's `ready`."""
    if handler not in _handlers:
        _handlers.append(handler)
    return handler


def tell(account: CarrierAccount, hint: Hint, now: datetime) -> bool:
    """Ask every handler; whether any of them knew what the hint is about."""
    # All of them are asked: two apps may care about the same object.
    known = [handler(account, hint, now) for handler in _handlers]
    return any(known)


TrunkListener = Callable[[Trunk, frozenset[str]], None]
"""Gets a static trunk and which of its fields are new; a refusal that it raises undoes them."""

_trunk_listeners: list[TrunkListener] = []


def on_trunk_changed(listener: TrunkListener) -> TrunkListener:
    """Have a listener told of changed trunks; registered once, from an AppConfig's `ready`."""
    if listener not in _trunk_listeners:
        _trunk_listeners.append(listener)
    return listener


def tell_trunk_changed(trunk: Trunk, changed: frozenset[str]) -> None:
    """Tell every listener what is new of a trunk, inside the transaction of the change."""
    for listener in _trunk_listeners:
        listener(trunk, changed)

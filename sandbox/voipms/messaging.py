"""Text messages: settings of a number, listed under other names than those they are sent by."""

from __future__ import annotations

from sandbox.store import Record
from sandbox.voipms import numbers
from sandbox.voipms.base import NUMBERS, VoipMsBase, asked, refused, said
from sandbox.wire import Answer, Call

SHOWN = {
    "enable": "sms_enabled",
    "email_enabled": "sms_email_enabled",
    "email_address": "sms_email",
    "sms_forward_enable": "sms_forward_enabled",
    "sms_forward": "sms_forward",
    "url_callback_enable": "sms_url_callback_enabled",
    "url_callback": "sms_url_callback",
    "url_callback_retry": "sms_url_callback_retry",
    "smpp_enabled": "smpp_enabled",
    "smpp_url": "smpp_url",
    "smpp_user": "smpp_user",
    "smpp_pass": "smpp_pass",
}
"""Each parameter, and its name in the list of numbers."""
SWITCHES = ("enable", "email_enabled", "sms_forward_enable", "url_callback_enable", "smpp_enabled")


def change(carrier: VoipMsBase, call: Call) -> Answer:
    """Say where messages go: all at once, so that what is left out is taken away."""
    told = asked(call, needs=("did", "enable"), takes=tuple(SHOWN))
    record = numbers.owned(carrier, call, told["did"])
    is_odd = any(told.get(name, "0") not in ("0", "1") for name in SWITCHES)
    if is_odd or not record["sms_available"]:
        raise refused("invalid_sms")
    if told.get("url_callback_enable") == "1" and not told.get("url_callback"):
        raise refused("missing_callback")
    settings: Record = {
        shown: int(told.get(name) or 0) if name in SWITCHES else told.get(name, "")
        for name, shown in SHOWN.items()
    }
    carrier.world.store.put(NUMBERS, told["did"], {**record, **settings})
    return said()


METHODS: dict[str, tuple[str, numbers.Method]] = {"setSMS": ("texts", change)}
"""What each method is counted and disturbed as, and who answers it."""

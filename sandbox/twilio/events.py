"""
The status callback of an ended call: the only thing Twilio sends about a number by itself.

Purchases and releases are announced by nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from sandbox import outbox
from sandbox.courier import Compose, Letter
from sandbox.faults import ODD_WORDS, Fault
from sandbox.store import Record
from sandbox.twilio.base import TwilioBase, new_sid
from sandbox.world import Account


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Sign as `X-Twilio-Signature`: HMAC-SHA1 over the URL and the sorted form fields."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    # Twilio's choice, not ours: SHA-1 as an HMAC is still sound.
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def call_ended(carrier: TwilioBase, account: Account, number: Record) -> None:
    """Tell the number's status callback, or else the account's webhook address, of a call."""
    url = number["status_callback"] or account.webhook_url
    if not url:
        return

    def write(fault: Fault | None) -> Compose:
        form = {
            "AccountSid": account.id,
            "ApiVersion": "2010-04-01",
            "CallSid": new_sid("CA"),
            "CallStatus": fault.chance.choice(ODD_WORDS) if fault else "completed",
            "CallDuration": "12",
            "Direction": "inbound",
            "From": "+13125550199",
            "To": number["phone_number"],
            "Called": number["phone_number"],
            "Caller": "+13125550199",
            "Timestamp": carrier.stamp_mail(),
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": signature(account.secret, url, form),
        }
        letter = Letter(url, headers, urlencode(form).encode())
        return lambda attempt: letter

    outbox.announce(carrier.world, carrier.slug, write)

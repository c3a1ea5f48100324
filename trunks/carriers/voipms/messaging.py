"""
Text messages at VoIP.ms: settings of each number, written and listed under two sets of names.

Facts: `methods.json` and the WSDL. It asks for an address with the message in its query, and where
an address does not answer `ok`, it asks again. Its other way, a web hook, is shown by no method.
"""

from __future__ import annotations

from lib.e164 import E164
from trunks.carriers.voipms.payloads import Form, Row, did_of
from trunks.carriers.voipms.wire import VoipMsWire
from trunks.deadlines import Deadline
from trunks.features import IN_FORCE, NOTHING, Standing
from trunks.roles import EnablesMessaging

QUERY = "from={FROM}&to={TO}&message={MESSAGE}&id={ID}&date={TIMESTAMP}&media={MEDIA}"
"""What stands in braces is filled in by the carrier."""
KEPT = {
    "email_enabled": "sms_email_enabled",
    "email_address": "sms_email",
    "sms_forward_enable": "sms_forward_enabled",
    "sms_forward": "sms_forward",
    "smpp_enabled": "smpp_enabled",
    "smpp_url": "smpp_url",
    "smpp_user": "smpp_user",
    "smpp_pass": "smpp_pass",
}
"""The other ways of a message, as they are written and as they are listed."""


class VoipMsMessaging(VoipMsWire, EnablesMessaging):
    """The part of the adapter that is about text messages."""

    def route_messages(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Have the address asked for each message; an empty one switches messages off."""
        del carrier_reference
        row = self._ours(number, deadline)
        self._write("setSMS", form_for(row, did_of(number), address), deadline)
        return IN_FORCE if address else NOTHING

    def messages_of(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the number's settings."""
        del carrier_reference
        row = self._ours(number, deadline)
        is_on = {str(row.get(name)) for name in ("sms_enabled", "sms_url_callback_enabled")}
        is_wanted = is_on == {"1"} and row.get("sms_url_callback") == url_of(address)
        return IN_FORCE if address and is_wanted else NOTHING


def url_of(address: str) -> str:
    """Write an address with the places that the carrier fills in."""
    return f"{address}{'&' if '?' in address else '?'}{QUERY}"


def form_for(row: Row, did: str, address: str) -> Form:
    """Say where messages go, and the other ways as they are: it is not said to keep them."""
    if not address:
        return [("did", did), ("enable", "0"), ("url_callback_enable", "0")]
    told = [(name, str(row[shown])) for name, shown in KEPT.items() if row.get(shown)]
    return [
        *(("did", did), ("enable", "1"), ("url_callback_enable", "1")),
        *(("url_callback", url_of(address)), ("url_callback_retry", "1")),
        *told,
    ]

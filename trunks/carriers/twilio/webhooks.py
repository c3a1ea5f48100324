"""
Twilio's signed messages: HMAC-SHA1 by the account's auth token over address and fields.

Read from the SDK's validator (twilio-python 9.13.0): a form's fields are appended to the address,
sorted; the address of a JSON message carries the digest of the body instead.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, parse_qsl, urlsplit

from lib.e164 import E164, is_e164
from trunks.offers import Hint

PORTS = {"https": 443, "http": 80}


def is_signed(headers: Mapping[str, str], body: bytes, url: str, auth_token: str) -> bool:
    """Tell whether the account's token signed the message that came to the address."""
    told = {name.lower(): value for name, value in headers.items()}
    given = told.get("x-twilio-signature", "").encode()
    fields = ""
    digests = parse_qs(urlsplit(url).query).get("bodySHA256")
    if digests is not None:
        own = hashlib.sha256(body).hexdigest()
        if not hmac.compare_digest(own.encode(), digests[0].encode()):
            return False
    else:
        fields = _fields(body)
    # Twilio signs the address with its port or without it, so both are tried.
    fitting = [
        hmac.compare_digest(signature(address + fields, auth_token).encode(), given)
        for address in _addresses(url)
    ]
    return any(fitting)


def signature(text: str, auth_token: str) -> str:
    """Sign a text the way Twilio does."""
    # SHA-1 is the carrier's choice; as an HMAC it still holds.
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


def _fields(body: bytes) -> str:
    values: dict[str, set[str]] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        values.setdefault(name, set()).add(value)
    return "".join(name + value for name in sorted(values) for value in sorted(values[name]))


def _addresses(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or PORTS.get(parts.scheme, 443)
    yield parts._replace(netloc=host).geturl()
    yield parts._replace(netloc=f"{host}:{port}").geturl()


def hint_from(body: bytes) -> Hint:
    """
    Read what a message is about.

    Messages have no identifier of their own; the digest of the whole tells twins from others.
    ValueError where it cannot be read.
    """
    text = body.decode()
    if text.lstrip().startswith("{"):
        told = {str(name): str(value) for name, value in json.loads(text).items()}
    else:
        told = dict(parse_qsl(text, keep_blank_values=True))
    if not any(told.values()):
        raise ValueError("not an event of this carrier")
    number = told.get("PhoneNumber") or told.get("phone_number") or told.get("To") or ""
    return Hint(
        event_id=hashlib.sha256(body).hexdigest(),
        kind=told.get("EventType") or told.get("event_type") or told.get("CallStatus") or "message",
        carrier_reference=told.get("PhoneNumberSid") or told.get("CallSid") or "",
        our_reference=told.get("FriendlyName", ""),
        numbers=(E164(number),) if is_e164(number) else (),
    )

"""
DIDWW's signed messages: HMAC-SHA1 over the address, with its port, and the sorted fields of a form.

Read from the SDK's validator and its tests (didww 3.2.0). The documents differ in what signs: the
API key, or a callback secret that is made in the panel; either is known to nobody else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit

from trunks.offers import Hint

PORTS = {"https": 443, "http": 80}


def callback(webhook_url: str) -> dict[str, str]:
    """Say where a message goes once somebody has decided; nothing where it goes nowhere."""
    return {"callback_url": webhook_url, "callback_method": "post"} if webhook_url else {}


def is_signed(headers: Mapping[str, str], body: bytes, url: str, secrets: Iterable[str]) -> bool:
    """Tell whether one of the secrets signed the message that came to the address."""
    told = {name.lower(): value for name, value in headers.items()}
    given = told.get("x-didww-signature", "").encode()
    fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    fitting = [
        hmac.compare_digest(signature(url, fields, secret).encode(), given) for secret in secrets
    ]
    return any(fitting)


def signature(url: str, fields: Mapping[str, str], secret: str) -> str:
    """Sign the way DIDWW does."""
    text = normalized(url) + "".join(name + fields[name] for name in sorted(fields))
    # SHA-1 is the carrier's choice; as an HMAC it still holds.
    return hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()


def normalized(url: str) -> str:
    """Write an address with its port, also where that is the usual one."""
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port or PORTS.get(parts.scheme, 80)
    return parts._replace(netloc=f"{user}{at}{host}:{port}").geturl()


def hint_from(body: bytes) -> Hint:
    """
    Read what a message is about; ValueError where it cannot be read.

    It names the object, its kind and its new status, no number and no reference of ours. Messages
    have no identifier of their own; the digest of the whole tells twins from others.
    """
    told = dict(parse_qsl(body.decode(), keep_blank_values=True))
    if not (told.get("id") and told.get("type")):
        raise ValueError("not an event of this carrier")
    return Hint(
        event_id=hashlib.sha256(body).hexdigest(),
        kind=f"{told['type']}.{told.get('status', '')}",
        carrier_reference=told["id"],
        our_reference="",
        numbers=(),
    )

"""Signed callbacks: a form, sent where the order said, with an HMAC-SHA1 over both."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox import outbox
from sandbox.courier import Compose, Letter
from sandbox.didww.base import DidwwBase, invalid
from sandbox.faults import ODD_WORDS, Fault
from sandbox.store import Record

HEADER = "X-DIDWW-Signature"
PORTS = {"https": 443, "http": 80}


def callback_of(attributes: Mapping[str, Any]) -> Record:
    """
    Read where and how a decision is to be told; nowhere unless somebody says so.

    :raises Refusal: if it cannot be told like that
    """
    url, method = attributes.get("callback_url"), attributes.get("callback_method")
    if url and not (urlsplit(str(url)).scheme in PORTS and urlsplit(str(url)).hostname):
        raise invalid("callback_url is invalid", "/data/attributes/callback_url")
    if bool(url) != bool(method) or method not in (None, "post"):
        raise invalid("callback_method must be post here", "/data/attributes/callback_method")
    return {"callback_url": url, "callback_method": method}


def send(carrier: DidwwBase, kind: str, record: Record) -> None:
    """Tell of one row that was decided, if it said where."""
    url = record["callback_url"]
    account = carrier.world.account(carrier.slug, record["account"])
    if not url or account is None:
        return

    def write(fault: Fault | None) -> Compose:
        status = fault.chance.choice(ODD_WORDS) if fault else record["status"]
        form = {"id": record["id"], "type": kind, "status": status}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: signature(url, form, account.secret),
        }
        letter = Letter(url, headers, urlencode(form).encode())
        return lambda attempt: letter

    outbox.announce(carrier.world, carrier.slug, write)


def schedule(carrier: DidwwBase, seconds: float, table: str, id_: str) -> None:
    """Have a row decided in a while, whether or not anybody asks."""

    def decide() -> None:
        with carrier.world.lock:
            carrier.settle()
            record = carrier.world.store.get(table, id_)
            if record and record["status"] == "pending":
                # The world's clock may run behind the timer; look again.
                schedule(carrier, 0.05, table, id_)

    carrier.world.courier.after(seconds, decide)


def signature(url: str, form: Mapping[str, str], secret: str) -> str:
    """Sign an address, which has its port even where that is the usual one, and sorted fields."""
    parts = urlsplit(url)
    port = parts.port or PORTS[parts.scheme]
    whole = parts._replace(netloc=f"{parts.hostname}:{port}").geturl()
    text = whole + "".join(f"{name}{form[name]}" for name in sorted(form))
    # DIDWW's choice, not ours: SHA-1 as an HMAC is still sound.
    return hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()

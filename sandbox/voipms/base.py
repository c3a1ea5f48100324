"""What the parts of VoIP.ms share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.carrier import Carrier
from sandbox.wire import Answer, Call, Refusal, Request, as_json

NUMBERS = "voipms.numbers"
URIS = "voipms.uris"
ACCOUNTS = "voipms.accounts"
SIGNED_IN = ("api_username", "api_password", "method")
SPELLED = {
    "pop": "serverpop",
    "billing_type": "billingtype",
    "full_name": "fullname",
    "zip_code": "zip",
    "auth_type": "authtype",
    "device_type": "devicetype",
    "lock_international": "lockinternational",
    "international_route": "internationalroute",
    "music_on_hold": "musiconhold",
    "allowed_codecs": "allowedcodecs",
    "dtmf_mode": "dtmfmode",
}
"""Of which parameters a refusal writes the name in another way."""


class VoipMsBase(Carrier):
    """The carrier as its parts see it."""

    slug = "voipms"
    source_address = "127.0.2.60"
    announces_orders = False


def given(request: Request) -> dict[str, str]:
    """Read the parameters, which come in the query or as a form, as the customer likes."""
    return {**dict(request.query), **request.form()}


def said(status: str = "success", **more: Any) -> Answer:
    """Answer: what happened is a word in the body, and HTTP always says 200."""
    return as_json({"status": status, **more})


def refused(status: str) -> Refusal:
    """Refuse with a word."""
    return Refusal(said(status))


def asked(
    call: Call, *, needs: Collection[str] = (), takes: Collection[str] = ()
) -> dict[str, str]:
    """
    Read what a method was given.

    :raises Refusal: for what it needs and lacks, or does not know
    """
    told = {name: text for name, text in given(call.request).items() if name not in SIGNED_IN}
    for name in needs:
        if not told.get(name):
            raise refused(f"missing_{SPELLED.get(name, name)}")
    if set(told) - {*needs, *takes}:
        # The real one ignores them; here a misspelled name must not hide.
        raise refused("missing_params")
    return told


def is_test(told: dict[str, str]) -> bool:
    """Tell whether an order is only tried: nothing happens then, and all is well."""
    return told.get("test", "").lower() in ("1", "true")

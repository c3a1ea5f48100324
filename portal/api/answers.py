"""Idempotency keys: the same POST twice does the work once and is answered the same."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta

from django.db import connection
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from portal.actor import ACT_FOR
from portal.api.models import KeptAnswer
from portal.api.problems import Conflict

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def key_of(request: Request) -> str:
    """
    Read the idempotency key; "" where none was sent.

    :raises ValidationError: if it is longer than 200 characters or not printable ASCII
    """
    key = request.headers.get(HEADER, "")
    if key and not _KEY.fullmatch(key):
        message = "Send 1 to 200 printable ASCII characters without spaces, a UUID for example."
        raise ValidationError({HEADER: [message]})
    return key


def asked(request: Request) -> str:
    """Digest what was asked, so that a key cannot be used for two different things."""
    plain = request._request
    parts = [plain.method or "", plain.get_full_path(), plain.headers.get(ACT_FOR, "")]
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + plain.body).hexdigest()


def recall(request: Request, key: str, *, actor: Actor, now: datetime) -> Response | None:
    """
    Give the kept answer for this key, or None if the work is still to be done by the caller.

    Must be called inside the transaction of the work: it takes a lock that ends with it.

    :raises Conflict: while another request with the same key is running
    :raises ValidationError: if the key was used for something else
    """
    if not _lock(f"{actor.name} {key}"):
        message = "A request with this Idempotency-Key is still running. Ask again in a moment."
        raise Conflict(message)
    kept = next(iter(KeptAnswer.objects.filter(caller=actor.name, key=key)), None)
    if kept is None:
        return None
    if kept.at <= now - KEPT_FOR:
        kept.delete()
        return None
    if kept.asked != asked(request):
        message = "This key was already used for another request. Make a new key for each request."
        raise ValidationError({HEADER: [message]})
    told = json.loads(kept.answer)
    return Response(told["body"], status=kept.status, headers={**told["headers"], REPLAYED: "true"})


def remember(
    request: Request, key: str, response: Response, *, actor: Actor, now: datetime
) -> None:
    """Keep the answer for 24 h; written in the same transaction as the work."""
    body = json.loads(JSONRenderer().render(response.data) or b"null")
    headers = {name: response[name] for name in ("Location",) if name in response}
    KeptAnswer.objects.create(
        caller=actor.name,
        key=key,
        asked=asked(request),
        status=response.status_code,
        answer=json.dumps({"body": body, "headers": headers}),
        at=now,
    )


def forget(*, now: datetime) -> int:
    """Delete the answers that have been kept long enough; gives their number."""
    return KeptAnswer.objects.filter(at__lte=now - KEPT_FOR).delete()[0]


def _lock(text: str) -> bool:
    # An advisory lock instead of the unique key alone: the second request can be told at once
    # that the first is running, where an INSERT would wait for it.
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    return bool(row and row[0])

"""While a store is away: which errors say so, and the calm answer that pages and API give then."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus

import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError as BrokerAway

from portal.actor import REQUEST_ID, request_id_of

AWAY = (
    OperationalError,
    InterfaceError,
    BrokerAway,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
)
"""What Django, Celery and redis-py raise while PostgreSQL or Redis cannot be reached or stops."""

RETRY_SECONDS = 2
DETAIL = (
    "A store of ours is away for a moment. Send the request again soon, a POST with the same "
    "Idempotency-Key: then nothing is done twice."
)

log = logging.getLogger(__name__)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Answer what nothing else has caught: 503 while a store is away, else 500 (`handler500`)."""
    trouble = sys.exception()
    is_away = isinstance(trouble, AWAY)
    if is_away:
        log.warning("A store is away: %s", trouble)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.INTERNAL_SERVER_ERROR
    answer = _as_problem(request, status) if _is_api(request) else _as_page(status)
    if is_away:
        answer["Retry-After"] = str(RETRY_SECONDS)
    # The middleware that would add it may be the very one that failed.
    answer[REQUEST_ID] = request_id_of(request)
    return answer


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _as_page(status: HTTPStatus) -> HttpResponse:
    # Without the request: who is signed in stands in the store that is away.
    return HttpResponse(render_to_string(f"{status.value}.html"), status=status)


def _as_problem(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    is_away = status == HTTPStatus.SERVICE_UNAVAILABLE
    body = {
        "type": f"/problems/{'away' if is_away else 'internal-server-error'}",
        "title": status.phrase,
        "status": int(status),
        "detail": DETAIL if is_away else "Something went wrong on our side. It is logged.",
        "errors": [],
        "request_id": request_id_of(request),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")

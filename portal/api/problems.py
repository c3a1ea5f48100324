"""Every refusal of the API as a problem document (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import singledispatch
from http import HTTPStatus
from typing import Any

import redis
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404
from kombu.exceptions import OperationalError as BrokerAway
from rest_framework import exceptions
from rest_framework.response import Response

from lib.locks import is_deadlock, is_locked_out
from lib.refusals import UnableTo
from portal import away
from portal.actor import BadHeader, NotSignedIn, request_id_of

CONTENT_TYPE = "application/problem+json"
SIGN_IN = "Send a valid token as “Authorization: Bearer <prefix>.<secret>”, or sign in."

log = logging.getLogger(__name__)

# JSON may spell half of a character as \ud800; UTF-8, in which we answer, has no word for it.
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


class Conflict(exceptions.APIException):
    """Refused because of something else that is going on; the request may succeed later."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class NothingYet(Http404):
    """What is asked for belongs to the caller but does not exist; the message says why."""


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    """
    Make a problem document.

    :param code: last part of the `type`; by default taken from the status
    :param errors: `{"field", "detail"}` for each field that is at fault
    """
    title = HTTPStatus(status).phrase
    body: dict[str, object] = {
        "type": f"/problems/{code or title.lower().replace(' ', '-')}",
        "title": title,
        "status": int(status),
        "detail": _whole(detail),
        "errors": [{name: _whole(text) for name, text in error.items()} for error in errors],
        **more,
    }
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _whole(text: str) -> str:
    return _HALF_CHARACTERS.sub("\ufffd", text)


def answer(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Turn whatever an endpoint raised into a problem document, never into a stack trace."""
    request = context.get("request")
    response = _problem_of(exc, request)
    response.data["request_id"] = request_id_of(request) if request is not None else ""
    return response


@singledispatch
def _problem_of(exc: Exception, request: Any) -> Response:
    log.error("An API endpoint failed", exc_info=exc)
    http_request = getattr(request, "_request", request)
    got_request_exception.send(sender=None, request=http_request)
    detail = "Something went wrong on our side. It is logged; name the request id when you ask."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


@_problem_of.register
def _refused(exc: UnableTo, _request: object) -> Response:
    status = HTTPStatus.CONFLICT if exc.conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    named = [{"field": exc.field, "detail": str(exc)}] if exc.field else []
    return problem(status, str(exc), code=slug(exc.code), errors=named)


@_problem_of.register
def _invalid(exc: exceptions.ValidationError, _request: object) -> Response:
    errors = list(flattened(exc.detail))
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return problem(status, told(errors), code="invalid", errors=errors)


@_problem_of.register(NotSignedIn)
@_problem_of.register(exceptions.NotAuthenticated)
@_problem_of.register(exceptions.AuthenticationFailed)
def _not_signed_in(exc: Exception, _request: object) -> Response:
    detail = str(exc) if isinstance(exc, exceptions.AuthenticationFailed) else SIGN_IN
    headers = {"WWW-Authenticate": 'Bearer realm="api"'}
    return problem(HTTPStatus.UNAUTHORIZED, detail, headers=headers)


@_problem_of.register
def _bad_header(exc: BadHeader, _request: object) -> Response:
    named = [{"field": exc.header, "detail": str(exc)}]
    return problem(exc.status, str(exc), code="header", errors=named)


@_problem_of.register
def _forbidden(exc: PermissionDenied, _request: object) -> Response:
    return problem(HTTPStatus.FORBIDDEN, str(exc) or "You do not have the right to do this.")


@_problem_of.register
def _nothing_there(_exc: Http404, _request: object) -> Response:
    return problem(HTTPStatus.NOT_FOUND, "There is nothing at this address that you may see.")


@_problem_of.register
def _nothing_yet(exc: NothingYet, _request: object) -> Response:
    return problem(HTTPStatus.NOT_FOUND, str(exc))


@_problem_of.register
def _too_large(_exc: RequestDataTooBig, _request: object) -> Response:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return problem(status, "The body is too large. Send less than 2 MB at a time.")


@_problem_of.register
def _too_many(_exc: TooManyFieldsSent, _request: object) -> Response:
    return problem(HTTPStatus.BAD_REQUEST, "The address has too many parameters. Send fewer.")


@_problem_of.register
def _throttled(exc: exceptions.Throttled, _request: object) -> Response:
    wait = str(max(1, int(getattr(exc, "wait", 0) or 1)))
    detail = f"Too many requests. Try again in {wait} s."
    return problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": wait})


@_problem_of.register
def _other(exc: exceptions.APIException, _request: object) -> Response:
    return problem(exc.status_code, str(exc.detail), code=slug(exc.default_code))


@_problem_of.register(InterfaceError)
@_problem_of.register(BrokerAway)
@_problem_of.register(redis.exceptions.ConnectionError)
@_problem_of.register(redis.exceptions.TimeoutError)
def _away(exc: Exception, _request: object) -> Response:
    log.warning("A store is away: %s", exc)
    retry = {"Retry-After": str(away.RETRY_SECONDS)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, away.DETAIL, code="away", headers=retry)


@_problem_of.register
def _database(exc: OperationalError, request: object) -> Response:
    if not (is_deadlock(exc) or is_locked_out(exc)):
        return _away(exc, request)
    detail = "Too many changes met at once. Nothing was done; send the request again."
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return problem(status, detail, code="busy", headers={"Retry-After": "1"})


@contextmanager
def naming(field: str, *refusals: type[UnableTo]) -> Iterator[None]:
    """Name the field of the request that such refusals are about, where they name none."""
    try:
        yield
    except refusals as refusal:
        refusal.field = refusal.field or field
        raise


def slug(code: str) -> str:
    """Give a code as it stands in a problem's `type`."""
    return code.replace("_", "-")


def flattened(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Walk nested validation errors and give them with dotted field paths."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flattened(inner, _below(path, name))
    elif isinstance(detail, list | tuple) and any(isinstance(i, Mapping | list) for i in detail):
        for place, inner in enumerate(detail):
            yield from flattened(inner, f"{path}[{place}]")
    elif isinstance(detail, list | tuple):
        for inner in detail:
            yield {"field": path, "detail": str(inner)}
    else:
        yield {"field": path, "detail": str(detail)}


def _below(path: str, name: object) -> str:
    if name == "non_field_errors":
        return path
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else str(name)


def told(errors: Sequence[Mapping[str, str]]) -> str:
    """Say in one sentence what is wrong with the request."""
    names = ", ".join(dict.fromkeys(error["field"] for error in errors if error["field"]))
    if not names:
        return " ".join(error["detail"] for error in errors)
    return f"The request was not carried out. Correct and send it again: {names}."

"""Units of work of the API: one transaction, retried, rehearsed or recalled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.work import acting, rehearsing
from lib.locks import retried
from lib.refusals import UnableTo
from portal.actor import known_actor
from portal.api import answers

DRY_RUN = "dry_run"
DRY_RUN_HEADER = "Dry-Run"

P = ParamSpec("P")
View = TypeVar("View", bound=APIView)
Worked = TypeVar("Worked", bound=Callable[..., HttpResponseBase])
Answer = TypeVar("Answer", bound=HttpResponseBase)
Handler = Callable[Concatenate[View, Request, P], Response]


def reads(handler: Handler[View, P]) -> Handler[View, P]:
    """Answer a GET inside one unit of work of its actor."""

    @functools.wraps(handler)
    def worked(view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        refuse_dry_run(request)
        with acting(known_actor(request)):
            return handler(view, request, *args, **kwargs)

    return _marked(worked, "reads")


def alone(
    handler: Callable[Concatenate[View, Request, P], Answer],
) -> Callable[Concatenate[View, Request, P], Answer]:
    """
    Answer without a transaction around: for waiting and for calls to a carrier.

    No transaction may be open while somebody else thinks; such a handler opens its own.
    """

    @functools.wraps(handler)
    def worked(view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        refuse_dry_run(request)
        return handler(view, request, *args, **kwargs)

    return _marked(worked, "alone")


def writes(
    *, dry_run: bool = False, after_refusal: Callable[[Any, UnableTo], None] | None = None
) -> Callable[[Handler[View, P]], Handler[View, P]]:
    """
    Do a write in one transaction, retried after deadlocks, once per idempotency key.

    :param dry_run: whether `?dry_run=true` may be asked: everything is done, checked, answered
        and rolled back
    :param after_refusal: is told, once all is undone, of a refusal that is worth keeping
    """

    def mark(handler: Handler[View, P]) -> Handler[View, P]:
        @functools.wraps(handler)
        def worked(view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
            only_rehearse = wants_dry_run(request) if dry_run else refuse_dry_run(request)
            call = functools.partial(handler, view, request, *args, **kwargs)
            if only_rehearse:
                return retried(_rehearse)(request, call)
            try:
                return retried(_carry_out)(request, call)
            except UnableTo as refusal:
                if after_refusal is not None:
                    after_refusal(view, refusal)
                raise

        worked.has_dry_run = dry_run  # type: ignore[attr-defined]
        worked.keeps_answers = True  # type: ignore[attr-defined]
        return _marked(worked, "writes")

    return mark


def _carry_out(request: Request, call: Callable[[], Response]) -> Response:
    actor, now = known_actor(request), timezone.now()
    key = answers.key_of(request) if request.method == "POST" else ""
    with acting(actor):
        kept = answers.recall(request, key, actor=actor, now=now) if key else None
        if kept is not None:
            return kept
        response = call()
        if key:
            answers.remember(request, key, response, actor=actor, now=now)
        return response


def _rehearse(request: Request, call: Callable[[], Response]) -> Response:
    with rehearsing(known_actor(request)):
        response = call()
    rehearsed = Response(response.data, status=200)
    rehearsed[DRY_RUN_HEADER] = "true"
    return rehearsed


def wants_dry_run(request: Request) -> bool:
    """
    Tell whether the caller asked for a rehearsal.

    :raises ValidationError: if `dry_run` is neither true nor false
    """
    text = request.query_params.get(DRY_RUN, "false").lower()
    if text not in {"true", "false"}:
        raise ValidationError({DRY_RUN: ["Send true or false."]})
    return text == "true"


def refuse_dry_run(request: Request) -> bool:
    """
    Stop a caller who believes that this address could be rehearsed.

    :raises ValidationError: if `dry_run` was sent at all
    """
    if DRY_RUN in request.query_params:
        raise ValidationError({DRY_RUN: ["This address has no dry run. Leave the parameter out."]})
    return False


def _marked(handler: Worked, kind: str) -> Worked:
    handler.work = kind  # type: ignore[attr-defined]
    return handler

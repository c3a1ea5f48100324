"""Answers that go on while news comes: server-sent events (HTML standard, section 9.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from portal.api import problems

MEDIA_TYPE = "text/event-stream"
STILL_HERE = b":\n\n"
"""A comment, which readers skip: proxies see that the stream lives, we see a reader that left."""


class EventRenderer(JSONRenderer):
    """Lets a caller ask for a stream; what begins none, such as a refusal, is JSON all the same."""

    media_type = MEDIA_TYPE
    format = "event-stream"


def wants_events(request: Request) -> bool:
    """Tell whether the caller asked for a stream by `Accept`."""
    return isinstance(request.accepted_renderer, EventRenderer)


def event(name: str, data: object, *, serial: int | None = None) -> bytes:
    """
    Write down one event.

    :param serial: what the reader sends as `Last-Event-ID` to go on behind this event
    """
    head = f"event: {name}\n" if serial is None else f"id: {serial}\nevent: {name}\n"
    # JSON of one line: a line feed inside would end the field.
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def streamed(
    request: Request, events: Iterator[bytes], headers: dict[str, Any] | None = None
) -> StreamingHttpResponse:
    """
    Send events as they come, over one answer.

    If making them fails, the last event is a `problem` with what a plain answer would have said.
    """
    answer = StreamingHttpResponse(
        _to_the_end(request, events), content_type=MEDIA_TYPE, headers=headers
    )
    # nginx gathers an answer before it passes it on unless it is told not to.
    answer["X-Accel-Buffering"] = "no"
    return answer


def _to_the_end(request: Request, events: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from events
    except Exception as trouble:  # noqa: BLE001 - told as any other failed endpoint's, and logged
        yield event("problem", problems.answer(trouble, {"request": request}).data)

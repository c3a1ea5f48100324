"""Times on pages are told in the zone of whoever reads them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ReadersZone:
    """Middleware that ends the zone which `requires` has begun, so that no thread keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and leave the thread in UTC."""
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

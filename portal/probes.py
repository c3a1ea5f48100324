"""What a load balancer asks: does the process live, and can it work."""

from __future__ import annotations

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError


@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"live": True})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the stores answer; 503 while one does not."""
    stores = {"database": _database(), "redis": _redis()}
    ready = all(stores.values())
    return JsonResponse({"ready": ready, **stores}, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _redis() -> bool:
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        return False
    return True

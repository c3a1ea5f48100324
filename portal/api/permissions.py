"""The lock on every door of the API that its handler did not lock itself."""

from __future__ import annotations

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.actor import actor_of


class HasActor(BasePermission):
    """Lets in requests whose actor is known; the right itself is checked by `requires`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether somebody is signed in."""
        return actor_of(request) is not None

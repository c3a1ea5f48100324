"""The lock on every door of the API that its handler did not lock itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from portal.actor import actor_of

if TYPE_CHECKING:
    # The framework reads this module while it defines its views.
    from rest_framework.views import APIView


class HasActor(BasePermission):
    """Lets in requests whose actor is known; the right itself is checked by `requires`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether somebody is signed in."""
        return actor_of(request) is not None

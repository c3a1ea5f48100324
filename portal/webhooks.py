"""Messages from carriers: verified, stored and acknowledged; what follows is a task's work."""

from __future__ import annotations

import logging
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.tally import Tally
from trunks.models import CarrierAccount
from trunks.workflows import intake

MOST_BYTES = 256 * 1024
REFUSED = Tally("refused-webhooks", window_seconds=24 * 60 * 60)
"""Messages per carrier account that were not signed by the carrier, within a day."""

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def receive(request: HttpRequest, account: UUID) -> HttpResponse:
    """Take one message of a carrier: 200 once it is stored, also when it was stored before."""
    found = CarrierAccount.objects.filter(uuid=account).select_related("owner").first()
    if found is None:
        raise Http404
    body = _body(request)
    if body is None:
        return _told(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The message is too large.")
    event = intake.receive(
        account=found,
        headers=dict(request.headers),
        body=body,
        # Signatures cover the address as the carrier knows it, not as a proxy passes it on.
        url=f"{settings.PUBLIC_URL}{request.get_full_path()}",
        now=timezone.now(),
    )
    if event is None:
        count = REFUSED.add(str(found.uuid))
        log.warning("Webhook number %s of today with a wrong signature for %s", count, found)
        return _told(HTTPStatus.FORBIDDEN, "The signature is not valid.")
    return _told(HTTPStatus.OK, "Received.")


def _body(request: HttpRequest) -> bytes | None:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not (announced.isascii() and announced.isdigit()) or int(announced) > MOST_BYTES:
        return None
    try:
        return request.body
    except RequestDataTooBig:
        return None


def _told(status: HTTPStatus, detail: str) -> JsonResponse:
    return JsonResponse({"status": status.value, "detail": detail}, status=status)


urlpatterns = [path("webhooks/<uuid:account>", receive, name="webhook")]

"""Where everything is: pages, API, incoming webhooks."""

from __future__ import annotations

from django.urls import include, path

from portal import probes

handler500 = "portal.away.went_wrong"

urlpatterns = [
    path("accounts/", include("portal.web.sign_in_urls")),
    path("accounts/", include("allauth.urls")),
    path("livez", probes.livez, name="livez"),
    path("readyz", probes.readyz, name="readyz"),
    path("api/", include("portal.api.urls")),
    path("", include("portal.webhooks")),
    path("", include("portal.web.urls")),
]

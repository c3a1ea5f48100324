"""Where everything is: pages, API, incoming webhooks."""

from __future__ import annotations

from django.urls import include, path

from portal import probes

handler500 = "portal.away.went_wrong"

urlpatterns = [
    path("accounts/", include("portal.web.sign_in_urls")),
    # Not all of allauth: its pages of social accounts are none of ours.
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("livez", probes.livez, name="livez"),
    path("readyz", probes.readyz, name="readyz"),
    path("api/", include("portal.api.urls")),
    path("", include("portal.webhooks")),
    path("", include("portal.web.urls")),
]

"""Where everything is: pages, API, incoming webhooks."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", include("portal.api.urls")),
    path("", include("portal.webhooks")),
    path("", include("portal.web.urls")),
]

"""Addresses that let their reader in are logged without their keys."""

from __future__ import annotations

import pytest
from django.test import Client

KEY = "MARK-SECRET-key-in-an-address"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", f"/invitations/{KEY}/"),
        ("post", f"/invitations/{KEY}/"),
        ("get", f"/accounts/confirm-email/{KEY}/nothing-there/"),
    ],
)
def test_refused_requests_are_logged_without_keys(
    method: str, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)

    assert answer.status_code >= 400
    assert "[removed]" in caplog.text
    assert KEY not in caplog.text

"""The demo connects the carriers that it knows how to let in, whatever else the sandbox has."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from portal.demo import switch
from sandbox.registry import CARRIERS
from trunks.models import CarrierAccount
from trunks.tests.carriers.sandbox import CarrierSandbox

pytestmark = pytest.mark.wire


def test_connects_its_carriers_once_and_finds_them_again(cast: Cast) -> None:
    sandbox = CarrierSandbox()
    with sandbox.served() as url:
        for _ in range(2):
            made = switch.ensure_accounts(
                url,
                "http://portal.example",
                provider=cast.provider,
                actor=cast.staff,
                now=timezone.now(),
            )
            assert set(made) == set(switch.HABITS) < set(CARRIERS)
    sandbox.close()
    assert CarrierAccount.objects.count() == len(switch.HABITS)

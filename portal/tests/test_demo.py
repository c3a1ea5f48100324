"""The demo connects every carrier of the sandbox; calls come by those that it can let in."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from portal.demo import by_hand, switch
from sandbox.registry import CARRIERS
from trunks.models import CarrierAccount, Trunk
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
            assert set(made) == set(CARRIERS) > set(switch.HABITS)
    sandbox.close()
    assert CarrierAccount.objects.count() == len(CARRIERS)


def test_connects_the_carriers_at_which_people_work_and_lets_one_carry_texts_only(
    cast: Cast,
) -> None:
    for _ in range(2):
        by_hand.ensure_others(cast.provider, actor=cast.staff, now=timezone.now())

    assert set(CarrierAccount.objects.values_list("carrier", flat=True)) == set(by_hand.OTHERS)
    trunk = Trunk.objects.get()
    assert (trunk.carrier_account.carrier, trunk.carries) == ("aire_networks", "MESSAGING")

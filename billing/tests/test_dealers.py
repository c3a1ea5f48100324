"""A dealer comes in whole: organization, account and first owner, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Invitation, Kind, Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from accounts.workflows.invitations import UnableToInvite
from accounts.workflows.organizations import UnableToCreate
from billing.models import Account
from billing.workflows import dealers
from billing.workflows.accounts import UnableToOpen
from lib.refusals import UnableTo


def _create(cast: Cast, **changes: Any) -> Organization:
    fields: dict[str, Any] = {
        "parent": cast.dealer,
        "name": "Bay Voice",
        "country": "US",
        "currency": "USD",
        "time_zone": "America/Chicago",
        "owner_email": "grace@example.com",
        "credit_limit": Decimal(100),
        "actor": cast.dealer_owner,
        "now": NOW,
    }
    return dealers.create(**(fields | changes))


def test_has_an_account_and_an_invited_owner(cast: Cast) -> None:
    made = _create(cast, tenant_limit=3)

    assert (made.kind, made.parent, made.tenant_limit) == (Kind.DEALER, cast.dealer, 3)
    assert Account.objects.get(organization=made).available == 100
    assert Invitation.objects.get(organization=made).email == "grace@example.com"


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"owner_email": "grace"}, UnableToInvite, "email"),
        ({"credit_limit": Decimal(-1)}, UnableToOpen, "credit_limit"),
        ({"country": "XX"}, UnableToCreate, "country"),
    ],
)
def test_leaves_nothing_behind_when_one_part_is_refused(
    cast: Cast, change: dict[str, object], refusal: type[UnableTo], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        _create(cast, **change)

    assert refused.value.field == field
    assert not Organization.objects.filter(name="Bay Voice").exists()
    assert not Account.objects.exists()

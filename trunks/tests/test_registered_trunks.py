"""Trunks at which we register: the password is ours, the login is the carrier's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.tests.cast import Cast
from lib.e164 import DidFormat
from trunks import connect
from trunks.deadlines import Deadline
from trunks.models import CarrierAccount, Exchange, Trunk
from trunks.offers import Wanted
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import ROUTERS, make_carrier_account
from trunks.workflows import trunks

NOW = datetime(2126, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "4r=h;EaCB85QNtr2"


@pytest.fixture
def account(db: None, carriers: CarrierSandbox) -> CarrierAccount:
    """Store an account that the sandbox knows."""
    opened = carriers.account("wavix")
    return make_carrier_account(carrier="wavix", credentials=opened["credentials"])


def create(account: CarrierAccount, cast: Cast, **changed: Any) -> Trunk:
    """Ask for a trunk at which we register."""
    wish: dict[str, Any] = {
        "name": "Branch",
        "did_format": DidFormat.E164,
        "gateways": [],
        "source_addresses": ["127.0.2.70"],
        "password": PASSWORD,
        **changed,
    }
    return trunks.create(account=account, **wish, actor=cast.staff, now=NOW)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": f"{PASSWORD} {PASSWORD}"}, "password"),
        ({"password": "x" * 65}, "password"),
        ({"password": "no-capital-7-here"}, "password"),
        ({"gateways": ROUTERS}, "gateways"),
        ({"password": ""}, "gateways"),
        ({"did_format": DidFormat.NATIONAL}, "did_format"),
    ],
)
def test_nonsense_is_refused_by_its_field(
    cast: Cast, account: CarrierAccount, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(trunks.UnableToCreateTrunk) as caught:
        create(account, cast, **changed)
    assert caught.value.field == field


def test_is_not_offered_where_the_carrier_makes_none(cast: Cast, db: None) -> None:
    with pytest.raises(trunks.UnableToCreateTrunk, match="no trunk at which you register") as no:
        create(make_carrier_account(carrier="twilio"), cast)
    assert no.value.field == "password"


def test_is_made_with_the_login_that_the_carrier_says(cast: Cast, account: CarrierAccount) -> None:
    carrier: Any = connect.connected(account, purpose="test")
    (offer,) = carrier.search(Wanted(country="CA", area_code="416", limit=1), deadline=Deadline(10))
    carrier.order([offer.number], reference="r", binding="", deadline=Deadline(10))
    trunk = create(account, cast)

    trunks.make(trunk_id=trunk.pk, now=NOW)

    trunk.refresh_from_db()
    assert (trunk.status, trunk.auth) == ("READY", "REGISTER")
    assert trunk.login.isdecimal()
    assert trunk.spec.password == PASSWORD
    said = Exchange.objects.filter(purpose=trunk.subject, method="POST").get()
    assert "removed" in said.request_body
    assert PASSWORD not in said.request_body + said.answer_body


def test_is_a_sub_account_at_voip_ms_whose_list_is_kept_without_passwords(
    cast: Cast, carriers: CarrierSandbox
) -> None:
    opened = carriers.account("voipms")
    account = make_carrier_account(carrier="voipms", credentials=opened["credentials"])
    trunk = create(account, cast, did_format=DidFormat.NATIONAL)
    # First it is looked for; then the answer to making it is lost.
    carriers.fault("voipms", "trunk", "delay", seconds=0.01)
    carriers.fault("voipms", "trunk", "timeout_after")
    trunks.make(trunk_id=trunk.pk, now=NOW)
    trunk.refresh_from_db()
    assert trunk.status == "UNCERTAIN"
    assert trunk.next_attempt_at is not None

    trunks.make(trunk_id=trunk.pk, now=trunk.next_attempt_at)

    trunk.refresh_from_db()
    assert (trunk.status, trunk.carrier_reference) == ("READY", f"account:{trunk.login}")
    assert trunk.login.endswith(f"_t{trunk.uuid.hex[:9]}")
    said = [f"{row.request_body} {row.answer_body}" for row in Exchange.objects.all()]
    assert any("getSubAccounts" in text and trunk.login in text for text in said)
    assert not any(PASSWORD in text for text in said)


def test_waits_for_a_first_number_of_the_account(cast: Cast, account: CarrierAccount) -> None:
    trunk = create(account, cast)

    trunks.make(trunk_id=trunk.pk, now=NOW)

    trunk.refresh_from_db()
    assert trunk.status == "FAILED"
    assert "Buy one first" in trunk.failure


def test_is_a_connection_at_telnyx_whose_list_is_kept_without_passwords(
    cast: Cast, carriers: CarrierSandbox
) -> None:
    opened = carriers.account("telnyx")
    account = make_carrier_account(carrier="telnyx", credentials=opened["credentials"])
    first = create(account, cast, name="Other branch", password=f"Other-{PASSWORD}")
    trunk = create(account, cast, did_format=DidFormat.PLUS_E164)
    for row in (first, trunk):
        trunks.make(trunk_id=row.pk, now=NOW)

    trunk.refresh_from_db()
    assert (trunk.status, trunk.login) == ("READY", f"t{trunk.uuid.hex}"[:32])
    # Read once more, by whoever knows no password.
    carrier: Any = connect.connected(account, purpose="test")
    assert carrier.find_trunk(reference=str(trunk.uuid), deadline=Deadline(10)).login == trunk.login
    said = [f"{row.request_body} {row.answer_body}" for row in Exchange.objects.all()]
    assert any("user_name" in text for text in said)
    assert not any(PASSWORD in text for text in said)

"""Pages cost the same number of queries however much there is to show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization, Role
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor, make_client, make_member, make_tenant
from accounts.workflows import invitations
from dids.destinations import Destination
from dids.models import EmergencyLocation, Filing, PhoneNumber, RequirementList, Task, TaskKind
from dids.tests import lists
from dids.tests.factories import (
    make_document,
    make_filing,
    make_found_offer,
    make_location,
    make_order,
)
from dids.workflows import assignment, doing, holding, opening
from portal.tests.api.world import make_finding
from portal.tests.web.visitor import Visitor, visitor_of
from provisioning.tests.scene import bind, make_account, make_numbers, make_pbx, make_trunk, place
from provisioning.workflows import trunks as wires
from trunks.fees import FeeFor
from trunks.models import CarrierAccount, CarrierFee

BUDGETS: dict[str, dict[str, int]] = json.loads(
    (Path(__file__).parent.parent / "query_counts.json").read_text()
)
FEW, MANY = 5, 50
FIRST = 999_1000_0000
PAGES = {
    "home": "/",
    "attention": "/attention/",
    "numbers": "/numbers/",
    "numbers_over_time": "/numbers/over-time/",
    "number": f"/numbers/+{FIRST}/",
    "messaging": "/messaging/",
    "orders": "/orders/",
    "back_orders": "/back-orders/",
    "buy": "/buy/",
    "coverage": "/buy/coverage/",
    "organizations": "/organizations/",
    "people": "/people/",
    "api_clients": "/api-clients/",
    "roles": "/people/roles/",
    "open_invitations": "/people/invitations/",
    "carriers": "/carriers/",
    "rates": "/rates/",
    "trunks": "/trunks/",
    "pbxs": "/pbxs/",
    "documents": "/documents/",
    "emergency": "/emergency/",
    "tasks": "/tasks/?whose=all",
    "journal": "/journal/",
    "switch": "/acting/",
}


def fill(cast: Cast, count: int) -> dict[str, str]:
    """Store as many of everything that a page lists; give the addresses of the fullest things."""
    now = timezone.now()
    account = make_account()
    trunk = make_trunk(account)
    pbx = make_pbx()
    place(cast.tenant, pbx)
    routed = make_numbers(account, cast.tenant, first=FIRST, count=count)
    for e164 in routed:
        bind(e164, trunk)
    stock = make_numbers(
        account, cast.dealer, first=FIRST + 100, count=count, assigned=False, status="AVAILABLE"
    )
    for row in PhoneNumber.objects.filter(e164__in=stock):
        holding.offer(number=row, to=cast.tenant, actor=cast.dealer_owner, now=now)
    number = PhoneNumber.objects.get(e164=routed[0])
    for extension in range(200, 200 + count):
        there = Destination("EXTENSION", str(extension))
        assignment.assign(number=number, destination=there, actor=cast.tenant_owner, now=now)
        make_tenant(parent=cast.dealer)
        make_member(organization=cast.dealer, role=Role.VIEWER)
        make_client(organization=cast.dealer)
        make_location(organization=cast.tenant, is_default=False)
        make_filing(make_account(), cast.dealer)
        make_document(organization=cast.dealer, actor=cast.dealer_owner)
        invitations.invite(
            email=f"p{extension}@example.com",
            organization=cast.dealer,
            role=Role.VIEWER,
            actor=cast.dealer_owner,
            now=now,
        )
        make_order(actor=cast.staff, submit=True)
        wires.attach(pbx=pbx, trunk=make_trunk(account), actor=cast.staff, now=now)
        make_trunk(make_account())
        make_pbx()
        CarrierFee.objects.create(
            account=account,
            what=FeeFor.OTHER,
            label=f"Fee {extension}",
            currency="USD",
            valid_from=now.date(),
            entered_at=now,
        )
        open_task(cast, number, account, f"tests.thing:{extension}")
        make_finding(account, f"+1415555{extension:04}")
        RequirementList.objects.create(
            carrier_account=account,
            country=f"{extension:02X}"[:2],
            type=f"TYPE-{extension}",
            requirements=[{"name": "Bill"}],
            asked_at=now,
        )
        lists.upload(account, lists.listed(*lists.numbers(1)), cast.staff)
    source = lists.checked(account, lists.listed(*lists.numbers(count)), cast.staff)
    offers = [make_found_offer() for _ in range(count)]
    order = make_order(offers=offers, actor=cast.staff, submit=True)
    task = Task.objects.latest("pk")
    for _ in range(count):
        doing.comment(task=task, text="Asked.", actor=cast.tenant_owner, now=now)
    covering = EmergencyLocation.objects.get(
        organization=cast.tenant, country=number.country, is_default=True
    )
    return {
        "task": f"/tasks/{task.uuid}/",
        "emergency_location": f"/emergency/{covering.uuid}/",
        "number_emergency": f"/numbers/{number.e164}/emergency/",
        "order": f"/orders/{order.uuid}/",
        "filing": f"/filings/{Filing.objects.latest('pk').uuid}/",
        "document": f"/documents/{cast.dealer.documents.all()[0].uuid}/",
        "api_client": f"/api-clients/{cast.dealer.api_clients.all()[0].uuid}/",
        "person": f"/people/{cast.dealer_owner.membership.uuid}/",
        "organization": f"/organizations/{cast.dealer.uuid}/",
        "edit_organization": f"/organizations/{cast.tenant.uuid}/edit/",
        "organization_money": f"/organizations/{cast.tenant.uuid}/money/",
        "carrier_account": f"/carriers/{account.uuid}/",
        "requirements": f"/carriers/{account.uuid}/requirements/",
        "differences": f"/carriers/{account.uuid}/differences/",
        "imports": f"/carriers/{account.uuid}/imports/",
        "import": f"/imports/{source.uuid}/",
        "trunk": f"/trunks/{trunk.uuid}/",
        "pbx": f"/pbxs/{pbx.uuid}/",
    }


def open_task(cast: Cast, number: PhoneNumber, account: CarrierAccount, about: str) -> None:
    """Have a task of the tenant opened, taken by somebody."""
    opening.open_task(
        TaskKind.NOT_POINTED,
        about=about,
        what=number.e164,
        organization=cast.tenant,
        number=number,
        carrier_account=account,
        now=timezone.now(),
    )
    somebody = make_actor(organization=cast.tenant)
    doing.take(task=Task.objects.latest("pk"), actor=somebody, now=timezone.now())


def queries(visitor: Visitor, path: str) -> int:
    """Count what a page asks the database."""
    visitor.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert visitor.get(path).status_code == 200
    return len(asked)


def seat(cast: Cast, kind: str) -> Organization:
    """Give the organization of a kind that has most to see."""
    return {"PROVIDER": cast.provider, "DEALER": cast.dealer, "TENANT": cast.tenant}[kind]


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_pages_stay_within_their_budgets_whatever_there_is(cast: Cast, rows: int) -> None:
    pages = PAGES | fill(cast, rows)
    counted = {
        page: {kind: queries(visitor_of(seat(cast, kind)), path) for kind in BUDGETS[page]}
        for page, path in pages.items()
    }
    # The journal asks for the names of whatever is on its first page, which is not always the same.
    over = {
        (page, kind): count
        for page, kinds in counted.items()
        for kind, count in kinds.items()
        if count > BUDGETS[page][kind]
    }
    assert not over
    assert counted.keys() == BUDGETS.keys()

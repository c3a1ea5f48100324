"""A small world behind the API: one of everything, with marks planted where few may look."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils import timezone

from accounts import journal
from accounts.actors import Carrier as CarrierActor
from accounts.actors import System
from accounts.catalogue import CATALOGUE
from accounts.models import ApiClient, Invitation, Membership, Organization, Role, SavedView
from accounts.tests.cast import Cast
from accounts.tests.factories import make_client, make_member, make_tenant
from accounts.work import acting
from accounts.workflows import invitations, organizations
from billing.workflows import accounts as money
from dids import due, extras, search_stream
from dids.models import (
    Assignment,
    BackOrder,
    Brand,
    CallerName,
    Campaign,
    CarrierBinding,
    CarrierHold,
    Document,
    EmergencyLocation,
    EmergencyRegistration,
    Filing,
    Finding,
    FindingKind,
    FoundOffer,
    Import,
    NumberBlock,
    NumberOrder,
    NumberSearch,
    Offer,
    OrderLine,
    PhoneNumber,
    Task,
    TaskKind,
    TollFreeVerification,
)
from dids.search_stream import CarrierState
from dids.states import BindingStatus, FeatureStatus, HoldStatus, NumberStatus
from dids.tests import lists
from dids.tests.factories import make_document, make_filing, make_location
from dids.tests.words import BRAND_WORDS, CAMPAIGN_WORDS, VERIFICATION_WORDS
from dids.workflows import (
    block_release,
    blocks,
    brands,
    caller_names,
    handover,
    holding,
    messaging,
    opening,
    release,
    waiving,
)
from portal.testing.marks import MARK
from provisioning.models import InboundRoute, Pbx
from provisioning.tests.scene import make_pbx, place
from provisioning.workflows import pbxs, trunks
from trunks.description import TrunkDescription
from trunks.fees import Fee, FeeFor
from trunks.models import CarrierAccount, CarrierEvent, Exchange, Trunk
from trunks.offers import GatewaySpec
from trunks.workflows import fees, static_trunks

SYSTEM = System("tests")
_SAID_ELSEWHERE = {"actor", "number", "organization", "reason"}
_AMOUNTS = {"setup", "monthly", "total"}

CARRIER_MARKS = ("telnyx", "MARK-ACCOUNT", "MARK-TRUNK", "MARK-REFERENCE", "MARK-CARRIER")
# As pages and API both write them, with or without a comma in front.
COST_MARKS = ("654.321", "765.432")
SECRET_MARKS = (MARK,)
SETUP, MONTHLY = Decimal("7654.3210"), Decimal("8765.4320")
FEE = Fee(
    what=FeeFor.OTHER, label="number portability", once=SETUP, monthly=MONTHLY, currency="USD"
)

STOCK = "+13125550100"
TENANT_NUMBER = "+13125550101"
OFFERED = "+13125550102"
DEALER_STOCK = "+13125550103"
LOOSE = "+13125550104"
LEAVING = "+13125550105"
BLOCK = ("+13125550120", "+13125550121")
LEAVING_BLOCK = ("+13125550122", "+13125550123")
RANGE = ("+13125550124", "+13125550125")
FOUND = "+13125550150"
DRAFTED = "+13125550151"
HELD = "+13125550152"
GONE = "+13125550153"
FOUND_THERE = "+13125550154"
PAPER = b"%PDF-1.7 a bill"
LISTED = "+13125550178"


@dataclass
class World:
    """Everything that an address may name."""

    cast: Cast
    account: CarrierAccount
    trunk: Trunk
    spare_trunk: Trunk
    pbx: Pbx
    stock: PhoneNumber
    tenant_number: PhoneNumber
    offered: PhoneNumber
    dealer_stock: PhoneNumber
    loose: PhoneNumber
    offer: Offer
    search: NumberSearch
    found: FoundOffer
    hold: CarrierHold
    back_order: BackOrder
    order: NumberOrder
    failed_line: OrderLine
    invitation: Invitation
    client: ApiClient
    member: Membership
    """A viewer of the tenant."""
    halted: Organization
    """A suspended tenant of the dealer."""
    paused: CarrierAccount
    failed_trunk: Trunk
    idle_trunk: Trunk
    static_trunk: Trunk
    """Attached to the PBX, and delivers nothing there."""
    task: Task
    finding: Finding
    """A number at the carrier that is not in stock."""
    source: Import
    """A list that is checked and not applied."""
    block: NumberBlock
    """Divisible, in the provider's stock."""
    leaving_block: NumberBlock
    view: SavedView
    brand: Brand
    """Of the tenant, refused by its carrier."""
    campaign: Campaign
    document: Document
    """The tenant's."""
    location: EmergencyLocation
    """The tenant's default."""
    branch: EmergencyLocation
    """Another one of theirs, active too."""
    bad_place: EmergencyLocation
    """One that was not accepted, and could be corrected."""
    filing: Filing
    """The tenant's, of which answers are missing."""


def make_world(cast: Cast) -> World:
    """Store the world."""
    now = timezone.now()
    account = make_account(cast, name="MARK-ACCOUNT")
    fees.enter(account=account, fee=FEE, valid_from=now.date(), actor=cast.staff, now=now)
    trunk = make_ready_trunk(account, name="MARK-TRUNK", address="192.0.2.10")
    spare = make_ready_trunk(account, name="MARK-TRUNK-SPARE", address="192.0.2.11")
    pbx = make_pbx(name="Main switch")
    for tenant in (cast.tenant, cast.sub_tenant, cast.rival_tenant):
        place(tenant, pbx)
    idle = make_ready_trunk(account, name="MARK-TRUNK-IDLE", address="192.0.2.12")
    failed = make_ready_trunk(account, name="MARK-TRUNK-FAILED", address="192.0.2.13")
    Trunk.objects.filter(pk=failed.pk).update(status="FAILED", failure="MARK-CARRIER said no")
    for attached in (trunk, idle):
        trunks.attach(trunk=attached, pbx=pbx, actor=SYSTEM, now=now)
    halted = make_tenant(parent=cast.dealer, name="Elm Court Optics")
    organizations.suspend(organization=halted, reason="Unpaid", actor=cast.dealer_owner, now=now)
    pbxs.add_target(pbx=pbx, name="a", address="sip:192.0.2.50:5060", actor=SYSTEM, now=now)
    for organization in (cast.dealer, cast.tenant, cast.rival_dealer, cast.rival_tenant):
        money.open(
            organization=organization,
            currency="USD",
            credit_limit=Decimal(100),
            actor=SYSTEM,
            now=now,
        )
    stock, tenants, offered, dealers, loose, leaving = (
        make_number(account, e164, cast)
        for e164 in (STOCK, TENANT_NUMBER, OFFERED, DEALER_STOCK, LOOSE, LEAVING)
    )
    release.schedule(number=leaving, on=(now + timedelta(days=9)).date(), actor=cast.staff, now=now)
    staff, dealer = cast.staff, cast.dealer_owner
    for number in (tenants, offered, dealers, loose):
        holding.allot(number=number, to=cast.dealer, actor=staff, now=now)
    for number in (tenants, loose):
        holding.allot(number=number, to=cast.tenant, actor=dealer, now=now)
    Assignment.objects.create(number=tenants, kind="EXTENSION", value="101", assigned_at=now)
    bind(tenants, trunk)
    InboundRoute.objects.create(pbx=pbx, did=TENANT_NUMBER[1:], value="c,1,101@x", version=1)
    there, branch, bad = make_places(cast, tenants, loose)
    offer = holding.offer(number=offered, to=cast.tenant, actor=dealer, now=now)
    make_caller_name(cast, tenants)
    campaign = make_campaign(cast, tenants)
    search, found = make_search(cast, account)
    plant(cast, account, tenants)
    for seated in (cast.staff, cast.dealer_owner, cast.tenant_owner):
        TOTP.activate(seated.membership.user, f"{MARK}-SECOND-FACTOR")
    for e164 in RANGE:
        make_number(account, e164, cast)
    made = World(
        cast=cast,
        account=account,
        trunk=trunk,
        spare_trunk=spare,
        pbx=pbx,
        stock=stock,
        tenant_number=tenants,
        offered=offered,
        dealer_stock=dealers,
        loose=loose,
        offer=offer,
        search=search,
        found=found,
        hold=make_hold(cast, account),
        back_order=make_back_order(cast),
        order=make_order(cast, account, trunk).order,
        failed_line=make_order(cast, account, trunk, e164=GONE, status="FAILED"),
        invitation=invitations.invite(
            email="ada@example.com",
            organization=cast.tenant,
            role=Role.VIEWER,
            actor=cast.tenant_owner,
            now=now,
        ),
        client=make_client(organization=cast.tenant)[0],
        member=make_member(organization=cast.tenant, role=Role.VIEWER),
        halted=halted,
        paused=make_account(cast, name="MARK-ACCOUNT-PAUSED", status="PAUSED"),
        failed_trunk=failed,
        idle_trunk=idle,
        static_trunk=make_static_trunk(account),
        task=make_task(cast, loose, account),
        finding=make_finding(account),
        source=make_import(cast, account),
        block=make_block(cast, account, BLOCK),
        leaving_block=make_leaving_block(cast, account),
        filing=make_filing(account, cast.tenant),
        document=make_document(
            organization=cast.tenant, content=b"%PDF-1.7 an identity", actor=cast.tenant_owner
        ),
        view=SavedView.objects.create(
            membership=cast.tenant_owner.membership,
            organization=cast.tenant,
            page="numbers",
            name="Oak Street's loose ones",
            query="rings=no",
            is_shared=True,
        ),
        location=there,
        branch=branch,
        bad_place=bad,
        brand=campaign.brand,
        campaign=campaign,
    )
    put_off(now)
    return made


def put_off(now: datetime) -> None:
    """Have nothing be due: no worker is here, which pages would tell of a minute later."""
    tomorrow = now + timedelta(days=1)
    for rows in due.since(tomorrow):
        rows.update(next_attempt_at=tomorrow)


def make_places(
    cast: Cast, number: PhoneNumber, waived: PhoneNumber
) -> tuple[EmergencyLocation, EmergencyLocation, EmergencyLocation]:
    """Store the places of the tenant, with a number that its carrier refuses to register."""
    now = timezone.now()
    there = EmergencyLocation.objects.get(organization=cast.tenant, country="US")
    branch = make_location(organization=cast.tenant, is_default=False)
    bad = make_location(organization=cast.tenant, is_default=False)
    EmergencyLocation.objects.filter(pk=bad.pk).update(
        status="REJECTED",
        problems={"street": "Check how the street is spelled."},
        suggestion={"street": "Maine St"},
        failure="MARK-CARRIER knows no such street",
    )
    EmergencyRegistration.objects.create(
        number=number,
        location=there,
        organization=there.organization,
        status="REJECTED",
        status_since=now,
        failure="MARK-CARRIER said no",
    )
    waiving.waive(
        number=waived,
        kind="INBOUND_ONLY",
        reason="A fax machine",
        actor=cast.tenant_owner,
        now=now,
    )
    return there, branch, bad


def make_account(cast: Cast, *, name: str, status: str = "ACTIVE") -> CarrierAccount:
    """Store an account at a carrier with all that nobody may see of it."""
    now = timezone.now()
    return CarrierAccount.objects.create(
        carrier="telnyx",
        name=name,
        owner=cast.provider,
        credentials={"api_key": "MARK-SECRET-KEY", "public_key": "MARK-SECRET-PUBLIC"},
        webhook_secret="MARK-SECRET-WEBHOOK",
        balance_amount=SETUP,
        balance_currency="USD",
        status=status,
        status_since=now,
        created_at=now,
    )


def make_finding(account: CarrierAccount, e164: str = FOUND_THERE) -> Finding:
    """Store a difference between the carrier and our stock."""
    now = timezone.now()
    return Finding.objects.create(
        account=account,
        kind=FindingKind.NOT_IN_STOCK,
        e164=e164,
        theirs="MARK-FINDING",
        status_since=now,
        found_at=now,
        seen_at=now,
    )


def make_import(cast: Cast, account: CarrierAccount) -> Import:
    """Store a list that is checked and not applied."""
    content = lists.listed(f"{LISTED},{SETUP},USD,MARK-LISTED")
    return lists.checked(account, content, cast.staff, file_name="MARK-LIST.csv")


def make_task(cast: Cast, number: PhoneNumber, account: CarrierAccount) -> Task:
    """Store a task of the tenant: to point a number."""
    opening.open_task(
        TaskKind.NOT_POINTED,
        about=number.subject,
        what=number.e164,
        organization=cast.tenant,
        number=number,
        carrier_account=account,
        payload={"why": "MARK-CARRIER said no", "kind": "EXTENSION", "value": "101"},
        now=timezone.now(),
    )
    return Task.objects.latest("pk")


def make_ready_trunk(account: CarrierAccount, *, name: str, address: str) -> Trunk:
    """Store a trunk that the carrier has made."""
    now = timezone.now()
    trunk = Trunk.objects.create(
        carrier_account=account,
        name=name,
        carrier_reference=f"MARK-REFERENCE-{name}",
        status=Trunk.Status.READY,
        status_since=now,
        created_at=now,
    )
    trunk.gateways.create(host="198.51.100.7")
    trunk.source_addresses.create(address=address)
    return trunk


def make_number(account: CarrierAccount, e164: str, cast: Cast) -> PhoneNumber:
    """Store a number in the provider's stock."""
    now = timezone.now()
    number = PhoneNumber(
        e164=e164,
        country="US",
        type="LOCAL",
        region="IL",
        locality="Chicago",
        capabilities=["VOICE"],
        carrier_account=account,
        carrier_reference=f"MARK-REFERENCE-{e164}",
        status=NumberStatus.AVAILABLE,
        status_since=now,
        holder=cast.provider,
        setup=SETUP,
        monthly=MONTHLY,
        currency="USD",
        bought_at=now,
    )
    with transaction.atomic():
        number.save()
        handover.open_holding(number, source=None, now=now)
    return number


def make_block(cast: Cast, account: CarrierAccount, ends: tuple[str, str]) -> NumberBlock:
    """Store a divisible block of two numbers in the provider's stock."""
    for e164 in ends:
        make_number(account, e164, cast)
    first, last = ends
    return blocks.define(
        first=first, last=last, divisible=True, actor=cast.staff, now=timezone.now()
    )


def make_leaving_block(cast: Cast, account: CarrierAccount) -> NumberBlock:
    """Store a block that is to be released on a later day."""
    block, now = make_block(cast, account, LEAVING_BLOCK), timezone.now()
    day = (now + timedelta(days=9)).date()
    block_release.schedule(block=block, on=day, actor=cast.staff, now=now)
    return block


def make_static_trunk(account: CarrierAccount) -> Trunk:
    """Store a trunk that somebody made at the carrier by hand."""
    return static_trunks.describe(
        account=account,
        wish=TrunkDescription(
            name="MARK-TRUNK-STATIC",
            auth=Trunk.Auth.REGISTER,
            hosts=(GatewaySpec(host="sip.carrier.example"),),
            source_addresses=("192.0.2.14",),
            credentials={"username": "static", "password": MARK},
            carrier_reference="MARK-REFERENCE-STATIC",
        ),
        actor=SYSTEM,
        now=timezone.now(),
    )


def bind(number: PhoneNumber, trunk: Trunk) -> None:
    """Have the carrier deliver a number to a trunk."""
    now = timezone.now()
    CarrierBinding.objects.create(
        number=number,
        trunk=trunk,
        status=BindingStatus.BOUND,
        status_since=now,
        give_up_at=now,
        failure="MARK-CARRIER said no at first",
    )


def make_caller_name(cast: Cast, number: PhoneNumber) -> None:
    """Store a caller name that the carrier has refused."""
    now, actor = timezone.now(), cast.tenant_owner
    caller_names.want(number=number, text="Oak", shows_callers=False, actor=actor, now=now)
    said = "MARK-CARRIER said no"
    CallerName.objects.update(
        status=FeatureStatus.REJECTED,
        failure=said,
        problems=[{"field": "text", "words": said}],
        next_attempt_at=None,
    )


def make_campaign(cast: Cast, number: PhoneNumber) -> Campaign:
    """Store a campaign of the tenant, its brand refused, and a number whose messages are off."""
    now, actor = timezone.now(), cast.tenant_owner
    brand = brands.register_brand(actor=actor, now=now, words=BRAND_WORDS)
    campaign = brands.register_campaign(brand=brand, actor=actor, now=now, words=CAMPAIGN_WORDS)
    messaging.join(number=number, campaign=campaign, actor=actor, now=now)
    messaging.join(number=number, campaign=None, actor=actor, now=now)
    messaging.route(number=number, to="OFF", actor=actor, now=now)
    said = "MARK-CARRIER said no"
    Brand.objects.update(
        status=FeatureStatus.REJECTED,
        failure=said,
        problems=[{"field": "tax_id", "words": said}],
        next_attempt_at=None,
    )
    brand.refresh_from_db()
    TollFreeVerification.objects.create(
        number=number,
        organization=number.holder,
        status=FeatureStatus.REJECTED,
        status_since=now,
        failure=said,
        problems=[{"field": "summary", "words": said}],
        **VERIFICATION_WORDS,
    )
    return campaign


def plant(cast: Cast, account: CarrierAccount, number: PhoneNumber) -> None:
    """Plant marks in what was said to carriers and by them, and in the journal."""
    now = timezone.now()
    Exchange.objects.create(
        account=account,
        purpose=f"dids.number:{number.e164}",
        numbers=[number.e164],
        method="POST",
        url="https://api.telnyx.com/v2/MARK-CARRIER",
        request_body="MARK-CARRIER",
        answer_body="MARK-CARRIER",
        trouble="MARK-CARRIER",
        milliseconds=7,
        at=now,
    )
    CarrierEvent.objects.create(
        account=account,
        event_id="MARK-CARRIER-1",
        kind="MARK-CARRIER",
        body="MARK-CARRIER",
        received_at=now,
        status_since=now,
        give_up_at=now,
    )
    with acting(SYSTEM):
        for event_type in CATALOGUE.values():
            open_words = set(re.findall(r"{(\w+)}", event_type.sentence)) - _SAID_ELSEWHERE
            told = {word: f"some {word}" for word in open_words - event_type.provider_only}
            marked = {
                key: str(MONTHLY) if key in _AMOUNTS else f"MARK-CARRIER-{key}"
                for key in event_type.provider_only
            }
            journal.record(
                CarrierActor(account=account.uuid, organization=cast.provider),
                event_type,
                now=now,
                subject="tests.everything:1",
                organization=cast.tenant,
                number=number.e164,
                before=marked,
                after={**told, **marked},
            )


def make_hold(cast: Cast, account: CarrierAccount) -> CarrierHold:
    """Store a number that the carrier holds for the provider."""
    now = timezone.now()
    until = now + timedelta(minutes=30)
    return CarrierHold.objects.create(
        organization=cast.provider,
        held_by=cast.staff.name,
        carrier_account=account,
        e164=HELD,
        status=HoldStatus.HELD,
        status_since=now,
        created_at=now,
        next_attempt_at=until,
        give_up_at=now,
        carrier_reference="MARK-REFERENCE-HOLD",
        until=until,
        carrier_says="MARK-CARRIER is not sure",
    )


def make_search(cast: Cast, account: CarrierAccount) -> tuple[NumberSearch, FoundOffer]:
    """Store a search of the provider that has found something."""
    now = timezone.now()
    later = now + timedelta(minutes=10)
    search = NumberSearch.objects.create(
        organization=cast.provider,
        wanted={"country": "US", "type": "LOCAL", "capabilities": []},
        months=12,
        status_since=now,
        asked_at=now,
        expires_at=later,
    )
    found = FoundOffer.objects.create(
        search=search, carrier_account=account, e164=FOUND, expires_at=later, **_terms()
    )
    search_stream.begin(search, {account: ""})
    offer = search_stream.StreamedOffer(
        id=str(found.uuid),
        number=FOUND,
        country="US",
        type="LOCAL",
        region="",
        locality="",
        rate_center="",
        capabilities=["VOICE"],
        carrier=account.carrier,
        carrier_account=str(account.uuid),
        carrier_account_name=account.name,
        setup=str(SETUP),
        monthly=str(MONTHLY),
        currency="USD",
        total=str(SETUP + MONTHLY),
        cost=str(SETUP + MONTHLY),
        cost_currency="USD",
        rate="",
        rate_on="",
        rate_via="",
        no_rate_from="",
        extras=[
            search_stream.StreamedExtra(
                what="OTHER",
                name="number portability",
                once=str(SETUP),
                monthly=str(MONTHLY),
                currency="USD",
            )
        ],
        needs_documents=False,
    )
    search_stream.tell(
        search,
        account,
        CarrierState.FAILED,
        reason="MARK-CARRIER said no",
        offers=json.dumps([offer]),
    )
    return search, found


def make_back_order(cast: Cast) -> BackOrder:
    """Store a wish of the provider for numbers that nobody has found yet."""
    now = timezone.now()
    return BackOrder.objects.create(
        payer=cast.provider,
        holder=cast.dealer,
        wanted_by=cast.staff.name,
        wanted={"country": "US", "type": "LOCAL", "area_code": "224", "capabilities": []},
        quantity=2,
        currency="USD",
        most_each=SETUP,
        most_total=MONTHLY,
        when_found="BUY",
        until=now + timedelta(days=30),
        created_at=now,
        status_since=now,
        next_attempt_at=now,
    )


def make_order(
    cast: Cast,
    account: CarrierAccount,
    trunk: Trunk,
    *,
    e164: str = DRAFTED,
    status: str = "DRAFT",
) -> OrderLine:
    """Store an order of the provider with one line: a preview unless told otherwise."""
    now = timezone.now()
    order = NumberOrder.objects.create(
        payer=cast.provider,
        ordered_by="system:tests",
        status=status,
        status_since=now,
        currency="USD",
        created_at=now,
    )
    return OrderLine.objects.create(
        order=order,
        carrier_account=account,
        e164=e164,
        status=status,
        holder=cast.tenant,
        trunk=trunk,
        status_since=now,
        offer_expires_at=now + timedelta(minutes=10),
        months=12,
        extras=extras.kept([FEE]),
        **{name: value for name, value in _terms().items() if name != "currency"},
    )


def _terms() -> dict[str, Any]:
    return {
        "country": "US",
        "type": "LOCAL",
        "capabilities": ["VOICE"],
        "setup": SETUP,
        "monthly": MONTHLY,
        "currency": "USD",
    }

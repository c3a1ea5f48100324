"""Numbers that left for another carrier: all that hangs on them ends, and theirs is not called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids import events
from dids.destinations import Destination
from dids.models import (
    Assignment,
    CallerName,
    CarrierBinding,
    EmergencyRegistration,
    Finding,
    FindingKind,
    Holding,
    Offer,
    PhoneNumber,
    Task,
    TaskKind,
)
from dids.states import BindingStatus, FeatureStatus, FindingStatus, NumberStatus, OfferStatus
from dids.tests.factories import make_location, make_number, make_texts
from dids.workflows import (
    binding,
    blocks,
    doing,
    feature_wishes,
    features,
    findings,
    offering,
    porting_out,
    release,
)
from dids.workflows.porting_out import UnableToMarkPortedOut
from trunks.models import CarrierAccount, Exchange
from trunks.tests.factories import make_carrier_account, make_trunk

NOW = timezone.now()
EXTENSION = Destination("EXTENSION", "101")


@pytest.fixture
def account(cast: Cast) -> CarrierAccount:
    return make_carrier_account(owner=cast.provider)


def make_finding(account: CarrierAccount, e164: str) -> Finding:
    return Finding.objects.create(
        account=account,
        kind=FindingKind.NOT_AT_CARRIER,
        e164=e164,
        status_since=NOW,
        found_at=NOW,
        seen_at=NOW,
    )


def make_lost(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    """Store a number that a tenant uses, with a name at the carrier."""
    number = make_number(
        holder=cast.tenant,
        account=account,
        status=NumberStatus.IN_SERVICE,
        source=cast.dealer,
        destination=EXTENSION,
        used=True,
    )
    CarrierBinding.objects.create(
        number=number,
        trunk=make_trunk(account=account),
        status=BindingStatus.BOUND,
        status_since=NOW,
        give_up_at=NOW,
    )
    CallerName.objects.create(
        number=number,
        organization=cast.tenant,
        text="OAK DENTAL",
        status=FeatureStatus.ACTIVE,
        status_since=NOW,
        perhaps_there=True,
    )
    return number


def mark(cast: Cast, finding: Finding, *, confirmed: bool = True) -> None:
    findings.settle(
        finding=finding,
        choice="MARK_PORTED_OUT",
        confirmed=confirmed,
        actor=cast.staff,
        now=timezone.now(),
    )


def test_ends_all_that_hangs_on_it_and_calls_nobody(cast: Cast, account: CarrierAccount) -> None:
    number = make_lost(cast, account)
    finding = make_finding(account, number.e164)
    held = type(cast.tenant).objects.get(pk=cast.tenant.pk).numbers_held
    mark(cast, finding)
    number.refresh_from_db()
    finding.refresh_from_db()
    assert (number.status, finding.status) == (NumberStatus.PORTED_OUT, FindingStatus.SETTLED)
    assert not Assignment.objects.filter(number=number).exists()
    assert not CarrierBinding.objects.filter(number=number).exists()
    name = CallerName.objects.get(number=number)
    assert (name.status, name.perhaps_there) == (FeatureStatus.OFF, False)
    assert not Holding.objects.filter(number=number, during__endswith=None).exists()
    assert type(cast.tenant).objects.get(pk=cast.tenant.pk).numbers_held == held - 1
    assert not Exchange.objects.exists()
    event = Event.objects.get(action=events.PORTED_OUT.name)
    assert (event.number, event.organization) == (number.e164, cast.tenant)


def test_nothing_is_set_up_for_it_any_more(cast: Cast, account: CarrierAccount) -> None:
    number, trunk = make_lost(cast, account), make_trunk(account=account)
    mark(cast, make_finding(account, number.e164))
    with pytest.raises(binding.UnableToBind, match="ported out and is not ours any more"):
        binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())


def test_what_went_with_it_is_not_asked_for_again(cast: Cast, account: CarrierAccount) -> None:
    number = make_lost(cast, account)
    name = CallerName.objects.get(number=number)
    mark(cast, make_finding(account, number.e164))
    # A worker whose call was late finds that somebody else has decided meanwhile.
    feature_wishes.assert_again(name, now=timezone.now())
    name.refresh_from_db()
    assert (name.status, name.perhaps_there) == (FeatureStatus.OFF, False)


def test_has_taken_off_what_people_entered_and_what_another_carrier_has(cast: Cast) -> None:
    account = make_carrier_account(owner=cast.provider, carrier="wavix", credentials={})
    other = make_carrier_account(owner=cast.provider, name="Texts")
    number = make_number(account=account, holder=cast.tenant)
    there = {"status": FeatureStatus.ACTIVE, "perhaps_there": True}
    registration = EmergencyRegistration.objects.create(
        number=number,
        organization=cast.tenant,
        location=make_location(organization=cast.tenant, is_default=False),
        status_since=NOW,
        **there,
    )
    texts = make_texts(number, cast.staff)
    type(texts).objects.update(carrier_account=other, **there)
    mark(cast, make_finding(account, number.e164))
    for row in (registration, texts):
        row.refresh_from_db()
        assert row.status == FeatureStatus.UNWANTED

    features.see_to(kind="emergencyregistration", feature_id=registration.pk, now=timezone.now())
    task = Task.objects.get(kind=TaskKind.REMOVE_EMERGENCY)
    assert (task.carrier_account, task.organization) == (account, cast.provider)
    doing.complete(task=task, note="Removed.", actor=cast.staff, now=timezone.now())
    registration.refresh_from_db()
    assert registration.status == FeatureStatus.OFF


def test_is_history_that_blocks_no_return(cast: Cast, account: CarrierAccount) -> None:
    number = make_lost(cast, account)
    mark(cast, make_finding(account, number.e164))
    again = make_number(e164=number.e164, account=account)
    assert PhoneNumber.objects.live().get(e164=number.e164) == again


def test_takes_a_persons_word(cast: Cast, account: CarrierAccount) -> None:
    number = make_lost(cast, account)
    with pytest.raises(findings.UnableToSettle, match="Confirm") as refused:
        mark(cast, make_finding(account, number.e164), confirmed=False)
    assert refused.value.field == "confirmed"
    number.refresh_from_db()
    assert number.status == NumberStatus.IN_SERVICE


def test_ends_the_offers_of_whoever_made_them(cast: Cast, account: CarrierAccount) -> None:
    number = make_number(holder=cast.dealer, account=account)
    offering.offer(
        number=number,
        to=cast.tenant,
        actor=cast.dealer_owner,
        now=timezone.now(),
    )
    mark(cast, make_finding(account, number.e164))
    assert Offer.objects.get().status == OfferStatus.WITHDRAWN
    number.refresh_from_db()
    assert number.status == NumberStatus.PORTED_OUT


def test_leaves_a_number_alone_that_is_being_released(cast: Cast, account: CarrierAccount) -> None:
    number = make_number(account=account)
    release.schedule(
        number=number, on=NOW.date() + timedelta(days=3), actor=cast.staff, now=timezone.now()
    )
    with pytest.raises(UnableToMarkPortedOut, match="Cancel its release"):
        porting_out.mark(number=number, actor=cast.staff, now=timezone.now())


def test_an_indivisible_block_goes_whole_once_all_of_it_is_gone(
    cast: Cast, account: CarrierAccount
) -> None:
    first, last = "+442079460100", "+442079460101"
    read_before, _ = (
        make_number(e164=e164, account=account, country="GB") for e164 in (first, last)
    )
    block = blocks.define(
        first=first, last=last, divisible=False, actor=cast.staff, now=timezone.now()
    )
    with pytest.raises(UnableToMarkPortedOut, match="changed at this moment"):
        porting_out.mark(number=read_before, actor=cast.staff, now=timezone.now())
    finding = make_finding(account, first)
    with pytest.raises(UnableToMarkPortedOut, match=f"still has .{last[1:]}"):
        mark(cast, finding)
    make_finding(account, last)
    mark(cast, finding)
    statuses = set(PhoneNumber.objects.values_list("status", flat=True))
    assert statuses == {NumberStatus.PORTED_OUT}
    block.refresh_from_db()
    assert block.ended_at is not None

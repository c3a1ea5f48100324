"""A carrier's list against our stock: whole or not at all, and nothing done by itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from accounts.work import acting
from dids import events
from dids.differences import Ours, differences, is_too_short
from dids.models import Audit, CarrierBinding, Finding, FindingKind, PhoneNumber, Task, TaskKind
from dids.states import AuditStatus, BindingStatus, FindingStatus, NumberStatus, ReleaseStatus
from dids.tests.carrier import Shop, bought, drive
from dids.tests.factories import make_number, make_order
from dids.workflows import (
    auditing,
    binding,
    binding_work,
    closing,
    findings,
    release,
    sweeps,
)
from dids.workflows.auditing import UnableToAudit
from dids.workflows.findings import UnableToSettle
from lib.e164 import E164
from portal.tests.races.threads import crowd
from trunks.deadlines import Deadline
from trunks.offers import OwnedNumber
from trunks.roles import RoutesNumbers
from trunks.tests.factories import make_carrier_account

LATER = timedelta(minutes=5)
K = FindingKind


def ours(last: int, **more: str) -> Ours:
    return Ours(number=f"+1312555{last:04}", reference=f"ref-{last}", **more)


def theirs(last: int, **more: Any) -> OwnedNumber:
    told = {"carrier_reference": f"ref-{last}", **more}
    return OwnedNumber(number=E164(f"+1312555{last:04}"), **told)


def told(mine: list[Ours], there: list[OwnedNumber], **more: Any) -> list[tuple[str, str]]:
    listed = {str(entry.number): entry for entry in there}
    options = {"moving": (), "tells_trunks": True, **more}
    return [(one.kind, one.number[-4:]) for one in differences(mine, listed, **options)]


class TestDifferences:
    def test_none_where_both_say_the_same(self) -> None:
        assert told([ours(100, trunk="t")], [theirs(100, trunk_reference="t")]) == []

    @pytest.mark.parametrize(
        ("mine", "there", "kind"),
        [
            ([], [theirs(100)], K.NOT_IN_STOCK),
            ([ours(100)], [], K.NOT_AT_CARRIER),
            ([ours(100)], [theirs(100, carrier_reference="new")], K.OTHER_REFERENCE),
            ([ours(100, trunk="t")], [theirs(100, trunk_reference="u")], K.OTHER_TRUNK),
            ([ours(100, trunk="t")], [theirs(100)], K.OTHER_TRUNK),
            ([ours(100)], [theirs(100, active=False)], K.NOT_ACTIVE),
        ],
    )
    def test_are_told_by_kind(
        self, mine: list[Ours], there: list[OwnedNumber], kind: FindingKind
    ) -> None:
        assert told(mine, there) == [(kind, "0100")]
        assert told(mine, there, moving={"+13125550100"}) == []

    def test_say_nothing_of_trunks_where_the_list_does_not(self) -> None:
        assert told([ours(100, trunk="t")], [theirs(100)], tells_trunks=False) == []

    @pytest.mark.parametrize(
        ("count", "listed", "is_short"),
        [(9, 0, False), (10, 7, False), (10, 6, True), (0, 0, False)],
    )
    def test_a_short_list_is_doubted(self, count: int, listed: int, is_short: bool) -> None:
        mine = [ours(100 + step) for step in range(count)]
        there = {one.number: theirs(int(one.number[-4:])) for one in mine[:listed]}
        assert is_too_short(mine, there) is is_short


def compare(market: Shop, cast: Cast, *, later: timedelta = LATER, **more: bool) -> Audit:
    """Ask for a comparison after everything has settled, and do what the worker does."""
    now = timezone.now() + later
    audit = auditing.want(account=market.account(), actor=cast.staff, now=now, **more)
    auditing.carry_out(audit_id=audit.pk, now=now)
    audit.refresh_from_db()
    return audit


def open_findings() -> list[tuple[str, str]]:
    return list(Finding.objects.open().order_by("e164", "kind").values_list("kind", "e164"))


@pytest.fixture
def number(market: Shop, cast: Cast) -> PhoneNumber:
    """Give a number that is bought and bound."""
    order = make_order(offers=market.offers(), actor=cast.staff, submit=True)
    drive(order, now=timezone.now())
    (found,) = bought(order)
    wanted = binding.want(number=found, trunk=market.trunk(), actor=cast.staff, now=timezone.now())
    binding_work.bind(binding_id=wanted.pk, now=timezone.now())
    return found


def behind_our_back(market: Shop) -> Any:
    return market.sandbox.adapter_for("telnyx", dict(market.account().credentials))


class TestAnAudit:
    def test_finds_nothing_where_all_is_well(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        audit = compare(market, cast)
        assert (audit.status, audit.theirs, audit.ours) == (AuditStatus.DONE, 1, 1)
        assert open_findings() == []
        assert Event.objects.filter(action=events.AUDIT_ENDED.name).count() == 1

    def test_finds_what_was_done_in_the_carriers_portal(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        carrier = behind_our_back(market)
        (offer,) = market.offers()
        carrier.order([E164(offer.e164)], reference="x", binding="", deadline=Deadline(10))
        behind_our_back(market).bind(
            E164(number.e164),
            carrier_reference=number.carrier_reference,
            trunk_reference="",
            deadline=Deadline(10),
        )
        compare(market, cast)
        assert set(open_findings()) == {
            (K.NOT_IN_STOCK, offer.e164),
            (K.OTHER_TRUNK, number.e164),
        }

    def test_clears_what_is_no_longer_so_and_repeats_nothing(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        PhoneNumber.objects.filter(pk=number.pk).update(carrier_reference="old")
        compare(market, cast)
        compare(market, cast, later=2 * LATER)
        finding = Finding.objects.get()
        assert finding.seen_at > finding.found_at
        PhoneNumber.objects.filter(pk=number.pk).update(carrier_reference=finding.theirs)
        compare(market, cast, later=3 * LATER)
        finding.refresh_from_db()
        assert finding.status == FindingStatus.CLEARED

    def test_says_nothing_of_numbers_on_the_move(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        make_order(offers=market.offers(), actor=cast.staff, submit=True)
        CarrierBinding.objects.filter(number=number).update(trunk=market.trunk())
        compare(market, cast, later=timedelta(0))
        assert open_findings() == []

    def test_changes_nothing_when_a_page_of_the_list_fails(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        PhoneNumber.objects.filter(pk=number.pk).update(carrier_reference="old")
        compare(market, cast)
        market.sandbox.fault("telnyx", "list", "list_fails", page=1, times=3)
        audit = compare(market, cast, later=2 * LATER)
        assert (audit.status, bool(audit.failure)) == (AuditStatus.FAILED, True)
        assert len(open_findings()) == 1

    def test_does_not_believe_a_list_that_is_suddenly_short(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        for _ in range(10):
            make_number(account=market.account())
        audit = compare(market, cast)
        assert audit.status == AuditStatus.NOT_BELIEVED
        assert open_findings() == []
        audit = compare(market, cast, later=2 * LATER, believes_short_list=True)
        assert audit.status == AuditStatus.DONE
        assert len(open_findings()) == 10

    def test_hears_under_way_that_a_short_list_is_believed(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        for _ in range(10):
            make_number(account=market.account())
        now, account = timezone.now() + LATER, market.account()
        audit = auditing.want(account=account, actor=cast.staff, now=now)
        for _ in range(2):
            auditing.want(account=account, believes_short_list=True, actor=cast.staff, now=now)
        auditing.carry_out(audit_id=audit.pk, now=now)
        audit.refresh_from_db()
        assert (audit.status, Audit.objects.count()) == (AuditStatus.DONE, 1)
        (event,) = Event.objects.filter(action=events.AUDIT_BELIEVED.name)
        assert event.actor == cast.staff.name

    def test_is_asked_for_once_at_a_time_and_taken_up_again(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        now, account = timezone.now(), market.account()
        first = auditing.want(account=account, actor=cast.staff, now=now)
        assert auditing.want(account=account, actor=cast.staff, now=now) == first
        # A worker took it and died.
        auditing._claim(first, now)
        auditing.carry_out(audit_id=first.pk, now=now)
        first.refresh_from_db()
        assert first.status == AuditStatus.READING
        late = now + timedelta(seconds=auditing.READ_SECONDS)
        assert sweeps.audits(now=late) == 1
        auditing.carry_out(audit_id=first.pk, now=late)
        first.refresh_from_db()
        assert first.status == AuditStatus.DONE

    def test_happens_once_a_day_by_itself(self, market: Shop, cast: Cast) -> None:
        market.account()
        now = timezone.now()
        for hours in (0, 1, 23):
            auditing.want_all(now=now + timedelta(hours=hours))
        assert Audit.objects.count() == 1

    def test_needs_a_carrier_that_lists(self, cast: Cast) -> None:
        by_hand = make_carrier_account(carrier="gamma", credentials={})
        with pytest.raises(UnableToAudit):
            auditing.want(account=by_hand, actor=cast.staff, now=timezone.now())


def make_finding(market: Shop, kind: FindingKind, e164: str, **more: str) -> Finding:
    now = timezone.now()
    with acting(auditing._ACTOR):
        return Finding.objects.create(
            account=market.account(),
            kind=kind,
            e164=e164,
            status_since=now,
            found_at=now,
            seen_at=now,
            **more,
        )


class TestSettling:
    def test_takes_a_number_into_stock(self, market: Shop, cast: Cast) -> None:
        finding = make_finding(market, K.NOT_IN_STOCK, "+13125550177", theirs="ref")
        findings.settle(finding=finding, actor=cast.staff, now=timezone.now())
        number = PhoneNumber.objects.get()
        assert (number.e164, number.carrier_reference) == ("+13125550177", "ref")
        assert (number.status, number.holder) == (NumberStatus.AVAILABLE, cast.provider)
        finding.refresh_from_db()
        assert finding.status == FindingStatus.SETTLED

    def test_does_not_take_a_number_in_that_is_there(self, market: Shop, cast: Cast) -> None:
        there = make_number()
        finding = make_finding(market, K.NOT_IN_STOCK, there.e164)
        with pytest.raises(UnableToSettle):
            findings.settle(finding=finding, actor=cast.staff, now=timezone.now())
        finding.refresh_from_db()
        assert finding.status == FindingStatus.OPEN

    def test_releases_what_the_carrier_no_longer_has(self, market: Shop, cast: Cast) -> None:
        (offer,) = market.offers()
        number = make_number(account=market.account(), e164=offer.e164, carrier_reference="gone")
        finding = make_finding(market, K.NOT_AT_CARRIER, number.e164)
        now = timezone.now()
        findings.settle(finding=finding, actor=cast.staff, now=now)
        release.carry_out(number_id=number.pk, now=now)
        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED
        assert number.releases.get().status == ReleaseStatus.DONE

    def test_does_not_release_what_a_tenant_holds(self, market: Shop, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, account=market.account())
        finding = make_finding(market, K.NOT_AT_CARRIER, number.e164)
        with pytest.raises(release.UnableToRelease):
            findings.settle(finding=finding, actor=cast.staff, now=timezone.now())

    def test_has_a_number_delivered_to_our_trunk(
        self, market: Shop, cast: Cast, number: PhoneNumber
    ) -> None:
        carrier = behind_our_back(market)
        assert isinstance(carrier, RoutesNumbers)
        carrier.bind(
            E164(number.e164),
            carrier_reference=number.carrier_reference,
            trunk_reference="",
            deadline=Deadline(10),
        )
        finding = make_finding(market, K.OTHER_TRUNK, number.e164)
        findings.settle(finding=finding, actor=cast.staff, now=timezone.now())
        there = CarrierBinding.objects.get()
        assert there.status == BindingStatus.WANTED
        binding_work.bind(binding_id=there.pk, now=timezone.now())
        assert market.sandbox.delivery(number.e164)["delivered"]

    def test_takes_over_a_reference(self, market: Shop, cast: Cast, number: PhoneNumber) -> None:
        finding = make_finding(
            market,
            K.OTHER_REFERENCE,
            number.e164,
            ours=number.carrier_reference,
            theirs="new",
        )
        findings.settle(finding=finding, actor=cast.staff, now=timezone.now())
        number.refresh_from_db()
        assert number.carrier_reference == "new"

    def test_has_somebody_look_into_what_only_the_carrier_can_help(
        self, market: Shop, cast: Cast
    ) -> None:
        finding = make_finding(market, K.NOT_ACTIVE, "+13125550177")
        with pytest.raises(UnableToSettle, match="Choose one of INVESTIGATE"):
            findings.settle(finding=finding, choice="ADOPT", actor=cast.staff, now=timezone.now())
        for _ in range(2):
            findings.settle(
                finding=finding, choice="INVESTIGATE", actor=cast.staff, now=timezone.now()
            )
        task = Task.objects.get(kind=TaskKind.INVESTIGATE)
        assert (task.carrier_account, task.asked_by) == (finding.account, cast.staff.name)
        assert closing.close_tasks(now=timezone.now()) == 0
        findings.dismiss(finding=finding, reason="Known", actor=cast.staff, now=timezone.now())
        assert closing.close_tasks(now=timezone.now()) == 1

    def test_gives_back_what_nobody_wants(self, market: Shop, cast: Cast) -> None:
        finding = make_finding(market, K.NOT_IN_STOCK, "+13125550177", theirs="ref")
        give_back = partial(
            findings.settle,
            finding=finding,
            choice="RELEASE",
            actor=cast.staff,
            now=timezone.now(),
        )
        with pytest.raises(UnableToSettle, match="Confirm"):
            give_back()
        assert not PhoneNumber.objects.exists()
        give_back(confirmed=True)
        number = PhoneNumber.objects.get(e164="+13125550177")
        assert number.status == NumberStatus.RELEASING
        assert number.releases.get().status == ReleaseStatus.SCHEDULED

    def test_is_decided_once(self, market: Shop, cast: Cast) -> None:
        finding = make_finding(market, K.NOT_IN_STOCK, "+13125550177")
        with pytest.raises(UnableToSettle):
            findings.dismiss(finding=finding, reason=" ", actor=cast.staff, now=timezone.now())
        findings.dismiss(
            finding=finding, reason="Test number", actor=cast.staff, now=timezone.now()
        )
        again = Finding.objects.get(pk=finding.pk)
        with pytest.raises(UnableToSettle):
            findings.settle(finding=again, actor=cast.staff, now=timezone.now())
        assert not PhoneNumber.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_number_in_at_once_take_it_in_once(market: Shop, cast: Cast) -> None:
    finding = make_finding(market, K.NOT_IN_STOCK, "+13125550177", theirs="ref")
    told: list[str] = []

    def take_in() -> None:
        try:
            findings.settle(
                finding=Finding.objects.select_related("account__owner").get(pk=finding.pk),
                actor=cast.staff,
                now=timezone.now(),
            )
        except UnableToSettle as refusal:
            told.append(str(refusal))

    with crowd() as workers:
        workers.at_once([take_in, take_in])
    assert told == ["This is settled already."]
    assert PhoneNumber.objects.count() == 1

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from accounts.workflows import organizations
from dids import inventory
from dids.emergency_rules import is_fictional, needs_location
from dids.models import (
    EmergencyLocation,
    EmergencyRegistration,
    EmergencyWaiver,
    PhoneNumber,
    Task,
    TaskKind,
)
from dids.states import FeatureStatus, LocationStatus, NumberStatus, ReleaseStatus
from dids.tests.carrier import Shop, bought, drive
from dids.tests.factories import MAIN, make_location, make_number, make_order
from dids.tests.passing_time import let_pass
from dids.workflows import (
    address_checks,
    assignment,
    doing,
    features,
    holding,
    locations,
    ordering,
    registrations,
    release,
    sweeps,
    waiving,
)
from dids.workflows.emergency_gate import UnableToServe
from dids.workflows.locations import Particulars, UnableToLocate
from dids.workflows.waiving import UnableToWaive
from lib.transitions import UnableToMove
from trunks.tests.factories import make_carrier_account

S = FeatureStatus
OFFICE = Particulars(
    label="Main office",
    name="Oak Street Dental",
    house_number="100",
    street="Main St",
    city="Chicago",
    state="IL",
    postal_code="60601",
    country="US",
    floor="2",
    contacts=["front@oak.example"],
)


def entered(cast: Cast, **changes: Any) -> EmergencyLocation:
    said = Particulars(**{**OFFICE.__dict__, **changes})
    return locations.create(
        organization=cast.tenant, particulars=said, actor=cast.tenant_owner, now=timezone.now()
    )


def checked(cast: Cast, **changes: Any) -> EmergencyLocation:
    row = entered(cast, **changes)
    locations.check(location=row, actor=cast.tenant_owner, now=timezone.now())
    address_checks.carry_out(location_id=row.pk, now=timezone.now())
    row.refresh_from_db()
    return row


def owned(market: Shop, cast: Cast, carrier: str = "telnyx") -> PhoneNumber:
    order = make_order(offers=market.offers(carrier), holder=cast.tenant, actor=cast.staff)
    EmergencyLocation.objects.filter(organization=cast.tenant).update(is_default=False)
    ordering.submit(order=order, actor=cast.staff, now=timezone.now())
    drive(order, now=timezone.now())
    return bought(order)[0]


def of(number: PhoneNumber) -> EmergencyRegistration:
    return EmergencyRegistration.objects.get(number=number)


def work(number: PhoneNumber, *, now: datetime) -> None:
    features.see_to(kind="emergencyregistration", feature_id=of(number).pk, now=now)


def no_default(cast: Cast) -> None:
    EmergencyLocation.objects.filter(organization=cast.tenant).update(is_default=False)


def settled(number: PhoneNumber, *, of_: FeatureStatus = S.ACTIVE) -> None:
    until, at = time.monotonic() + 10, timezone.now()
    while of(number).status != of_ and time.monotonic() < until:
        at += timedelta(seconds=20)
        with suppress(UnableToMove):
            work(number, now=max(at, timezone.now()))
        if of(number).status == S.WANTED:
            # A claim counts from when it is made.
            at = timezone.now() - timedelta(seconds=20)
    assert of(number).status == of_


class TestRules:
    @pytest.mark.parametrize(
        ("country", "type_", "capabilities", "needed"),
        [
            ("US", "LOCAL", ["VOICE"], True),
            ("CA", "LOCAL", ["VOICE", "SMS"], True),
            ("GB", "MOBILE", ["VOICE"], True),
            ("ES", "NATIONAL", [], True),
            ("US", "TOLL_FREE", ["VOICE"], False),
            ("US", "LOCAL", ["SMS"], False),
            ("DE", "LOCAL", ["VOICE"], False),
        ],
    )
    def test_a_number_from_which_people_call_needs_one(
        self, country: str, type_: str, capabilities: list[str], needed: bool
    ) -> None:
        assert needs_location(country, type_, capabilities) == needed

    def test_further_countries_are_named_by_a_setting(self, settings: Any) -> None:
        settings.EMERGENCY_COUNTRIES = ["DE"]
        assert needs_location("DE", "LOCAL", ["VOICE"])

    @pytest.mark.parametrize(
        ("number", "kept"),
        [
            ("+13125550100", True),
            ("+13125550199", True),
            ("+13125550200", False),
            ("+442079460123", True),
            ("+447700900999", True),
            ("+442079461234", False),
        ],
    )
    def test_knows_numbers_that_are_kept_for_films(self, number: str, kept: bool) -> None:
        assert is_fictional(number) == kept


class TestLocation:
    def test_the_first_good_one_becomes_the_default(self, market: Shop, cast: Cast) -> None:
        market.account()
        EmergencyLocation.objects.filter(organization=cast.tenant).delete()
        row = checked(cast)
        assert (row.status, row.is_default) == (LocationStatus.ACTIVE, True)
        assert row.validated_at is not None
        second = checked(cast, label="Branch", house_number="7")
        assert (second.status, second.is_default) == (LocationStatus.ACTIVE, False)

    def test_what_only_a_stand_in_has_looked_at_is_marked(self, market: Shop, cast: Cast) -> None:
        market.account()
        assert checked(cast).is_test

    def test_a_misspelled_one_is_corrected_with_one_step(self, market: Shop, cast: Cast) -> None:
        market.account()
        row = checked(cast, street="Mian St")
        assert row.status == LocationStatus.REJECTED
        assert row.problems["street"].startswith("Check how the street")
        assert row.suggestion["street"] == "Main St"
        locations.accept(location=row, actor=cast.tenant_owner, now=timezone.now())
        address_checks.carry_out(location_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert (row.status, row.street) == (LocationStatus.ACTIVE, "Main St")

    def test_trouble_at_the_carrier_decides_nothing(self, market: Shop, cast: Cast) -> None:
        market.account()
        market.sandbox.fault("telnyx", "address", "timeout_after")
        row = checked(cast)
        assert row.status == LocationStatus.VALIDATING
        assert row.next_attempt_at is not None
        address_checks.carry_out(location_id=row.pk, now=row.next_attempt_at)
        row.refresh_from_db()
        assert row.status == LocationStatus.ACTIVE

    def test_where_no_carrier_can_look_a_person_does(self, cast: Cast) -> None:
        row = checked(cast)
        assert row.status == LocationStatus.WITH_PERSON
        task = Task.objects.get(kind=TaskKind.CHECK_ADDRESS)
        assert row.words in task.payload["text"]
        doing.complete(task=task, note="Found it.", actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        assert row.status == LocationStatus.ACTIVE

    def test_a_person_may_send_it_back_with_a_reason(self, cast: Cast) -> None:
        row = checked(cast)
        task = Task.objects.get(kind=TaskKind.CHECK_ADDRESS)
        doing.abandon(task=task, reason="No such street.", actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        assert (row.status, row.problems) == (LocationStatus.REJECTED, {"": "No such street."})

    def test_an_active_address_never_changes(self, cast: Cast) -> None:
        row = make_location(organization=cast.tenant, is_default=False)
        said = Particulars(**{**OFFICE.__dict__, "street": "Elsewhere"})
        with pytest.raises(UnableToLocate) as refusal:
            locations.change(
                location=row, particulars=said, actor=cast.tenant_owner, now=timezone.now()
            )
        assert refusal.value.conflict

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"street": " "}, "street"),
            ({"country": "AQ"}, "country"),
            ({"state": ""}, "state"),
            ({"callback": "+13125550100"}, "callback"),
            ({"contacts": ["nobody"]}, "contacts"),
            ({"city": "x" * 61}, "city"),
        ],
    )
    def test_names_the_part_that_must_change(
        self, cast: Cast, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(UnableToLocate) as refusal:
            entered(cast, **changes)
        assert refusal.value.field == field

    def test_is_not_retired_while_numbers_lean_on_it(self, cast: Cast) -> None:
        make_number(holder=cast.tenant, destination=MAIN)
        row = EmergencyLocation.objects.get(organization=cast.tenant, country="US")
        with pytest.raises(UnableToLocate):
            locations.retire(location=row, actor=cast.tenant_owner, now=timezone.now())
        row.refresh_from_db()
        assert row.status == LocationStatus.ACTIVE

    def test_a_test_call_is_noted(self, cast: Cast) -> None:
        row = EmergencyLocation.objects.get(organization=cast.tenant, country="US")
        locations.note_test(location=row, actor=cast.tenant_owner, now=timezone.now())
        row.refresh_from_db()
        assert row.tested_at is not None


class TestChoice:
    def test_of_who_looks_at_an_address_is_a_real_carrier_before_a_stand_in(
        self, cast: Cast
    ) -> None:
        stand_in = make_carrier_account(carrier="telnyx")
        real = make_carrier_account(carrier="telnyx", base_url="")
        row = entered(cast)
        assert address_checks.chosen_account(row) == real

        make_number(account=stand_in, holder=cast.tenant)
        assert address_checks.chosen_account(row) == stand_in


class TestGate:
    def test_refuses_with_the_field_and_the_next_step(self, cast: Cast) -> None:
        no_default(cast)
        number = make_number(holder=cast.tenant)
        with pytest.raises(UnableToServe) as refusal:
            assignment.assign(
                number=number, destination=MAIN, actor=cast.tenant_owner, now=timezone.now()
            )
        assert refusal.value.field == "emergency_location"
        assert "911" in str(refusal.value)
        assert not EmergencyRegistration.objects.exists()

    def test_a_location_of_another_country_or_holder_is_none(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant, country="GB")
        EmergencyLocation.objects.filter(organization=cast.tenant, country="GB").delete()
        with pytest.raises(UnableToServe):
            assignment.assign(
                number=number, destination=MAIN, actor=cast.tenant_owner, now=timezone.now()
            )

    def test_many_are_told_apart(self, cast: Cast) -> None:
        no_default(cast)
        bare = make_number(holder=cast.tenant)
        waived = make_number(holder=cast.tenant)
        waiving.waive(
            number=waived,
            kind="INBOUND_ONLY",
            reason="Fax",
            actor=cast.tenant_owner,
            now=timezone.now(),
        )
        refusals: Any = {}
        rows = assignment.assign_many(
            wanted=[(bare, MAIN), (waived, MAIN)],
            actor=cast.tenant_owner,
            now=timezone.now(),
            refusals=refusals,
        )
        assert [row.pk for row in rows] == [waived.pk]
        assert set(refusals) == {bare.e164}

    def test_numbers_of_before_are_found_where_help_is_not(self, cast: Cast) -> None:
        covered = make_number(holder=cast.tenant, destination=MAIN)
        make_number(holder=cast.tenant)
        assert not inventory.numbers(cast.staff, located=False).exists()
        assert covered in inventory.numbers(cast.staff, located=True)
        no_default(cast)
        assert list(inventory.numbers(cast.staff, located=False)) == [covered]
        assert covered not in inventory.numbers(cast.staff, located=True)

    def test_a_number_handed_on_needs_its_own(self, cast: Cast) -> None:
        EmergencyLocation.objects.filter(organization=cast.rival_tenant).update(is_default=False)
        theirs = EmergencyLocation.objects.filter(organization=cast.tenant, country="US").get()
        waived = make_number(holder=cast.rival_tenant)
        PhoneNumber.objects.filter(pk=waived.pk).update(emergency_location=theirs)
        EmergencyWaiver.objects.create(
            number=waived,
            organization=cast.tenant,
            kind="PERSON",
            who="member:1",
            reason="I",
            at=timezone.now(),
        )
        with pytest.raises(UnableToServe):
            assignment.assign(
                number=waived, destination=MAIN, actor=cast.rival_tenant_owner, now=timezone.now()
            )

    def test_a_waiver_is_not_ended_under_a_number_in_use(self, cast: Cast) -> None:
        no_default(cast)
        number = make_number(holder=cast.tenant)
        at = timezone.now()
        actor = cast.tenant_owner
        waiving.waive(number=number, kind="PERSON", reason="I", actor=actor, now=at)
        assignment.assign(number=number, destination=MAIN, actor=actor, now=at)
        with pytest.raises(UnableToServe):
            waiving.end(number=number, actor=actor, now=at)

    @pytest.mark.parametrize(
        ("kind", "reason", "field"),
        [("MAYBE", "x", "kind"), ("PERSON", " ", "reason"), ("COVERED_BY", "x", "location")],
    )
    def test_a_waiver_says_why(self, cast: Cast, kind: str, reason: str, field: str) -> None:
        number = make_number(holder=cast.tenant)
        with pytest.raises(UnableToWaive) as refusal:
            waiving.waive(
                number=number,
                kind=kind,
                reason=reason,
                actor=cast.tenant_owner,
                now=timezone.now(),
            )
        assert refusal.value.field == field


class TestRegistration:
    def pointed(self, market: Shop, cast: Cast, carrier: str = "telnyx") -> PhoneNumber:
        number = owned(market, cast, carrier)
        # Whose carrier does not look at addresses has another one do it.
        market.account()
        if not EmergencyLocation.objects.active().filter(label="Main office").exists():
            row = checked(cast)
            locations.make_default(location=row, actor=cast.tenant_owner, now=timezone.now())
        assignment.assign(
            number=number, destination=MAIN, actor=cast.tenant_owner, now=timezone.now()
        )
        return number

    @pytest.mark.parametrize(
        "carrier",
        [
            *("bandwidth", "didww", "flowroute", "questblue", "telnyx"),
            *("twilio", "voip_innovations", "voipms"),
        ],
    )
    def test_follows_from_pointing(self, market: Shop, cast: Cast, carrier: str) -> None:
        number = self.pointed(market, cast, carrier)
        assert of(number).status == S.WANTED
        settled(number)
        assert Event.objects.filter(action="dids.feature.active").count() == 1

    @pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "rate_limited"])
    def test_is_settled_whatever_happened_to_the_answer(
        self, market: Shop, cast: Cast, kind: str
    ) -> None:
        number = self.pointed(market, cast)
        market.sandbox.fault("telnyx", "emergency", kind)
        work(number, now=timezone.now())
        assert of(number).status != S.ACTIVE
        EmergencyRegistration.objects.update(next_attempt_at=timezone.now())
        settled(number)

    def test_another_location_takes_its_place(self, market: Shop, cast: Cast) -> None:
        number = self.pointed(market, cast)
        settled(number)
        branch = checked(cast, label="Branch", house_number="7")
        waiving.choose(number=number, location=branch, actor=cast.tenant_owner, now=timezone.now())
        assert of(number).status == S.WANTED
        settled(number)
        assert of(number).location == branch

    def test_numbers_follow_another_default(self, market: Shop, cast: Cast) -> None:
        number = self.pointed(market, cast)
        settled(number)
        branch = checked(cast, label="Branch", house_number="7")
        locations.make_default(location=branch, actor=cast.tenant_owner, now=timezone.now())
        assert sweeps.locations(now=timezone.now()) >= 1
        EmergencyLocation.objects.filter(pk=branch.pk).update(next_attempt_at=timezone.now())
        address_checks.carry_out(location_id=branch.pk, now=timezone.now())
        assert of(number).location == branch
        assert of(number).status == S.WANTED

    def test_a_refusal_opens_a_task_which_has_it_asked_again(
        self, market: Shop, cast: Cast
    ) -> None:
        number = self.pointed(market, cast)
        row = checked(cast, label="Bad", street="Failing Way")
        waiving.choose(number=number, location=row, actor=cast.tenant_owner, now=timezone.now())
        settled(number, of_=S.REJECTED)
        task = Task.objects.get(kind=TaskKind.EMERGENCY_REJECTED)
        doing.complete(task=task, note="Again.", actor=cast.staff, now=timezone.now())
        assert of(number).status == S.WANTED

    def test_where_the_carrier_takes_none_a_person_does_it(self, cast: Cast) -> None:
        account = make_carrier_account(carrier="wavix", credentials={"api_key": "MARK-SECRET-none"})
        number = make_number(holder=cast.tenant, account=account)
        at, actor = timezone.now(), cast.tenant_owner
        assignment.assign(number=number, destination=MAIN, actor=actor, now=at)
        work(number, now=at)
        assert of(number).status == S.BY_HAND
        task = Task.objects.get(kind=TaskKind.REGISTER_EMERGENCY)
        doing.complete(task=task, note="Done.", actor=cast.staff, now=at)
        assert of(number).status == S.ACTIVE

    def test_an_address_that_only_a_stand_in_knows_reaches_no_real_carrier(
        self, cast: Cast
    ) -> None:
        account = make_carrier_account(carrier="telnyx", base_url="")
        number = make_number(holder=cast.tenant, account=account)
        EmergencyLocation.objects.filter(organization=cast.tenant).update(is_test=True)
        at = timezone.now()
        assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=at)
        work(number, now=at)
        assert of(number).status == S.REJECTED

    def test_a_number_for_films_reaches_no_real_carrier(self, cast: Cast) -> None:
        account = make_carrier_account(carrier="telnyx", base_url="")
        number = make_number(holder=cast.tenant, account=account, e164="+13125550177")
        at = timezone.now()
        assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=at)
        work(number, now=at)
        row = of(number)
        assert (row.status, row.perhaps_there) == (S.REJECTED, False)
        assert "films and tests" in row.failure
        assert Task.objects.get().kind == TaskKind.EMERGENCY_REJECTED

    def test_a_number_that_was_given_back_meanwhile_is_not_registered(
        self, market: Shop, cast: Cast
    ) -> None:
        number = self.pointed(market, cast)
        at, actor = timezone.now(), cast.tenant_owner
        assignment.unassign(number=number, actor=actor, now=at)
        holding.give_back(number=number, actor=actor, now=at)
        settled(number, of_=S.OFF)
        assert market.sandbox.seen("telnyx").get("emergency", 0) == 0

    def test_outlives_the_suspension_of_its_holder(self, market: Shop, cast: Cast) -> None:
        number = self.pointed(market, cast)
        settled(number)

        organizations.suspend(
            organization=cast.tenant, reason="Unpaid", actor=cast.staff, now=timezone.now()
        )
        let_pass(timezone.now() + timedelta(days=2))
        sweeps.sweep(now=timezone.now())
        work(number, now=timezone.now())

        assert of(number).status == S.ACTIVE
        assert market.sandbox.seen("telnyx")["emergency"] == 1

    def test_a_waived_number_is_taken_off(self, market: Shop, cast: Cast) -> None:
        number = self.pointed(market, cast)
        settled(number)
        waiving.waive(
            number=number,
            kind="INBOUND_ONLY",
            reason="Fax",
            actor=cast.tenant_owner,
            now=timezone.now(),
        )
        settled(number, of_=S.OFF)


class TestRelease:
    def test_removes_it_first(self, market: Shop, cast: Cast) -> None:
        number = TestRegistration().pointed(market, cast)
        settled(number)
        at = timezone.now()
        assignment.unassign(number=number, actor=cast.tenant_owner, now=at)
        holding.give_back(number=number, actor=cast.tenant_owner, now=at)
        number.refresh_from_db()
        assert of(number).status == S.ACTIVE
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        market.sandbox.fault("telnyx", "emergency", "error_before")
        release.carry_out(number_id=number.pk, now=timezone.now())
        work(number, now=timezone.now())
        assert of(number).status == S.UNWANTED
        assert number.releases.get().status == ReleaseStatus.UNROUTED
        let_pass(timezone.now())
        number.refresh_from_db()
        assert of(number).status == S.OFF
        assert number.status == NumberStatus.RELEASED

    def test_waits_for_a_person_where_the_carrier_takes_none(self, cast: Cast) -> None:
        account = make_carrier_account(carrier="wavix", credentials={"api_key": "MARK-SECRET-none"})
        number = make_number(account=account)
        place = EmergencyLocation.objects.filter(country="US").earliest("pk")
        EmergencyRegistration.objects.create(
            number=number,
            location=place,
            organization=place.organization,
            status=S.ACTIVE,
            status_since=timezone.now(),
            perhaps_there=True,
        )
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=number.pk, now=timezone.now())
        work(number, now=timezone.now())
        assert of(number).status == S.REMOVAL_BY_HAND
        task = Task.objects.get(kind=TaskKind.REMOVE_EMERGENCY)
        with pytest.raises(doing.UnableToDo, match="complete it once it is off"):
            doing.abandon(task=task, reason="No.", actor=cast.staff, now=timezone.now())
        doing.complete(task=task, note="Done.", actor=cast.staff, now=timezone.now())
        assert of(number).status == S.OFF
        registrations.unwant(number=number, now=timezone.now())
        assert of(number).status == S.OFF

"""Names of callers: listed by interface or by a person, and gone before their number is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import make_tenant
from dids.models import CallerName, PhoneNumber, Task, TaskKind
from dids.states import FeatureStatus, NumberStatus, ReleaseStatus, TaskStatus
from dids.tests.carrier import Shop, bought, drive
from dids.tests.factories import make_number, make_order
from dids.tests.passing_time import let_pass
from dids.waiting import why_not_yet
from dids.workflows import caller_names, closing, doing, features, holding, release, sweeps
from dids.workflows.caller_names import UnableToName
from dids.workflows.standing import UnableToStandIn
from lib.e164 import E164
from lib.transitions import UnableToMove
from trunks.deadlines import Deadline
from trunks.features import CallerNames, Stage
from trunks.roles import SetsCallerName

S = FeatureStatus


def owned(market: Shop, cast: Cast, carrier: str = "telnyx") -> PhoneNumber:
    order = make_order(offers=market.offers(carrier), actor=cast.staff, submit=True)
    drive(order, now=timezone.now())
    return bought(order)[0]


def want(
    number: PhoneNumber, actor: Actor, text: str = "ACME INC", *, shows: bool = False
) -> CallerName:
    return caller_names.want(
        number=number, text=text, shows_callers=shows, actor=actor, now=timezone.now()
    )


def work(row: CallerName) -> None:
    features.see_to(kind="callername", feature_id=row.pk, now=timezone.now())
    row.refresh_from_db()


def there(market: Shop, number: PhoneNumber, text: str = "ACME INC") -> Stage:
    """Ask the carrier itself, as nobody here remembers it."""
    adapter = market.sandbox.adapter_for("telnyx", dict(market.account("telnyx").credentials))
    assert isinstance(adapter, SetsCallerName)
    return adapter.caller_names_of(
        E164(number.e164), CallerNames(text=text), carrier_reference="", deadline=Deadline(10)
    ).stage


def gone(holder: Organization) -> list[str]:
    told = Event.objects.filter(subject__startswith="dids.feature:", organization=holder)
    return list(told.order_by("pk").values_list("action", flat=True))


class TestWant:
    @pytest.mark.parametrize(
        ("text", "name"), [("acme  inc", "ACME INC"), (" Oak 24 ", "OAK 24"), ("", "")]
    )
    def test_is_written_as_the_databases_hold_it(self, text: str, name: str) -> None:
        assert caller_names.checked(text) == name

    @pytest.mark.parametrize("text", ["Müller", "A & B", "0123", "SIXTEEN LETTERS!", "A" * 16])
    def test_refuses_what_no_phone_shows(self, text: str) -> None:
        with pytest.raises(UnableToName) as refusal:
            caller_names.checked(text)
        assert refusal.value.field == "text"

    def test_refuses_a_number_whose_name_nobody_reads(self, cast: Cast) -> None:
        abroad = make_number(country="GB", e164="+442079460001")
        free = make_number()
        PhoneNumber.objects.filter(pk=free.pk).update(type="TOLL_FREE")

        for number in (abroad, free):
            with pytest.raises(UnableToName) as refusal:
                want(number, cast.staff)
            assert refusal.value.field == "text"
        with pytest.raises(UnableToName) as refusal:
            want(abroad, cast.staff, "", shows=True)
        assert refusal.value.field == "shows_callers"
        assert not CallerName.objects.exists()

    def test_refuses_whoever_does_not_hold_the_number(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)

        for actor in (cast.staff, cast.dealer_owner):
            with pytest.raises(UnableToStandIn):
                want(number, actor)
        assert want(number, cast.tenant_owner).organization == cast.tenant

    def test_wants_the_same_only_once(self, cast: Cast) -> None:
        number = make_number()
        first = want(number, cast.staff)
        again = want(number, cast.staff)

        assert (first.pk, again.status_since) == (again.pk, first.status_since)
        assert gone(cast.provider) == ["dids.feature.wanted"]

    def test_is_off_at_once_where_no_carrier_has_heard_of_it(self, cast: Cast) -> None:
        number = make_number()
        want(number, cast.staff)

        assert want(number, cast.staff, "").status == S.OFF
        assert sweeps.features(now=timezone.now() + timedelta(days=1)) == 0


class TestByInterface:
    def test_is_listed_changed_and_taken_off(self, market: Shop, cast: Cast) -> None:
        number = owned(market, cast)
        row = want(number, cast.staff)
        assert row.status == S.WANTED
        assert why_not_yet(row) is not None

        work(row)
        assert (row.status, row.next_attempt_at) == (S.ACTIVE, None)
        assert why_not_yet(row) is None
        assert there(market, number) is Stage.ACTIVE

        work(want(number, cast.staff, "ACME LTD"))
        assert there(market, number, "ACME LTD") is Stage.ACTIVE

        row = want(number, cast.staff, "")
        work(row)
        assert (row.status, row.perhaps_there) == (S.OFF, False)
        assert there(market, number, "ACME LTD") is Stage.ABSENT

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            ("timeout_after", S.UNCERTAIN),
            ("timeout_before", S.UNCERTAIN),
            ("garbage", S.UNCERTAIN),
            ("rate_limited", S.WANTED),
            ("wrong_credentials", S.WANTED),
        ],
    )
    def test_is_settled_whatever_happened_to_the_answer(
        self, market: Shop, cast: Cast, kind: str, status: FeatureStatus
    ) -> None:
        number = owned(market, cast)
        row = want(number, cast.staff)
        market.sandbox.fault("telnyx", "caller_name", kind)
        work(row)
        assert row.status == status
        has_task = Task.objects.filter(kind=TaskKind.CREDENTIALS_REFUSED).exists()
        assert has_task == (kind == "wrong_credentials")

        let_pass(timezone.now())

        row.refresh_from_db()
        assert row.status == S.ACTIVE
        assert there(market, number) is Stage.ACTIVE

    @pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "rate_limited"])
    def test_is_taken_off_whatever_happened_to_the_answer(
        self, market: Shop, cast: Cast, kind: str
    ) -> None:
        number = owned(market, cast)
        row = want(number, cast.staff)
        work(row)
        want(number, cast.staff, "")
        market.sandbox.fault("telnyx", "caller_name", kind)
        work(row)
        assert row.status == S.UNWANTED

        let_pass(timezone.now())

        row.refresh_from_db()
        assert row.status == S.OFF
        assert there(market, number) is Stage.ABSENT

    def test_another_worker_waits_until_the_claim_is_dead(self, market: Shop, cast: Cast) -> None:
        row = want(owned(market, cast), cast.staff)
        now = timezone.now()
        row.lifecycle.edges.claim(row, to=S.SETTING, now=now, call_before=now, perhaps_there=True)

        with pytest.raises(UnableToMove):
            features.see_to(kind="callername", feature_id=row.pk, now=now)

    def test_a_person_takes_over_what_could_not_be_asked_for_in_time(
        self, market: Shop, cast: Cast
    ) -> None:
        number = owned(market, cast)
        row = want(number, cast.staff)
        CallerName.objects.update(give_up_at=timezone.now())
        market.sandbox.fault("telnyx", "caller_name", "rate_limited")

        work(row)

        assert row.status == S.BY_HAND
        assert Task.objects.get().kind == TaskKind.FEATURE_BY_HAND

    def test_a_name_that_the_carrier_refuses_is_refused(self, market: Shop, cast: Cast) -> None:
        (offer,) = market.offers()
        number = make_number(account=market.account(), e164=offer.e164)
        row = want(number, cast.staff)

        work(row)

        assert row.status == S.REJECTED
        assert row.problems[0]["words"]
        assert want(number, cast.staff, "ACME LTD").status == S.WANTED


class TestByHand:
    def test_is_set_up_by_a_person(self, market: Shop, cast: Cast) -> None:
        number = make_number(account=market.account("vonage"), holder=cast.tenant)
        row = want(number, cast.tenant_owner)
        work(row)
        task = Task.objects.get()
        assert (row.status, task.kind) == (S.BY_HAND, TaskKind.FEATURE_BY_HAND)
        assert "listed name: ACME INC" in task.payload["text"]
        assert task.organization == cast.provider

        doing.complete(task=task, note="Mailed.", actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        assert row.status == S.ACTIVE

        work(want(number, cast.tenant_owner, ""))
        row.refresh_from_db()
        task = Task.objects.open().get()
        assert (row.status, task.kind) == (S.REMOVAL_BY_HAND, TaskKind.FEATURE_REMOVAL)
        doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        assert (row.status, row.perhaps_there) == (S.OFF, False)

    def test_is_refused_where_the_person_says_so(self, market: Shop, cast: Cast) -> None:
        row = want(make_number(account=market.account("vonage")), cast.staff)
        work(row)

        task = Task.objects.get()
        doing.abandon(task=task, reason="They want a letter.", actor=cast.staff, now=timezone.now())

        row.refresh_from_db()
        assert row.status == S.REJECTED
        assert row.problems == [{"field": "", "words": "They want a letter."}]

    def test_its_task_closes_itself_where_it_is_not_wanted_any_more(
        self, market: Shop, cast: Cast
    ) -> None:
        number = make_number(account=market.account("vonage"))
        work(want(number, cast.staff))
        assert closing.close_tasks(now=timezone.now()) == 0

        want(number, cast.staff, "")

        assert closing.close_tasks(now=timezone.now()) == 1
        assert Task.objects.get().status == TaskStatus.DROPPED


class TestLeaving:
    def test_another_holder_has_no_part_in_it(self, market: Shop, cast: Cast) -> None:
        number = owned(market, cast)
        row = want(number, cast.staff)
        work(row)

        holding.allot(number=number, to=cast.tenant, actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        assert row.status == S.UNWANTED
        assert not CallerName.objects.visible_to(cast.tenant_owner).exists()

        mine = want(number, cast.tenant_owner, "OAK DENTAL")
        work(mine)
        assert there(market, number, "OAK DENTAL") is Stage.ACTIVE
        assert CallerName.objects.visible_to(cast.tenant_owner).get() == mine

    def test_stays_where_the_number_stays(self, cast: Cast) -> None:
        number = make_number(holder=cast.dealer, source=cast.provider)
        row = want(number, cast.dealer_owner)
        other = make_number(holder=cast.dealer, source=cast.provider)
        tenant = make_tenant(parent=cast.dealer)

        holding.allot(number=other, to=tenant, actor=cast.dealer_owner, now=timezone.now())

        row.refresh_from_db()
        assert row.status == S.WANTED

    def test_is_off_before_the_number_is_disconnected(self, market: Shop, cast: Cast) -> None:
        number = owned(market, cast)
        row = want(number, cast.staff)
        work(row)
        now = timezone.now()
        leaves = release.schedule(number=number, on=None, actor=cast.staff, now=now)
        release.carry_out(number_id=number.pk, now=now)
        leaves.refresh_from_db()
        row.refresh_from_db()
        assert (leaves.status, row.status) == (ReleaseStatus.UNROUTED, S.UNWANTED)

        let_pass(now)

        row.refresh_from_db()
        number.refresh_from_db()
        assert (row.status, number.status) == (S.OFF, NumberStatus.RELEASED)

    def test_a_person_who_must_take_it_off_keeps_the_release_waiting(
        self, market: Shop, cast: Cast
    ) -> None:
        number = make_number(account=market.account("vonage"))
        row = want(number, cast.staff)
        work(row)
        now = timezone.now()
        leaves = release.schedule(number=number, on=None, actor=cast.staff, now=now)
        for _ in range(2):
            release.carry_out(number_id=number.pk, now=timezone.now())
            work(row)
        leaves.refresh_from_db()
        assert (leaves.status, row.status) == (ReleaseStatus.UNROUTED, S.REMOVAL_BY_HAND)
        with pytest.raises(UnableToName):
            want(number, cast.staff, "ACME LTD")

        task = Task.objects.open().get(kind=TaskKind.FEATURE_REMOVAL)
        with pytest.raises(doing.UnableToDo, match="complete it once it is off"):
            doing.abandon(task=task, reason="No.", actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        task.refresh_from_db()
        assert (row.status, task.status) == (S.REMOVAL_BY_HAND, TaskStatus.OPEN)

        doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=number.pk, now=timezone.now())
        leaves.refresh_from_db()
        assert leaves.status != ReleaseStatus.UNROUTED

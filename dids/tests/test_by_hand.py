"""A carrier without an interface: quotes, orders and releases by tasks of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import ApiClient, Event, Organization
from accounts.persons import same_person
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids import asking, work
from dids.models import (
    CarrierBinding,
    CarrierOrder,
    FoundOffer,
    Holding,
    NumberOrder,
    PhoneNumber,
    Release,
    Task,
    TaskKind,
)
from dids.states import (
    BindingStatus,
    CarrierOrderStatus,
    LineStatus,
    NumberStatus,
    OrderStatus,
    ReleaseStatus,
    TaskStatus,
)
from dids.tests.carrier import Shop
from dids.tests.factories import make_document, make_number, make_order
from dids.timing import Elapsed
from dids.waiting import why_not_yet
from dids.workflows import (
    binding,
    binding_work,
    closing,
    doing,
    opening,
    outcomes,
    purchase,
    quoting,
    release,
    sweeps,
    task_papers,
    vault,
)
from dids.workflows.outcomes import Outcome
from dids.workflows.outcomes import Said as Answer
from dids.workflows.quoting import Quote, Quoted, UnableToQuote
from dids.workflows.task_moves import UnableToDo
from lib.e164 import E164
from portal import doctor
from trunks.description import TrunkDescription
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.offers import GatewaySpec
from trunks.tests.factories import make_carrier_account, make_trunk
from trunks.workflows import by_hand as hand_work
from trunks.workflows import static_trunks
from trunks.workflows.accounts import UnableToConnect

FIRST, SECOND, THIRD = (E164(f"+44161715000{n}") for n in (1, 2, 3))

pytestmark = pytest.mark.django_db


def gamma(**more: Any) -> CarrierAccount:
    """Store an account at a carrier that is worked by hand."""
    return make_carrier_account(carrier="gamma", credentials={}, base_url="", **more)


def quoted(cast: Cast, *numbers: E164, account: CarrierAccount | None = None) -> list[FoundOffer]:
    """Enter a quote and give its offers."""
    now = timezone.now()
    search = quoting.enter(
        account=account or gamma(),
        quote=Quote(type=NumberType.LOCAL, currency="GBP", until=now + timedelta(days=7)),
        numbers=[
            Quoted(number=number, setup=Decimal(2), monthly=Decimal("0.50")) for number in numbers
        ],
        actor=cast.staff,
        now=now,
    )
    return list(search.offers.order_by("e164"))


def ordered(
    cast: Cast, *numbers: E164, account: CarrierAccount | None = None
) -> tuple[NumberOrder, Task]:
    """Order numbers of a quote, and give the order with the task of whoever orders there."""
    order = make_order(
        offers=quoted(cast, *numbers, account=account), actor=cast.staff, submit=True
    )
    purchase.place(carrier_order_id=order.carrier_orders.get().pk, now=timezone.now())
    return order, Task.objects.get(kind=TaskKind.CARRIER_ORDER)


def write_down(task: Task, cast: Cast, *said: Outcome, reference: str = "") -> None:
    """Have the staff write down what the carrier said."""
    outcomes.write_down(
        task=task, outcomes=said, reference=reference, actor=cast.staff, now=timezone.now()
    )


def hand(numbers: Sequence[PhoneNumber], *, to: Organization) -> None:
    """Have an organization hold numbers, as if it always had."""
    keys = [number.pk for number in numbers]
    PhoneNumber.objects.filter(pk__in=keys).update(holder=to)
    Holding.objects.filter(number__in=keys).update(organization=to)


def bought(number: E164, reference: str = "") -> Outcome:
    """Say that the carrier sold it."""
    return Outcome(number=number, status=Answer.BOUGHT, carrier_reference=reference)


def refused(number: E164, code: str = "GONE") -> Outcome:
    """Say that the carrier did not sell it."""
    return Outcome(number=number, status=Answer.FAILED, code=code)


def lines(order: NumberOrder) -> Sequence[str]:
    """Give what became of each line, by number."""
    return list(order.lines.order_by("e164").values_list("status", flat=True))


class TestAnOrder:
    def test_is_one_task_that_says_exactly_what_to_do(self, cast: Cast) -> None:
        order, task = ordered(cast, FIRST, SECOND)

        row = order.carrier_orders.get()
        assert (row.status, row.by_hand, row.next_attempt_at) == (
            CarrierOrderStatus.PLACED,
            True,
            None,
        )
        assert task.organization == cast.provider
        assert task.payload["numbers"] == [FIRST, SECOND]
        assert f"{FIRST} (0161 715 0001)" in task.payload["text"]
        assert str(row.reference) in task.payload["text"]
        assert any("postcode" in step for step in task.payload["steps"])
        waits = why_not_yet(NumberOrder.objects.get())
        assert waits is not None
        assert waits.who == "the provider"
        assert "by hand" in waits.next

    def test_is_never_asked_for_and_never_given_up_by_the_clock(self, cast: Cast) -> None:
        order, _ = ordered(cast, FIRST)
        late = timezone.now() + timedelta(days=60)

        assert sweeps.carrier_orders(now=late) == 0
        purchase.settle(carrier_order_id=order.carrier_orders.get().pk, now=late)

        assert lines(order) == [LineStatus.WAITING]
        assert closing.close_tasks(now=late) == 0

    def test_ends_in_parts_as_the_carrier_answers(self, cast: Cast) -> None:
        order, task = ordered(cast, FIRST, SECOND, THIRD)

        write_down(task, cast, bought(FIRST, "DDI-1"), reference="TICKET-9")
        assert lines(order) == [LineStatus.BOUGHT, LineStatus.WAITING, LineStatus.WAITING]
        task.refresh_from_db()
        assert (task.status, task.external_reference) == (TaskStatus.TAKEN, "TICKET-9")

        write_down(task, cast, bought(FIRST), refused(SECOND, "DOCUMENTS"), bought(THIRD))
        task.refresh_from_db()
        order.refresh_from_db()
        assert task.status == TaskStatus.DONE
        assert order.status == OrderStatus.PARTLY_COMPLETED
        assert CarrierOrder.objects.get().status == CarrierOrderStatus.DONE
        assert CarrierOrder.objects.get().carrier_reference == "TICKET-9"
        number = PhoneNumber.objects.get(e164=FIRST)
        assert (number.status, number.carrier_reference) == (NumberStatus.AVAILABLE, "DDI-1")
        assert PhoneNumber.objects.count() == 2
        failed = order.lines.get(e164=SECOND)
        assert failed.failure == "The carrier asks for documents for this number."
        assert Event.objects.filter(action="dids.task.outcomes").count() == 2

    def test_changes_nothing_when_it_is_written_down_twice(self, cast: Cast) -> None:
        order, task = ordered(cast, FIRST, SECOND)
        write_down(task, cast, bought(FIRST))
        write_down(task, cast, bought(FIRST))

        assert lines(order) == [LineStatus.BOUGHT, LineStatus.WAITING]
        with pytest.raises(UnableToDo, match="already"):
            write_down(task, cast, refused(FIRST))

    def test_is_not_complete_before_each_number_is_decided(self, cast: Cast) -> None:
        _, task = ordered(cast, FIRST, SECOND)

        with pytest.raises(UnableToDo, match=FIRST[1:]):
            doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())

    def test_that_cannot_be_made_fails_whole(self, cast: Cast) -> None:
        order, task = ordered(cast, FIRST, SECOND)
        doing.abandon(task=task, reason="They are out.", actor=cast.staff, now=timezone.now())

        order.refresh_from_db()
        assert order.status == OrderStatus.FAILED
        assert CarrierOrder.objects.get().failure == "They are out."

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            (bought(E164("+441617159999")), "not in this task"),
            (refused(FIRST, "BROKEN"), "Choose why"),
            (refused(FIRST, ""), "Choose why"),
            (bought(FIRST, "x" * 101), "Shorten"),
        ],
    )
    def test_takes_no_nonsense(self, cast: Cast, said: Outcome, words: str) -> None:
        order, task = ordered(cast, FIRST)

        with pytest.raises(UnableToDo, match=words):
            write_down(task, cast, said)
        assert lines(order) == [LineStatus.WAITING]

    def test_whose_worker_died_before_it_told_anybody_gets_its_one_task(self, cast: Cast) -> None:
        order = make_order(offers=quoted(cast, FIRST), actor=cast.staff, submit=True)
        row = order.carrier_orders.select_related("order__payer", "carrier_account").get()
        now = timezone.now()
        purchase._claim(row, Elapsed(now))

        later = now + timedelta(minutes=5)
        assert sweeps.carrier_orders(now=later) == 1
        for _ in range(2):
            purchase.settle(carrier_order_id=row.pk, now=later)

        assert Task.objects.filter(kind=TaskKind.CARRIER_ORDER).count() == 1
        assert order.carrier_orders.get().status == CarrierOrderStatus.PLACED


class TestAPreview:
    def test_says_what_people_will_be_asked(self, cast: Cast) -> None:
        order = make_order(offers=quoted(cast, FIRST, SECOND), actor=cast.staff)
        (asked,) = asking.before(order, now=timezone.now())

        assert asked.count == 2
        assert FIRST in asked.text
        assert asked.due_at > timezone.now()
        assert not Task.objects.exists()

    def test_says_nothing_where_interfaces_do_it(self, cast: Cast) -> None:
        assert asking.before(make_order(actor=cast.staff), now=timezone.now()) == []


class TestPapers:
    def test_a_public_word_reaches_whose_number_it_is_and_nobody_else(self, cast: Cast) -> None:
        number = make_number(account=gamma(), e164=FIRST, holder=cast.tenant, country="GB")
        opening.open_task(
            TaskKind.BINDING_FAILED,
            about=number.subject,
            what=FIRST,
            organization=cast.provider,
            number=number,
            now=timezone.now(),
        )
        task = Task.objects.get()
        for text, public in (("Between us.", False), ("On its way.", True)):
            doing.comment(task=task, text=text, public=public, actor=cast.staff, now=timezone.now())

        def heard(actor: Actor) -> list[str]:
            rows = Event.objects.visible_to(actor).filter(action__startswith="dids.task.")
            return [row.after["comment"] for row in rows if "comment" in row.after]

        assert heard(cast.tenant_owner) == ["On its way."]
        assert heard(cast.rival_tenant_owner) == []
        assert "Between us." in heard(cast.staff)

    def test_a_public_word_that_concerns_nobody_else_is_refused(self, cast: Cast) -> None:
        _, task = ordered(cast, FIRST)
        with pytest.raises(UnableToDo, match="Nobody outside"):
            doing.comment(
                task=task, text="Hello.", public=True, actor=cast.staff, now=timezone.now()
            )

    def test_a_document_beside_a_task_stays(self, cast: Cast) -> None:
        _, task = ordered(cast, FIRST)
        paper = make_document(organization=cast.provider, content=b"%PDF-1.7 a reply")
        for _ in range(2):
            task_papers.attach(task=task, document=paper, actor=cast.staff, now=timezone.now())

        assert list(task_papers.attached(task, cast.staff)) == [paper]
        with pytest.raises(vault.UnableToDelete):
            vault.delete(document=paper, actor=cast.staff, now=timezone.now())


class TestARelease:
    def ceasing(self, cast: Cast, account: CarrierAccount) -> tuple[PhoneNumber, Task]:
        """Release a number, and give it with the task of whoever has it ceased."""
        number = make_number(account=account, e164=FIRST, country="GB")
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=number.pk, now=timezone.now())
        return number, Task.objects.get(kind=TaskKind.CARRIER_RELEASE)

    def test_waits_until_somebody_had_it_ceased(self, cast: Cast) -> None:
        number, task = self.ceasing(cast, gamma())
        late = timezone.now() + timedelta(days=60)
        release.carry_out(number_id=number.pk, now=late)
        assert Release.objects.get().status == ReleaseStatus.BY_HAND
        assert (sweeps.releases(now=late), closing.close_tasks(now=late)) == (0, 0)

        doing.complete(task=task, note="Ceased.", actor=cast.staff, now=timezone.now())

        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED
        assert Release.objects.get().status == ReleaseStatus.DONE

    def together(self, cast: Cast, account: CarrierAccount) -> tuple[list[PhoneNumber], Task]:
        """Release three numbers, and give them with the one task for all of them."""
        numbers = [
            make_number(account=account, e164=e164, country="GB", carrier_reference=f"ref {n}")
            for n, e164 in enumerate((FIRST, SECOND, THIRD))
        ]
        for number in numbers:
            release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        for number in numbers:
            release.carry_out(number_id=number.pk, now=timezone.now())
        return numbers, Task.objects.get()

    def test_shares_its_task_with_others_that_were_wanted_together(self, cast: Cast) -> None:
        numbers, task = self.together(cast, gamma())

        assert (task.title, task.number) == ("3 numbers to be ceased by hand", None)
        assert task.payload["numbers"] == [FIRST, SECOND, THIRD]
        heading, *rest = task.payload["text"].splitlines()
        assert heading == "Please cease:"
        assert [line.partition(" (")[0] for line in rest] == [FIRST, SECOND, THIRD]
        assert rest[1].endswith(", your reference ref 1")
        assert doctor.tasks(timezone.now()) == []
        for number in numbers:
            assert list(work.tasks(cast.staff, number=number.e164)) == [task]
            assert why_not_yet(number)

    def test_ends_in_parts_as_the_carrier_answers(self, cast: Cast) -> None:
        numbers, task = self.together(cast, gamma())
        no = Outcome(number=SECOND, status=Answer.FAILED, code="06")
        yes = [Outcome(number=one, status=Answer.CEASED) for one in (FIRST, THIRD)]

        write_down(task, cast, yes[0], no)
        with pytest.raises(UnableToDo, match=f"what became of \\{THIRD}"):
            doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        assert closing.close_tasks(now=timezone.now()) == 0
        write_down(task, cast, *yes, no)

        task.refresh_from_db()
        assert task.status == TaskStatus.DONE
        statuses = Release.objects.order_by("number__e164").values_list("status", flat=True)
        assert list(statuses) == [ReleaseStatus.DONE, ReleaseStatus.REFUSED, ReleaseStatus.DONE]
        refused = Task.objects.open().get()
        assert (refused.kind, refused.number) == (TaskKind.DISCONNECT_REFUSED, numbers[1])
        assert doctor.tasks(timezone.now()) == []

    def test_concerns_those_who_still_wait(self, cast: Cast) -> None:
        numbers, task = self.together(cast, gamma())
        hand(numbers, to=cast.tenant)
        write_down(task, cast, Outcome(number=FIRST, status=Answer.FAILED, code="06"))
        hand(numbers[:1], to=cast.rival_tenant)

        waiting = [(holder, e164) for holder, _, e164 in task_papers.concerned(task)]
        assert waiting == [(cast.tenant, SECOND), (cast.tenant, THIRD)]

    def test_that_is_refused_whole_asks_about_each(self, cast: Cast) -> None:
        _, task = self.together(cast, gamma())
        doing.abandon(task=task, reason="Minimum term.", actor=cast.staff, now=timezone.now())

        assert set(Task.objects.open().values_list("kind", flat=True)) == {
            TaskKind.DISCONNECT_REFUSED
        }
        assert Task.objects.open().count() == 3

    def test_is_asked_for_anew_where_the_task_still_waits_for_others(self, cast: Cast) -> None:
        numbers, task = self.together(cast, gamma())
        no = Outcome(number=FIRST, status=Answer.FAILED, code="06")
        write_down(task, cast, no)
        release.resume(number=numbers[0], actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=numbers[0].pk, now=timezone.now())

        assert Task.objects.filter(kind=TaskKind.CARRIER_RELEASE).count() == 1
        assert task.releases.filter(status=ReleaseStatus.BY_HAND).count() == 3

    def test_that_somebody_is_at_takes_no_more_numbers(self, cast: Cast) -> None:
        account = gamma()
        _, task = self.ceasing(cast, account)
        doing.take(task=task, actor=cast.staff, now=timezone.now())
        other = make_number(account=account, e164=SECOND, country="GB")
        release.schedule(number=other, on=None, actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=other.pk, now=timezone.now())

        assert Task.objects.filter(kind=TaskKind.CARRIER_RELEASE).count() == 2

    def test_that_is_refused_can_be_taken_back(self, cast: Cast) -> None:
        number, task = self.ceasing(cast, gamma())
        doing.abandon(task=task, reason="Minimum term.", actor=cast.staff, now=timezone.now())

        assert Release.objects.get().status == ReleaseStatus.REFUSED
        assert Task.objects.open().get().kind == TaskKind.DISCONNECT_REFUSED
        release.cancel(number=number, actor=cast.staff, now=timezone.now())
        assert number.status == NumberStatus.AVAILABLE

    def test_is_confirmed_by_somebody_else_where_the_account_wants_four_eyes(
        self, cast: Cast
    ) -> None:
        account = gamma()
        account.needs_second = True
        account.save()
        number, task = self.ceasing(cast, account)

        with pytest.raises(UnableToDo, match="Somebody else"):
            doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        theirs = ApiClient.objects.create(
            organization=cast.provider,
            name="A program of theirs",
            prefix="theirs",
            scopes=[],
            created_by=cast.staff.name,
        )
        assert same_person(cast.staff.name, f"client:{theirs.uuid}")
        Task.objects.filter(pk=task.pk).update(asked_by=f"client:{theirs.uuid}")
        task.refresh_from_db()
        with pytest.raises(UnableToDo, match="Somebody else"):
            doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        colleague = make_actor(organization=cast.provider)
        doing.complete(task=task, note="", actor=colleague, now=timezone.now())

        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED


class TestARoute:
    def moved(self, cast: Cast) -> tuple[PhoneNumber, Task]:
        """Have a number delivered to another trunk, and give it with the task for that."""
        account = gamma()
        number = make_number(account=account, e164=FIRST, country="GB")
        first = make_trunk(account=account, name="York", carrier_reference="EP-1")
        trunk = make_trunk(account=account, name="Leeds", carrier_reference="EP-2")
        binding.want(number=number, trunk=first, actor=cast.staff, now=timezone.now())
        row = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
        binding_work.bind(binding_id=row.pk, now=timezone.now())
        return number, Task.objects.open().get(kind=TaskKind.CARRIER_ROUTE)

    def test_waits_until_somebody_had_it_delivered(self, cast: Cast) -> None:
        _, task = self.moved(cast)
        assert "EP-2" in task.payload["text"]
        assert CarrierBinding.objects.get().status == BindingStatus.BY_HAND
        assert closing.close_tasks(now=timezone.now()) == 0

        doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        assert CarrierBinding.objects.get().status == BindingStatus.BOUND

    def test_to_yet_another_trunk_is_a_task_of_its_own(self, cast: Cast) -> None:
        number, task = self.moved(cast)
        other = make_trunk(account=number.carrier_account, carrier_reference="EP-3")
        row = binding.want(number=number, trunk=other, actor=cast.staff, now=timezone.now())
        binding_work.bind(binding_id=row.pk, now=timezone.now())

        task.refresh_from_db()
        assert task.status == TaskStatus.DROPPED
        again = Task.objects.open().get()
        assert "EP-3" in again.payload["text"]

    def test_that_cannot_be_had_is_a_failed_binding(self, cast: Cast) -> None:
        _, task = self.moved(cast)
        doing.abandon(task=task, reason="No.", actor=cast.staff, now=timezone.now())

        assert CarrierBinding.objects.get().status == BindingStatus.FAILED
        assert Task.objects.open().get().kind == TaskKind.BINDING_FAILED


class TestUrgency:
    def test_is_said_and_taken_back_as_long_as_the_task_is_open(self, cast: Cast) -> None:
        _, task = ordered(cast, FIRST)
        for urgent in (True, True, False):
            doing.mark_urgent(task=task, urgent=urgent, actor=cast.staff, now=timezone.now())
        assert Event.objects.filter(action="dids.task.urgency").count() == 2
        write_down(task, cast, bought(FIRST))
        with pytest.raises(UnableToDo):
            doing.mark_urgent(task=task, urgent=True, actor=cast.staff, now=timezone.now())


class TestWaitingForTheCarrier:
    def test_keeps_the_task_with_whoever_asked_and_the_carriers_number(self, cast: Cast) -> None:
        _, task = ordered(cast, FIRST)
        now = timezone.now()
        doing.wait_for_carrier(task=task, reference="INC-1", actor=cast.staff, now=now)
        assert (task.status, task.external_reference) == (TaskStatus.WAITING_CARRIER, "INC-1")
        other = make_actor(organization=cast.provider)
        with pytest.raises(UnableToDo):
            doing.go_on(task=task, actor=other, now=now)

        doing.go_on(task=task, actor=cast.staff, now=now)
        assert task.status == TaskStatus.TAKEN
        write_down(task, cast, bought(FIRST))
        assert CarrierOrder.objects.get().carrier_reference == "INC-1"

    def test_too_long_lets_everybody_take_it_again(self, cast: Cast) -> None:
        _, task = ordered(cast, FIRST)
        now = timezone.now()
        doing.wait_for_carrier(task=task, reference="", actor=cast.staff, now=now)

        assert closing.return_tasks(now=now + timedelta(days=29)) == 0
        assert closing.return_tasks(now=now + timedelta(days=31)) == 1


class TestAQuote:
    def test_is_read_as_spreadsheets_are_copied(self) -> None:
        text = "0161 715 0001; 2,00; 0,50\n\n+441617150002\t2\n01617150003, 2.00, 0.50\n"

        assert quoting.read(text, country="GB") == [
            Quoted(number=FIRST, setup=Decimal(2), monthly=Decimal("0.50")),
            Quoted(number=SECOND, setup=Decimal(2)),
            Quoted(number=THIRD, setup=Decimal(2), monthly=Decimal("0.50")),
        ]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("0161 715 0001\nnobody; 1", "Line 2"),
            ("0161 715 0001; cheap", "no price"),
            ("0161 715 0001; NaN", "no price"),
            (";;", "Line 1"),
            ("0161 715 0001; 1; 2; 3", "more than two"),
        ],
    )
    def test_names_the_line_that_cannot_be_read(self, text: str, words: str) -> None:
        with pytest.raises(UnableToQuote, match=words):
            quoting.read(text, country="GB")

    def test_is_refused_where_the_carrier_can_be_searched(self, cast: Cast) -> None:
        with pytest.raises(UnableToQuote, match="Search it"):
            quoted(cast, FIRST, account=make_carrier_account(carrier="telnyx"))

    def test_must_be_whole(self, cast: Cast) -> None:
        with pytest.raises(UnableToQuote, match="twice"):
            quoted(cast, FIRST, FIRST)
        with pytest.raises(UnableToQuote, match="1 to 200"):
            quoted(cast)


class TestPromotion:
    def promote(self, account: CarrierAccount, cast: Cast, market: Shop) -> None:
        """Have an account worked by the interface of the sandbox from now on."""
        known = market.account("telnyx")
        CarrierAccount.objects.filter(pk=account.pk).update(base_url=known.base_url)
        account.refresh_from_db()
        hand_work.promote(
            account=account,
            carrier="telnyx",
            credentials=known.credentials,
            actor=cast.staff,
            now=timezone.now(),
        )

    def test_leaves_an_open_order_to_its_person(self, market: Shop, cast: Cast) -> None:
        account = gamma()
        order, task = ordered(cast, FIRST, SECOND, account=account)
        self.promote(account, cast, market)

        late = timezone.now() + timedelta(days=3)
        purchase.settle(carrier_order_id=order.carrier_orders.get().pk, now=late)
        assert lines(order) == [LineStatus.WAITING, LineStatus.WAITING]
        write_down(task, cast, bought(FIRST), refused(SECOND, "06"))

        assert lines(order) == [LineStatus.BOUGHT, LineStatus.FAILED]

    def test_leaves_an_open_release_to_its_person(self, market: Shop, cast: Cast) -> None:
        account = gamma()
        number, task = TestARelease().ceasing(cast, account)
        self.promote(account, cast, market)

        late = timezone.now() + timedelta(days=60)
        release.carry_out(number_id=number.pk, now=late)
        assert (sweeps.releases(now=late), closing.close_tasks(now=late)) == (0, 0)
        assert Release.objects.get().status == ReleaseStatus.BY_HAND
        doing.complete(task=task, note="Ceased.", actor=cast.staff, now=timezone.now())

        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED

    def test_leaves_an_open_move_to_its_person(self, market: Shop, cast: Cast) -> None:
        number, task = TestARoute().moved(cast)
        self.promote(number.carrier_account, cast, market)

        row = CarrierBinding.objects.get()
        binding_work.bind(binding_id=row.pk, now=timezone.now())
        assert closing.close_tasks(now=timezone.now()) == 0
        doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())

        row.refresh_from_db()
        assert row.status == BindingStatus.BOUND

    def test_has_new_orders_go_by_the_interface(self, market: Shop, cast: Cast) -> None:
        account = gamma()
        self.promote(account, cast, market)
        (offer,) = market.offers("telnyx")
        FoundOffer.objects.filter(pk=offer.pk).update(carrier_account=account)
        offer.refresh_from_db()

        order = make_order(offers=[offer], actor=cast.staff, submit=True)
        purchase.place(carrier_order_id=order.carrier_orders.get().pk, now=timezone.now())

        assert market.sandbox.seen("telnyx")["order"] == 1
        assert not order.carrier_orders.get().by_hand
        assert not Task.objects.open().exists()

    def test_asks_for_the_reference_of_each_trunk_first(self, market: Shop, cast: Cast) -> None:
        account = gamma()
        wish = TrunkDescription(name="Leeds", hosts=(GatewaySpec(host="sip.carrier.example"),))
        said: dict[str, Any] = {"actor": cast.staff, "now": timezone.now()}
        trunk = static_trunks.describe(account=account, wish=wish, **said)
        with pytest.raises(UnableToConnect, match="none is known of Leeds"):
            self.promote(account, cast, market)
        account.refresh_from_db()
        assert account.carrier == "gamma"

        static_trunks.change(trunk=trunk, wish=replace(wish, carrier_reference="EP-1"), **said)
        self.promote(account, cast, market)
        assert account.carrier == "telnyx"

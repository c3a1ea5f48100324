"""An organization's own words on numbers."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids import inventory
from dids.models import NumberTag, PhoneNumber
from dids.tests.factories import make_number
from dids.tests.test_races import at_once
from dids.workflows import holding, tagging
from dids.workflows.tagging import UnableToTag


class TestTag:
    def test_puts_words_on_many_numbers_and_takes_others_off(self, cast: Cast) -> None:
        numbers = [make_number(holder=cast.tenant) for _ in range(3)]
        actor, now = cast.tenant_owner, timezone.now()
        assert tagging.tag(numbers=numbers, add=["  Head   Office", "fax"], actor=actor, now=now)
        changed = tagging.tag(
            numbers=numbers[:2], add=["head office"], remove=["FAX"], actor=actor, now=now
        )
        assert changed == 2
        words = inventory.tags(cast.tenant, numbers)
        assert [words[number.pk] for number in numbers] == [
            ["head office"],
            ["head office"],
            ["fax", "head office"],
        ]

    def test_changes_nothing_twice_and_tells_nothing_then(self, cast: Cast) -> None:
        numbers = [make_number(holder=cast.tenant)]
        for expected in (1, 0):
            assert (
                tagging.tag(
                    numbers=numbers, add=["vip"], actor=cast.tenant_owner, now=timezone.now()
                )
                == expected
            )
        (told,) = Event.objects.filter(action="dids.number.tagged")
        assert "vip" not in str(vars(told))

    def test_shows_the_words_to_nobody_else(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        for actor, word in (
            (cast.staff, "dear"),
            (cast.dealer_owner, "sold"),
            (cast.tenant_owner, "fax"),
        ):
            tagging.tag(numbers=[number], add=[word], actor=actor, now=timezone.now())
        for actor, word in (
            (cast.staff, "dear"),
            (cast.dealer_owner, "sold"),
            (cast.tenant_owner, "fax"),
        ):
            assert actor.reach is not None
            assert inventory.tags(actor.reach, [number]) == {number.pk: [word]}
            assert NumberTag.objects.visible_to(actor).get().word == word
            assert list(inventory.numbers(actor, tag=word.upper())) == [number]
            for other in {"dear", "sold", "fax"} - {word}:
                assert not inventory.numbers(actor, tag=other).exists()
        seated = cast.dealer_owner.on_behalf_of(cast.tenant)
        assert NumberTag.objects.visible_to(seated).get().word == "fax"

    @pytest.mark.parametrize("word", ["", "  ", "x" * 41, "<b>", "-dash first", "a\x00b"])
    def test_refuses_what_is_no_word(self, cast: Cast, word: str) -> None:
        number = make_number(holder=cast.tenant)
        for field, on, off in (("add", [word], []), ("remove", [], [word])):
            with pytest.raises(UnableToTag) as refusal:
                tagging.tag(
                    numbers=[number],
                    add=on,
                    remove=off,
                    actor=cast.tenant_owner,
                    now=timezone.now(),
                )
            assert refusal.value.field == field

    def test_refuses_too_many_of_anything(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        words = [f"w{place}" for place in range(tagging.MOST_TAGS)]
        now = timezone.now()
        tagging.tag(numbers=[number], add=words, actor=cast.tenant_owner, now=now)
        with pytest.raises(UnableToTag, match="Take one off"):
            tagging.tag(numbers=[number], add=["more"], actor=cast.tenant_owner, now=now)
        assert NumberTag.objects.count() == tagging.MOST_TAGS
        with pytest.raises(UnableToTag, match="at once"):
            tagging.tag(numbers=[number] * 1001, add=["a"], actor=cast.tenant_owner, now=now)
        with pytest.raises(UnableToTag, match="Choose one"):
            tagging.tag(numbers=[number], add=["a"], remove=["A"], actor=cast.tenant_owner, now=now)

    def test_is_one_row_for_each_word_by_the_database(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        NumberTag.objects.create(organization=cast.tenant, number=number, word="a")
        with pytest.raises(IntegrityError), transaction.atomic():
            NumberTag.objects.create(organization=cast.tenant, number=number, word="a")
        with pytest.raises(IntegrityError), transaction.atomic():
            NumberTag.objects.create(organization=cast.tenant, number=number, word="")

    def test_costs_a_fixed_number_of_queries(
        self, cast: Cast, django_assert_max_num_queries: pytest.FixtureRequest
    ) -> None:
        numbers = [make_number(holder=cast.tenant) for _ in range(20)]
        actor = make_actor(organization=cast.tenant)
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            tagging.tag(numbers=numbers, add=["a", "b"], actor=actor, now=timezone.now())

    def test_goes_when_the_number_leaves_ones_sight_and_not_before(self, cast: Cast) -> None:
        number, now = make_number(holder=cast.dealer), timezone.now()
        holding.allot(number=number, to=cast.tenant, actor=cast.dealer_owner, now=now)
        tagging.tag(numbers=[number], add=["sold"], actor=cast.dealer_owner, now=now)
        tagging.tag(numbers=[number], add=["fax"], actor=cast.tenant_owner, now=now)
        holding.give_back(number=number, actor=cast.tenant_owner, now=now)
        assert list(NumberTag.objects.values_list("word", flat=True)) == ["sold"]
        assert tagging.tag(numbers=[number], add=["fax"], actor=cast.tenant_owner, now=now) == 0
        assert NumberTag.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_no_word_survives_on_a_number_that_is_given_back_meanwhile(self, cast: Cast) -> None:
        for _ in range(5):
            number = make_number(holder=cast.tenant)
            at_once(
                [
                    partial(
                        tagging.tag,
                        numbers=[number],
                        add=["fax"],
                        actor=cast.tenant_owner,
                        now=timezone.now(),
                    ),
                    partial(
                        holding.give_back,
                        number=PhoneNumber.objects.get(pk=number.pk),
                        actor=cast.tenant_owner,
                        now=timezone.now(),
                    ),
                ]
            )
            assert PhoneNumber.objects.get(pk=number.pk).holder == cast.dealer
            assert not NumberTag.objects.filter(number=number).exists()

    def test_six_at_once_put_on_no_more_than_a_number_may_bear(self, cast: Cast) -> None:
        number = make_number(holder=cast.tenant)
        results = at_once(
            [
                partial(
                    tagging.tag,
                    numbers=[number],
                    add=[f"{place} {word}" for word in range(tagging.MOST_TAGS // 2)],
                    actor=cast.tenant_owner,
                    now=timezone.now(),
                )
                for place in range(6)
            ]
        )
        assert len([result for result in results if isinstance(result, UnableToTag)]) == 4
        assert NumberTag.objects.count() == tagging.MOST_TAGS

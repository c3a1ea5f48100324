"""
Two moves of one number at once: the end is one of those that one after the other would have had.

Each pair runs twice one after the other, on numbers of its own, to learn both ends; then at the
same moment, and with one of them held while it has the number's lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations_with_replacement, product

import pytest

from lib.refusals import UnableTo
from portal.tests.races.moves import SITUATIONS, Piece
from portal.tests.races.stage import Stage
from portal.tests.races.threads import Crowd, Work, crowd, outcome
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

End = tuple[dict[str, object], str, str]


@pytest.fixture
def two() -> Iterator[Crowd]:
    """Give two threads."""
    with crowd(2) as threads:
        yield threads


class Pair:
    """Two moves in one situation."""

    def __init__(self, stage: Stage, situation: str, first: str, second: str) -> None:
        self._cast = stage.cast
        self._situation = SITUATIONS[situation]
        self._moves = [self._situation.moves[name] for name in (first, second)]
        self._account: CarrierAccount | None = CarrierAccount.objects.first()
        self.name = f"{situation}: {first}, {second}"

    def fresh(self) -> tuple[Piece, list[Work]]:
        """Make a number, let both look at it, and give what each is about to do."""
        look = self._situation.piece(self._cast, self._account or make_carrier_account())
        pieces = [look() for _ in self._moves]
        works: list[Work] = [
            partial(move, piece, piece.number())
            for move, piece in zip(self._moves, pieces, strict=True)
        ]
        return pieces[0], works

    def one_after_the_other(self, order: tuple[int, int]) -> End:
        """Learn how it ends when nobody is in a hurry."""
        piece, works = self.fresh()
        results = {which: outcome(works[which]) for which in order}
        return self._end(piece, results[0], results[1])

    def at_once(self, two: Crowd) -> End:
        """Start both at the same moment."""
        piece, works = self.fresh()
        one, other = two.at_once(works)
        return self._end(piece, one, other)

    def while_held(self, two: Crowd) -> End:
        """Start the second while the first has the lock."""
        piece, (first, second) = self.fresh()
        one, other = two.while_held("numbers.locked", first, second)
        return self._end(piece, one, other)

    def _end(self, piece: Piece, first: object, second: object) -> End:
        return piece.snapshot(), _words(first, piece), _words(second, piece)


def _words(result: object, piece: Piece) -> str:
    if isinstance(result, UnableTo):
        sentence = str(result).replace(piece.e164, "the number")
        if piece.beside:
            sentence = sentence.replace(piece.beside, "the other")
        return f"{type(result).__name__}: {sentence}"
    return "done"


@pytest.mark.parametrize("situation", SITUATIONS)
def test_moves_that_meet_end_as_if_one_had_waited_for_the_other(
    stage: Stage, two: Crowd, situation: str
) -> None:
    moves, meet = SITUATIONS[situation].moves, SITUATIONS[situation].meet
    wrong = []
    ends: dict[tuple[str, str], list[End]] = {}
    for first, second in product(moves, repeat=2):
        if not meet(first, second):
            continue
        pair = Pair(stage, situation, first, second)
        ends[first, second] = [pair.one_after_the_other((0, 1)), pair.one_after_the_other((1, 0))]
        assert ends[first, second][0][1] == "done", f"{first} fails alone: {ends[first, second]}"
        if (end := pair.while_held(two)) not in ends[first, second]:
            wrong.append((pair.name, "held", end, ends[first, second]))
    for first, second in combinations_with_replacement(moves, 2):
        if not meet(first, second):
            continue
        pair = Pair(stage, situation, first, second)
        if (end := pair.at_once(two)) not in ends[first, second]:
            wrong.append((pair.name, "at once", end, ends[first, second]))

    assert wrong == []
    for _ in range(6):
        stage.beat.tick()
    stage.assert_well()

from __future__ import annotations

from dataclasses import replace

import pytest

from dids.questions import UnableToSearch, checked
from dids.sieve import Sieve
from lib.e164 import E164
from trunks.numbering import NumberType
from trunks.offers import FoundNumber, Wanted

CHICAGO = Wanted(country="US", area_code="312", limit=5)


def found(e164: str, **more: object) -> FoundNumber:
    number = FoundNumber(number=E164(e164), country="US", type=NumberType.LOCAL)
    return replace(number, **more)  # type: ignore[arg-type]


class TestAsked:
    def test_asks_for_enough_to_choose_from_and_for_the_digits_that_are_sure(self) -> None:
        asked = Sieve(pattern="*22?55").asked(CHICAGO, most=100)
        assert (asked.limit, asked.contains) == (100, "22")

    def test_asks_no_digits_that_the_area_code_may_have_a_part_in(self) -> None:
        assert Sieve(pattern="3125*").asked(CHICAGO, most=100).contains == ""
        somewhere = replace(CHICAGO, area_code="")
        assert Sieve(pattern="3125*").asked(somewhere, most=100).contains == "3125"

    def test_leaves_a_question_alone_that_nothing_narrows(self) -> None:
        assert Sieve().asked(CHICAGO, most=100) is CHICAGO


class TestChosen:
    def test_keeps_what_fits_the_pattern_at_most_so_many(self) -> None:
        numbers = [found(f"+1312555{last}") for last in ("2255", "2256", "0155", "2355")]
        kept = Sieve(pattern="*2?55").chosen(numbers, most=1)
        assert [number.number for number in kept] == ["+13125552255"]

    def test_keeps_a_rate_center_by_its_beginning_and_nothing_without_one(self) -> None:
        numbers = [
            found("+13125550101", rate_center="CHICAGO ZONE 1"),
            found("+13125550102", rate_center="AURORA"),
            found("+13125550103"),
        ]
        kept = Sieve(rate_center="Chicago").chosen(numbers, most=9)
        assert [number.number for number in kept] == ["+13125550101"]

    @pytest.mark.parametrize(("documents", "count"), [(None, 2), (True, 1), (False, 1)])
    def test_keeps_by_documents(self, documents: bool | None, count: int) -> None:
        numbers = [found("+13125550101", needs_documents=True), found("+13125550102")]
        assert len(Sieve(documents=documents).chosen(numbers, most=9)) == count


class TestChecked:
    def test_has_carriers_asked_for_a_word(self) -> None:
        wanted, sieve = checked(CHICAGO, Sieve(pattern="Pizza"), 12)
        assert (wanted.contains, sieve) == ("74992", Sieve())

    def test_names_the_pattern_that_cannot_be_read(self) -> None:
        with pytest.raises(UnableToSearch) as refusal:
            checked(CHICAGO, Sieve(pattern="5#5"), 12)
        assert refusal.value.field == "pattern"

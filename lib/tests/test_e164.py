from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import e164
from lib.e164 import DidFormat, NotANumber


class TestParse:
    @pytest.mark.parametrize(
        ("typed", "country", "canonical"),
        [
            ("+1 312 555 0123", "", "+13125550123"),
            ("(312) 555-0123", "US", "+13125550123"),
            ("020 7946 0123", "GB", "+442079460123"),
            ("00 44 20 7946 0123", "GB", "+442079460123"),
            ("+999123456789", "", "+999123456789"),
        ],
    )
    def test_reads_numbers_as_people_type_them(
        self, typed: str, country: str, canonical: str
    ) -> None:
        assert e164.parse(typed, country=country) == canonical

    @pytest.mark.parametrize("typed", ["", "hello", "12", "+1", "+1312555012345678", "3125550123"])
    def test_says_why_it_cannot_read_the_rest(self, typed: str) -> None:
        with pytest.raises(NotANumber):
            e164.parse(typed)

    def test_refuses_extensions_instead_of_dropping_them(self) -> None:
        with pytest.raises(NotANumber, match="extension"):
            e164.parse("+13125550123 ext. 12")

    def test_accepts_numbers_that_no_plan_has_assigned(self) -> None:
        assert e164.parse("+12121230123") == "+12121230123"

    @given(st.text(max_size=40))
    def test_gives_a_canonical_number_or_a_sentence_for_any_text(self, typed: str) -> None:
        try:
            number: str = e164.parse(typed, country="US")
        except NotANumber as no:
            number = ""
            sentence = str(no)
        else:
            sentence = "."
        assert sentence.endswith(".")
        assert not number or e164.is_e164(number)


subscribers = st.tuples(st.sampled_from([201, 312, 646, 808]), st.integers(2_000_000, 9_999_999))
american = subscribers.map(lambda both: f"+1{both[0]}{both[1]}")
british = st.integers(20_3000_0000, 20_8999_9999).map("+44{}".format)


class TestFormats:
    @given(st.one_of(american.map(lambda n: (n, "US")), british.map(lambda n: (n, "GB"))))
    def test_reads_back_what_it_writes_in_any_form(self, written: tuple[str, str]) -> None:
        number, country = written
        carried = {form: e164.in_format(number, form) for form in DidFormat}
        assert e164.parse(carried[DidFormat.PLUS_E164]) == number
        assert e164.parse("+" + carried[DidFormat.E164]) == number
        assert e164.parse(carried[DidFormat.NATIONAL], country=country) == number
        assert e164.parse(e164.display(number, home=country), country=country) == number
        assert e164.parse(e164.display(number)) == number

    @pytest.mark.parametrize(
        ("number", "did_format", "carried"),
        [
            ("+13125550123", DidFormat.PLUS_E164, "+13125550123"),
            ("+13125550123", DidFormat.E164, "13125550123"),
            ("+13125550123", DidFormat.NATIONAL, "3125550123"),
            ("+442079460123", DidFormat.NATIONAL, "2079460123"),
        ],
    )
    def test_writes_the_number_as_the_trunk_carries_it(
        self, number: str, did_format: DidFormat, carried: str
    ) -> None:
        assert e164.in_format(number, did_format) == carried

    def test_shows_it_nationally_at_home_and_internationally_abroad(self) -> None:
        assert e164.display("+442079460123", home="GB") == "020 7946 0123"
        assert e164.display("+442079460123", home="US") == "+44 20 7946 0123"


class TestAreaCode:
    @pytest.mark.parametrize(
        ("number", "code"),
        [
            ("+13125550123", "312"),
            ("+442079460123", "20"),
            ("+441614960123", "161"),
            ("+447700900123", ""),
            ("+33612345678", ""),
        ],
    )
    def test_is_the_places_in_its_country(self, number: str, code: str) -> None:
        assert e164.area_code(number) == code


class TestCountry:
    @pytest.mark.parametrize(
        ("number", "country"),
        [
            ("+12125550300", "US"),
            ("+12045550300", "CA"),
            ("+442079460250", "GB"),
            # In no published plan.
            ("+447700900250", "GB"),
        ],
    )
    def test_is_that_of_the_plan_or_of_the_calling_code(self, number: str, country: str) -> None:
        assert e164.country_of(number) == country

"""Lists of numbers as carriers and spreadsheets write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dids import import_cells, import_columns, import_files
from dids.import_cells import UnreadableCell
from dids.import_files import Arrival
from dids.import_lines import Entry, Plan, UnreadableList, entries, records


def read(*lines: str, head: str = "number", **plan: str) -> list[Entry]:
    """Read a list."""
    text = "".join(f"{line}\n" for line in (head, *lines)).splitlines(keepends=True)
    options = {"country": "US", "currency": "USD", "separator": ",", **plan}
    found = records(iter(text), options["separator"])
    columns = import_columns.guessed(next(found)[2])
    return [entry for row in found for entry in entries(*row, Plan(columns=columns, **options))]


def told(line: str, head: str, **plan: str) -> Entry:
    """Read a list of one number."""
    (entry,) = read(line, head=head, **plan)
    return entry


class TestColumns:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("DID", "number"),
            ("Phone Number", "number"),
            ("TN", "number"),
            ("E.164", "number"),
            ("Range from", "range_start"),
            ("Block_Size", "block_size"),
            ("MRC", "monthly"),
            ("NRC", "setup"),
            ("Rate Centre", "rate_center"),
            ("Carrier's reference", "carrier_reference"),
            ("Contract end", "contract_ends_on"),
            ("State", "region"),
            ("Note", "label"),
        ],
    )
    def test_are_recognized_by_their_names(self, name: str, key: str) -> None:
        assert import_columns.guessed([name]) == {key: 0}

    def test_each_is_one_thing(self) -> None:
        assert import_columns.guessed(["Number", "DID", "What"]) == {"number": 0}

    def test_no_name_means_two_things(self) -> None:
        names = [name for field in import_columns.FIELDS.values() for name in field.names]
        assert len(names) == len(set(names))


class TestNumbers:
    @pytest.mark.parametrize(
        ("cell", "country", "number"),
        [
            ("+13125550123", "US", "+13125550123"),
            ("'+13125550123", "US", "+13125550123"),
            ("(312) 555-0123", "US", "+13125550123"),
            ("1-312-555-0123", "US", "+13125550123"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("0044 20 7946 0018", "GB", "+442079460018"),
            ("442079460018", "GB", "+442079460018"),
        ],
    )
    def test_are_read_as_people_write_them(self, cell: str, country: str, number: str) -> None:
        assert told(cell, "number", country=country).e164 == number

    @pytest.mark.parametrize(
        ("cell", "words"),
        [
            ("3.12555E+10", "spreadsheet has shortened"),
            ("555", "too few or too many digits"),
            ("none", "not a phone number"),
            ("+13125550123 ext 5", "has an extension"),
            ("=1+1", "phone number"),
            ("﷽" * 50, "not a phone number"),
        ],
    )
    def test_that_are_none_are_refused_by_name(self, cell: str, words: str) -> None:
        entry = told(cell, "number")
        assert entry.is_refused
        assert entry.field == "number"
        assert words in entry.reason

    def test_outside_the_published_plans_are_worth_a_look(self) -> None:
        entry = told("+13125550123", "number")
        assert (entry.is_refused, entry.reason) == (False, "")
        odd = told("+11115550123", "number")
        assert not odd.is_refused
        assert odd.reason == "It is in no published numbering plan."

    def test_say_where_they_are_and_of_which_type(self) -> None:
        entry = told("+447400123456", "number")
        assert (entry.likely_country, entry.likely_type) == ("GB", "MOBILE")
        assert (entry.country, entry.type) == ("", "")

    def test_of_another_country_are_refused(self) -> None:
        entry = told("+442079460018,US", "number,country")
        assert (entry.field, entry.is_refused) == ("country", True)

    def test_of_a_line_without_one_are_refused(self) -> None:
        assert told(",Chicago", "number,city").reason.startswith("The line has no number")


class TestRanges:
    HEAD = "number,from,to,size"

    @pytest.mark.parametrize(
        "line",
        [
            ",+442079460000,+442079460009,",
            ",+442079460000,,10",
            "+442079460000,,,10",
            "+442079460000,,+442079460009,10",
        ],
    )
    def test_are_written_in_several_ways(self, line: str) -> None:
        found = read(line, head=self.HEAD)
        assert [entry.e164 for entry in found] == [f"+44207946000{last}" for last in range(10)]
        assert {entry.block_last for entry in found} == {"+442079460009"}

    @pytest.mark.parametrize(
        ("line", "field"),
        [
            (",+442079460009,+442079460000,", "range_end"),
            (",+442079460000,+442079461000,", "range_end"),
            (",+442079460000,+442079460009,9", "block_size"),
            (",+442079460000,,0", "block_size"),
            (",+442079460000,,many", "block_size"),
            (",+442079460000,+13125550123,", "range_end"),
            ("+442079460001,+442079460000,,10", "number"),
        ],
    )
    def test_that_are_none_are_refused(self, line: str, field: str) -> None:
        (entry,) = read(line, head=self.HEAD)
        assert (entry.is_refused, entry.field) == (True, field)

    def test_of_one_number_are_no_range(self) -> None:
        (entry,) = read(",+442079460000,,1", head=self.HEAD)
        assert entry.block_first == ""


class TestCells:
    @pytest.mark.parametrize(
        ("cell", "amount", "currency"),
        [
            ("0.85", "0.85", ""),
            ("0,85", "0.85", ""),
            ("1.234,50 EUR", "1234.5", "EUR"),
            ("1,234.50", "1234.5", ""),
            ("USD 2", "2", "USD"),
            ("$3.10", "3.1", ""),
            ("1.0000 usd", "1", "USD"),
        ],
    )
    def test_read_prices(self, cell: str, amount: str, currency: str) -> None:
        assert import_cells.money("monthly", cell) == (Decimal(amount), currency)

    @pytest.mark.parametrize("cell", ["1,000", "free", "-1", "1.2.3,4,5", "٣", "9" * 20])
    def test_refuse_what_is_no_price(self, cell: str) -> None:
        with pytest.raises(UnreadableCell):
            import_cells.money("monthly", cell)

    def test_take_the_currency_from_the_line_or_the_list(self) -> None:
        assert told("+13125550123,1", "number,mrc").currency == "USD"
        assert told("+13125550123,1,EUR", "number,mrc,currency").currency == "EUR"
        assert told("+13125550123,", "number,mrc").currency == ""
        assert told("+13125550123,1 GBP,EUR", "number,mrc,currency").field == "currency"

    @pytest.mark.parametrize("cell", ["2027-12-31", "31.12.2027", "2027/12/31", "20271231"])
    def test_read_days(self, cell: str) -> None:
        assert import_cells.day("contract_ends_on", cell) == date(2027, 12, 31)

    @pytest.mark.parametrize("cell", ["12/11/2027", "soon", "2027-13-01"])
    def test_refuse_what_is_no_day_everywhere(self, cell: str) -> None:
        with pytest.raises(UnreadableCell):
            import_cells.day("contract_ends_on", cell)

    def test_read_what_a_number_can_do(self) -> None:
        assert import_cells.capabilities("capabilities", "Voice; SMS/T.38 E911") == [
            *("EMERGENCY", "FAX", "SMS", "VOICE")
        ]
        with pytest.raises(UnreadableCell, match="no capability"):
            import_cells.capabilities("capabilities", "magic")

    def test_read_the_status_of_a_number(self) -> None:
        assert import_cells.rests("status", "In stock") == (False, "")
        assert import_cells.rests("status", "Ageing") == (True, "")
        assert "no status that we know" in import_cells.rests("status", "Purple")[1]
        assert told("+13125550123,ceased", "number,status").is_refused

    def test_take_formulas_for_the_text_that_they_are(self) -> None:
        assert import_cells.text("label", "'=1+1") == "=1+1"
        assert import_cells.text("label", "=1+1") == "=1+1"
        assert import_cells.text("label", "'twas") == "'twas"

    def test_refuse_what_is_too_long_to_keep(self) -> None:
        assert told(f"+13125550123,{'x' * 101}", "number,note").field == "label"


class TestLines:
    def test_keep_their_number_and_their_text(self) -> None:
        found = read('"+13125550123","a\nb"', "", "+13125550124,c", head="number,what")
        assert [(entry.line, entry.text) for entry in found] == [
            (2, '"+13125550123","a\nb"'),
            (5, "+13125550124,c"),
        ]

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_are_parted_by_what_the_first_one_has(self, separator: str) -> None:
        arrival = Arrival()
        arrival.look(f"number{separator}city\r\n+13125550123{separator}Chicago\r\n".encode())
        arrival.end()
        assert arrival.separator() == separator
        assert arrival.sample() == [["number", "city"], ["+13125550123", "Chicago"]]
        assert arrival.lines == 1

    def test_come_whole_out_of_pieces_that_end_anywhere(self) -> None:
        content = "\ufeffnumber,city\r\n+13125550123,Mérida\r\n".encode()
        pieces: Any = [content[place : place + 1] for place in range(len(content))]
        arrival = Arrival()
        for piece in pieces:
            arrival.look(piece)
        arrival.end()
        assert arrival.sample()[1][1] == "Mérida"
        assert list(import_files.lines(pieces)) == ["number,city\r\n", "+13125550123,Mérida\r\n"]

    def test_that_end_in_the_middle_of_a_letter_are_refused(self) -> None:
        arrival = Arrival()
        arrival.look("number\né".encode()[:-1])
        with pytest.raises(UnreadableList, match="UTF-8"):
            arrival.end()

    def test_of_a_file_that_is_too_large_are_refused_before_its_end(self) -> None:
        arrival = Arrival()
        piece = (b"x" * 999 + b"\n") * 1000
        whole = import_files.LARGEST // len(piece)
        for _ in range(whole):
            arrival.look(piece)
        with pytest.raises(UnreadableList, match="50 MB"):
            arrival.look(piece)

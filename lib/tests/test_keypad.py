from __future__ import annotations

import pytest

from lib import keypad
from lib.keypad import NotAPattern


class TestWritten:
    @pytest.mark.parametrize(
        ("typed", "pattern"),
        [
            ("Pizza", "74992"),
            ("555-01", "55501"),
            ("*call", "*2255"),
            ("call??", "2255??"),
            ("NXX 5555", "NXX5555"),
            ("PINK", "7465"),
            ("", ""),
        ],
    )
    def test_turns_letters_into_keys_and_keeps_signs(self, typed: str, pattern: str) -> None:
        assert keypad.written(typed) == pattern

    @pytest.mark.parametrize("typed", ["*", "??", "XX", "5#5", "é5", "٣٣", "5" * 21])
    def test_refuses_what_narrows_nothing_or_cannot_be_read(self, typed: str) -> None:
        with pytest.raises(NotAPattern):
            keypad.written(typed)


class TestFits:
    @pytest.mark.parametrize(
        ("pattern", "fits"),
        [
            ("74992", True),
            ("74992*", False),
            ("*74992", True),
            ("312*", True),
            ("3?2*", True),
            ("?4?9?", True),
            ("NXX7NXX*", False),
            ("31256*92", False),
            ("*99", False),
        ],
    )
    def test_describes_the_whole_number_only_with_a_star(self, pattern: str, fits: bool) -> None:
        assert keypad.fits(keypad.written(pattern), "3125574992") is fits

    def test_reads_n_as_two_to_nine(self) -> None:
        assert keypad.fits("312N*", "3125550100")
        assert not keypad.fits("312N*", "3121550100")


class TestLongestRun:
    def test_is_what_carriers_can_be_asked(self) -> None:
        assert keypad.longest_run("31*2255?9") == "2255"
        assert keypad.longest_run("NXX*") == ""

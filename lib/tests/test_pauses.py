from __future__ import annotations

import threading

import pytest

from lib import pauses


class TestAt:
    def test_passes_when_nobody_armed_it(self) -> None:
        pauses.at("nobody.armed")

    def test_holds_the_first_who_comes_and_lets_later_ones_pass(self) -> None:
        with pauses.armed("somewhere") as moment:
            first = threading.Thread(target=pauses.at, args=("somewhere",))
            first.start()
            moment.wait()
            pauses.at("somewhere")
            assert first.is_alive()
            moment.release()
            first.join(5)
        assert not first.is_alive()

    def test_says_so_when_nobody_came(self) -> None:
        with pauses.armed("nowhere") as moment, pytest.raises(pauses.NeverCame):
            moment.wait(0.05)

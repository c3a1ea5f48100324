from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning import addresses, arrays, plan, writer
from provisioning.live import LiveState, State, judge


class TestInbound:
    def test_writes_set_user_and_domain(self) -> None:
        hop = writer.Hop("EXTENSION", "101", 2, "oak.pbx.example")
        assert writer.inbound(hop) == "c,2,101@oak.pbx.example"

    def test_writes_a_hang_up(self) -> None:
        assert writer.inbound(writer.Hop("HANG_UP", "", 1, "oak.pbx.example")) == "h,0,"

    def test_escapes_what_a_sip_address_cannot_hold(self) -> None:
        hop = writer.Hop("VOICEMAIL", "*97#", 1, "oak.pbx.example")
        assert writer.inbound(hop) == "c,1,*97%23@oak.pbx.example"

    @pytest.mark.parametrize(
        ("hop", "words"),
        [
            (("EXTENSION", "101", 2, "oak.example"), "rings at 101@oak.example by target set 2"),
            (("VOICEMAIL", "*97#", 1, "oak.example"), "rings at *97#@oak.example by target set 1"),
            (("HANG_UP", "", 1, "oak.example"), "hangs up"),
        ],
    )
    def test_is_said_in_words(self, hop: tuple[str, str, int, str], words: str) -> None:
        assert writer.said(writer.inbound(writer.Hop(*hop))) == words

    @pytest.mark.parametrize("value", ["", "1,2", "a b", "a@b", "a\n", "é", "x" * 65])
    def test_refuses_what_no_router_could_read(self, value: str) -> None:
        with pytest.raises(writer.Unwritable):
            writer.inbound(writer.Hop("EXTENSION", value, 1, "oak.pbx.example"))

    def test_refuses_what_is_too_long_for_a_router(self) -> None:
        with pytest.raises(writer.Unwritable, match="too long"):
            writer.inbound(writer.Hop("EXTENSION", "1" * 64, 1, "x" * 60 + ".example"))


tables = st.dictionaries(st.text("0123", min_size=1), st.text("abc", min_size=1))


class TestChanges:
    @given(tables, tables)
    def test_turn_one_table_into_the_other(
        self, actual: dict[str, str], wanted: dict[str, str]
    ) -> None:
        result, changes = dict(actual), plan.changes(actual, wanted)
        for change in changes:
            assert result.pop(change.key, None) == change.old
            if change.new is not None:
                result[change.key] = change.new

        assert result == wanted
        assert changes == sorted(changes, key=lambda change: change.key)
        assert sum(change.grows for change in changes) == len(wanted) - len(actual)

    @given(tables)
    def test_are_none_where_nothing_differs(self, table: dict[str, str]) -> None:
        assert plan.changes(table, table) == []

    def test_can_be_printed(self) -> None:
        assert str(plan.Change("1312", None, "h,0,")) == "1312: - -> h,0,"


class TestAddresses:
    @pytest.mark.parametrize(
        ("typed", "written"),
        [
            ("192.0.2.10", "sip:192.0.2.10:5060;transport=udp"),
            ("SIP:PBX.example:5080;transport=TCP", "sip:pbx.example:5080;transport=tcp"),
            ("sip:[2001:db8::1]:5060", "sip:[2001:db8::1]:5060;transport=udp"),
        ],
    )
    def test_are_written_in_full(self, typed: str, written: str) -> None:
        assert addresses.sip_address(typed) == written

    @pytest.mark.parametrize(
        "typed", ["", "sip:", "sips:x.example", "sip:a@b.example", "x:0", "x:99999", "300.1.1.1"]
    )
    def test_refuse_what_is_none(self, typed: str) -> None:
        with pytest.raises(addresses.NotAnAddress):
            addresses.sip_address(typed)


class TestArrays:
    def test_quote_what_an_array_text_needs(self) -> None:
        assert arrays.texts(["a,b", 'c"d', "e\\f"]) == '{"a,b","c\\"d","e\\\\f"}'
        assert arrays.texts([]) == "{}"
        assert arrays.integers([1, 2]) == "{1,2}"


class TestJudge:
    def test_waits_for_the_publisher_first(self) -> None:
        assert judge(bound=False, published=None, up=[(9, True)]).state == State.WAITING

    def test_is_live_on_all(self) -> None:
        up = [(5, True), (7, True)]
        assert judge(bound=True, published=5, up=up) == LiveState(State.LIVE, 2, 2)

"""Lists of numbers: judged before they change anything, applied whole, and only once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts import limits
from accounts.models import Event
from accounts.tests.cast import Cast
from dids import events, imports
from dids.models import (
    Audit,
    Finding,
    FindingKind,
    Holding,
    Import,
    ImportPiece,
    ImportRow,
    NumberBlock,
    OrderLine,
    PhoneNumber,
    Verdict,
)
from dids.states import ImportStatus, LineStatus, NumberStatus
from dids.tests import lists
from dids.tests.carrier import Heard
from dids.tests.factories import make_number, make_order
from dids.tests.lists import applied, apply, checked, in_stock, listed, numbers, rows, verdicts
from dids.workflows import holding, import_keeping, importing, sweeps
from dids.workflows.importing import UnableToImport
from lib.transitions import UnableToMove
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account

V = Verdict


@pytest.fixture
def account(cast: Cast) -> CarrierAccount:
    return make_carrier_account(owner=cast.provider)


class TestUpload:
    def test_keeps_the_file_and_changes_nothing(self, cast: Cast, account: CarrierAccount) -> None:
        content = listed(*numbers(3))
        source = lists.upload(account, content, cast.staff)
        assert source.status == ImportStatus.UPLOADED
        assert (source.size, source.lines) == (len(content), 3)
        assert source.sample[0] == ["number", "monthly", "currency", "city"]
        assert b"".join(bytes(row.content) for row in source.pieces.order_by("place")) == content
        assert in_stock(account) == []

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b" \n\n", "empty"),
            (b";;;\n", "empty"),
            (b"number\n\xe9\n", "UTF-8"),
            (b"number\n+1312\0\n", "zero bytes"),
            (b"number\n" + b"x" * 1_000_000, "longer than 10,000"),
            (b"+13125550100\n+13125550101\n", "first line holds a number"),
            (b"number" + b",x" * 200 + b"\n", "200 columns"),
            (b"number\n" + b"1\n" * 200_002, "200,000 lines"),
        ],
    )
    def test_refuses_what_is_no_list(
        self, cast: Cast, account: CarrierAccount, content: bytes, words: str
    ) -> None:
        with pytest.raises(UnableToImport, match=words) as refusal:
            lists.upload(account, content, cast.staff)
        assert refusal.value.field == "file"
        assert not Import.objects.exists()
        assert not ImportPiece.objects.exists()

    def test_remembers_columns_that_were_chosen(self, cast: Cast, account: CarrierAccount) -> None:
        odd = listed(numbers(1)[0] + ",Chicago", head="Rufnummer,Ort")
        first = lists.upload(account, odd, cast.staff)
        assert imports.columns_for(first) == {}
        lists.check(first, cast.staff, columns={"number": 0, "locality": 1})
        again = lists.upload(account, odd, cast.staff)
        assert imports.columns_for(again) == {"number": 0, "locality": 1}


class TestCheck:
    def test_says_for_each_line_what_it_would_do(self, cast: Cast, account: CarrierAccount) -> None:
        new, same, other, foreign, twice = numbers(5)
        for number in (same, other):
            row = make_number(holder=cast.provider, account=account, e164=number)
            PhoneNumber.objects.filter(pk=row.pk).update(locality="Chicago", monthly="1.0000")
        make_number(holder=cast.provider, account=make_carrier_account(name="Other"), e164=foreign)
        source = checked(
            account,
            listed(
                f"{new},0.85,USD,Chicago",
                f"{same},1.00,USD,Chicago",
                f"{other},0.50,USD,",
                f"{foreign},1.00,USD,",
                f"{twice},1,USD,",
                f"{twice},1,USD,",
                "12,1,USD,",
            ),
            cast.staff,
        )
        assert source.status == ImportStatus.CHECKED
        assert verdicts(source) == [
            *(V.NEW, V.UNCHANGED, V.CHANGED, V.REFUSED, V.NEW, V.REFUSED, V.REFUSED)
        ]
        assert (source.new, source.changed, source.unchanged, source.refused) == (2, 1, 1, 3)
        told = rows(source)
        assert told[2].changes == {"monthly": ["1.0000", "0.5000"]}
        assert "Other" in told[3].reason
        assert told[5].reason == "It stands in line 6 already."
        assert (told[6].field, told[6].text) == ("number", "12,1,USD,")
        assert len(in_stock(account)) == 2

    def test_refuses_what_an_order_is_buying(self, cast: Cast, account: CarrierAccount) -> None:
        order = make_order(actor=cast.staff, submit=True)
        line = order.lines.get()
        assert line.status == LineStatus.WAITING
        source = checked(account, listed(line.e164), cast.staff)
        assert "An order is buying it" in rows(source)[0].reason
        OrderLine.objects.update(status=LineStatus.FAILED)
        assert verdicts(lists.check(source, cast.staff)) == [V.NEW]

    def test_takes_formulas_for_text(self, cast: Cast, account: CarrierAccount) -> None:
        (number,) = numbers(1)
        source = checked(account, listed(f'{number},1,USD,"=HYPERLINK(""x"")"'), cast.staff)
        apply(source, cast.staff)
        assert PhoneNumber.objects.get().locality == '=HYPERLINK("x")'

    def test_gives_back_a_list_whose_quotation_never_ends(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        lines = ["x" * 100 for _ in range(2000)]
        source = checked(account, listed(f'{numbers(1)[0]},"1', *lines), cast.staff)
        assert source.status == ImportStatus.UPLOADED
        assert "In line 2 a quotation mark is opened" in source.failure
        assert not ImportRow.objects.exists()

    def test_gives_back_a_list_of_too_many_numbers(
        self, cast: Cast, account: CarrierAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dids.workflows.import_checking.MOST_LINES", 10)
        source = checked(
            account, listed(f"{numbers(1)[0]},11", head="range_start,block_size"), cast.staff
        )
        assert "more than 10 numbers" in source.failure

    @pytest.mark.parametrize(
        ("columns", "options", "field"),
        [
            ({}, {}, "columns.number"),
            ({"number": 9}, {}, "columns.number"),
            ({"number": 0, "label": 0}, {}, "columns.label"),
            ({"range_start": 0}, {}, "columns.range_end"),
            ({"nonsense": 0}, {}, "columns.nonsense"),
            ({"number": 0}, {"country": "Chicago"}, "country"),
            ({"number": 0}, {"currency": "$"}, "currency"),
        ],
    )
    def test_refuses_a_choice_that_makes_no_sense(
        self,
        cast: Cast,
        account: CarrierAccount,
        columns: dict[str, int],
        options: dict[str, str],
        field: str,
    ) -> None:
        source = lists.upload(account, listed(*numbers(1)), cast.staff)
        with pytest.raises(UnableToImport) as refusal:
            importing.check(
                source=source,
                columns=columns,
                options=options,
                actor=cast.staff,
                now=timezone.now(),
            )
        assert refusal.value.field == field

    def test_can_be_repeated_with_other_columns(self, cast: Cast, account: CarrierAccount) -> None:
        source = checked(account, listed(f"{numbers(1)[0]},1,USD,Chicago"), cast.staff)
        lists.check(source, cast.staff, columns={"number": 0})
        (row,) = rows(source)
        assert (row.locality, row.monthly) == ("", None)


class TestApply:
    def test_takes_new_numbers_into_stock_with_history(
        self, cast: Cast, account: CarrierAccount, heard: Heard
    ) -> None:
        first, second = numbers(2)
        head = "tn;nrc;mrc;currency;caps;ref;contract end;status;note;type"
        source = applied(
            account,
            listed(
                f"{first};1,50;0,85;EUR;voice/sms;r-1;2027-12-31;available;Desk;mobile",
                f"{second};;;;;;;aging;;",
                head=head,
            ),
            cast.staff,
        )
        assert source.status == ImportStatus.APPLIED
        one, two = PhoneNumber.objects.order_by("e164")
        assert one.status == NumberStatus.AVAILABLE
        assert (one.setup, one.monthly, one.currency) == (Decimal("1.5"), Decimal("0.85"), "EUR")
        assert one.capabilities == ["SMS", "VOICE"]
        assert (one.carrier_reference, one.label, one.type) == ("r-1", "Desk", "MOBILE")
        assert one.contract_ends_on == date(2027, 12, 31)
        assert one.holder == cast.provider
        assert two.status == NumberStatus.QUARANTINE
        assert two.quarantine_until is not None
        assert Holding.objects.open().filter(organization=cast.provider).count() == 2
        event = Event.objects.get(action=events.IMPORTED.name, number=first)
        assert event.after["monthly"] == "0.8500"
        assert event.subject == one.subject
        assert heard.numbers == [first, second]

    def test_changes_what_the_list_says_and_nothing_else(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        number = make_number(holder=cast.tenant, account=account, e164=numbers(1)[0], label="Desk")
        head = "number,monthly,city,note"
        applied(account, listed(f"{number.e164},0.5 USD,,Ours", head=head), cast.staff)
        number.refresh_from_db()
        assert number.monthly == Decimal("0.5")
        # What the list leaves out stays, and so do the words and the seat of whoever holds it.
        assert (number.locality, number.label, number.holder) == ("Chicago", "Desk", cast.tenant)
        event = Event.objects.get(action=events.AMENDED.name)
        assert event.before == {"monthly": "1.0000"}
        assert event.after == {"monthly": "0.5000", "file": "list.csv"}
        assert event.organization == cast.provider

    def test_changes_nothing_when_the_same_file_comes_again(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        content = listed(*(f"{number},1,USD,Chicago" for number in numbers(3)))
        first = applied(account, content, cast.staff)
        told = Event.objects.filter(number__gt="").count()
        again = applied(account, content, cast.staff)
        assert imports.earlier_of(again) == first
        assert verdicts(again) == [V.UNCHANGED] * 3
        assert Event.objects.filter(number__gt="").count() == told
        with pytest.raises(UnableToMove):
            apply(again, cast.staff)

    def test_refuses_by_name_what_changed_since_the_check(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        kept, moved, came, taken = numbers(4)
        for number in (kept, moved):
            make_number(holder=cast.provider, account=account, e164=number)
        content = listed(*(f"{number},0.5,USD," for number in (kept, moved, came, taken)))
        source = checked(account, content, cast.staff)
        PhoneNumber.objects.filter(e164=moved).update(monthly=Decimal(2))
        make_number(holder=cast.provider, account=make_carrier_account(), e164=taken)
        apply(source, cast.staff)
        assert verdicts(source) == [V.CHANGED, V.REFUSED, V.NEW, V.REFUSED]
        assert (source.new, source.changed, source.refused) == (1, 1, 2)
        assert PhoneNumber.objects.get(e164=moved).monthly == Decimal(2)
        assert "changed by somebody" in rows(source)[1].reason

    def test_returns_numbers_that_were_released_before(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        old = make_number(holder=cast.provider, account=account, e164=numbers(1)[0])
        Holding.objects.filter(number=old).delete()
        PhoneNumber.objects.filter(pk=old.pk).update(status=NumberStatus.RELEASED)
        applied(account, listed(old.e164), cast.staff)
        assert PhoneNumber.objects.live().get(e164=old.e164).pk != old.pk

    def test_respects_the_limit_of_a_dealer(self, cast: Cast) -> None:
        account = make_carrier_account(owner=cast.dealer)
        cast.dealer.number_limit = 1
        cast.dealer.save(update_fields=["number_limit"])
        source = applied(account, listed(*numbers(2)), cast.dealer_owner)
        assert source.status == ImportStatus.CHECKED
        assert "may hold 1 numbers" in source.failure
        assert in_stock(account) == []
        cast.dealer.refresh_from_db()
        assert cast.dealer.numbers_held == 0
        limits.take_number(cast.dealer)

    def test_numbers_that_came_can_be_handed_on(self, cast: Cast, account: CarrierAccount) -> None:
        applied(account, listed(*numbers(1)), cast.staff)
        number = PhoneNumber.objects.get()
        holding.allot(number=number, to=cast.dealer, actor=cast.staff, now=timezone.now())
        number.refresh_from_db()
        assert number.holder == cast.dealer


class TestRanges:
    HEAD = "from,to,size,country"

    def test_become_blocks(self, cast: Cast, account: CarrierAccount) -> None:
        first = numbers(1)[0]
        content = listed(f"{first},,10,GB", head=self.HEAD)
        source = applied(account, content, cast.staff, divisible=False)
        block = NumberBlock.objects.get()
        assert (block.first, block.size, block.divisible) == (first, 10, False)
        assert PhoneNumber.objects.filter(block=block, country="GB").count() == 10
        assert Event.objects.filter(action=events.BLOCK_DEFINED.name).count() == 1
        assert source.new == 10
        assert verdicts(applied(account, content, cast.staff)) == [V.UNCHANGED] * 10

    def test_take_in_what_is_free_in_stock(self, cast: Cast, account: CarrierAccount) -> None:
        first, second, last = numbers(3)
        make_number(holder=cast.provider, account=account, e164=second, country="GB")
        applied(account, listed(f"{first},{last},,GB", head=self.HEAD), cast.staff)
        assert NumberBlock.objects.get().numbers.count() == 3

    def test_come_whole_or_not_at_all(self, cast: Cast, account: CarrierAccount) -> None:
        first, second, last, single = numbers(4)
        make_number(holder=cast.tenant, account=account, e164=second)
        head = "number,from,to"
        content = listed(f",{first},{last}", f"{single},,", head=head)
        source = applied(account, content, cast.staff)
        assert verdicts(source) == [V.REFUSED, V.REFUSED, V.REFUSED, V.NEW]
        assert "not free in stock" in rows(source)[1].reason
        assert second in rows(source)[0].reason

    def test_that_overlap_a_block_are_refused(self, cast: Cast, account: CarrierAccount) -> None:
        some = numbers(6)
        applied(account, listed(f"{some[0]},{some[2]},,US", head=self.HEAD), cast.staff)
        source = checked(account, listed(f"{some[2]},{some[5]},,US", head=self.HEAD), cast.staff)
        assert set(verdicts(source)) == {V.REFUSED}
        assert "overlaps the block" in rows(source)[0].reason


class TestAFullList:
    def stock(self, cast: Cast, account: CarrierAccount, count: int) -> list[str]:
        there = numbers(count)
        for number in there:
            make_number(holder=cast.provider, account=account, e164=number)
        PhoneNumber.objects.update(monthly=None, setup=None, currency="")
        return there

    def test_lets_somebody_decide_about_what_it_lacks(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        there = self.stock(cast, account, 10)
        source = checked(account, listed(*there[1:]), cast.staff, is_full_list=True)
        assert (source.ours, source.missing) == (10, 1)
        apply(source, cast.staff)
        finding = Finding.objects.get()
        assert (finding.kind, finding.e164) == (FindingKind.NOT_AT_CARRIER, there[0])
        assert len(in_stock(account)) == 10
        audit = Audit.objects.get()
        assert (audit.theirs, audit.ours) == (9, 10)
        applied(account, listed(*there), cast.staff, is_full_list=True)
        assert not Finding.objects.open().exists()

    def test_that_is_too_short_is_not_believed_unless_somebody_says_so(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        there = self.stock(cast, account, 10)
        source = checked(account, listed(*there[2:]), cast.staff, is_full_list=True)
        with pytest.raises(UnableToImport, match="lacks 2 of our 10"):
            apply(source, cast.staff)
        apply(source, cast.staff, believes_short_list=True)
        assert Finding.objects.count() == 2

    def test_says_nothing_of_what_came_lately_or_stands_elsewhere(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        there = self.stock(cast, account, 2)
        PhoneNumber.objects.filter(e164=there[0]).update(bought_at=timezone.now())
        make_number(holder=cast.provider, e164=numbers(3)[2])
        source = checked(account, listed(there[1]), cast.staff, is_full_list=True)
        assert source.missing == 0

    def test_without_that_word_drops_nothing(self, cast: Cast, account: CarrierAccount) -> None:
        there = self.stock(cast, account, 10)
        applied(account, listed(there[0]), cast.staff)
        assert not Finding.objects.exists()


class TestForgetting:
    def test_leaves_what_a_list_did_and_not_its_lines(
        self, cast: Cast, account: CarrierAccount, settings: Any
    ) -> None:
        settings.IMPORT_DAYS = 30
        old = applied(account, listed(*numbers(3)), cast.staff)
        waiting = checked(account, listed(*numbers(2)), cast.staff)
        in_time = old.status_since + timedelta(days=30)
        assert import_keeping.forget(now=in_time) == 0
        assert import_keeping.forget(now=in_time + timedelta(seconds=1)) == 4
        old.refresh_from_db()
        assert (old.status, old.new) == (ImportStatus.APPLIED, 3)
        assert in_stock(account) == numbers(3)
        assert not old.rows.exists()
        assert not old.pieces.exists()
        assert waiting.rows.count() == 2


class TestWhatWaits:
    def test_is_discarded_after_a_week(self, cast: Cast, account: CarrierAccount) -> None:
        source = checked(account, listed(*numbers(2)), cast.staff)
        later = timezone.now() + timedelta(days=8)
        assert sweeps.discard_imports(now=timezone.now()) == 0
        assert sweeps.discard_imports(now=later) == 1
        source.refresh_from_db()
        assert source.status == ImportStatus.DISCARDED
        assert not ImportRow.objects.exists()
        assert not ImportPiece.objects.exists()

    def test_is_nudged_when_its_message_was_lost(self, cast: Cast, account: CarrierAccount) -> None:
        source = lists.upload(account, listed(*numbers(1)), cast.staff)
        importing.check(
            source=source,
            columns={"number": 0},
            options={},
            actor=cast.staff,
            now=timezone.now(),
        )
        assert sweeps.imports(now=timezone.now() + timedelta(minutes=1)) == 1

    def test_is_given_back_where_no_worker_ends_in_its_time(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        source = checked(account, listed(*numbers(2)), cast.staff)
        importing.apply(source=source, actor=cast.staff, now=timezone.now())
        Import.objects.filter(pk=source.pk).update(tries=importing.MOST_TRIES)
        importing.carry_out(import_id=source.pk, now=timezone.now())
        source.refresh_from_db()
        assert source.status == ImportStatus.CHECKED
        assert "Part the list" in source.failure
        assert in_stock(account) == []

        assert apply(source, cast.staff).status == ImportStatus.APPLIED

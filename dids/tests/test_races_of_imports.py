"""Two who apply lists, or one list twice, at the same moment; and a purchase beside one."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids import events
from dids.models import Verdict
from dids.states import ImportStatus
from dids.tests import lists
from dids.tests.factories import make_number
from dids.tests.lists import checked, in_stock, listed, numbers, verdicts
from dids.workflows import importing
from lib.transitions import LostRace
from portal.tests.races.threads import crowd
from trunks.tests.factories import make_carrier_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_of_two_who_apply_a_list_one_does(cast: Cast) -> None:
    account = make_carrier_account(owner=cast.provider)
    source = checked(account, listed(*numbers(3)), cast.staff)
    wanted = partial(importing.apply, actor=cast.staff, now=timezone.now())
    copies = [type(source).objects.select_related("account__owner").get() for _ in range(2)]
    with crowd() as both:
        results = both.at_once([partial(wanted, source=copy) for copy in copies])
    assert [type(result) for result in results if result is not None] == [LostRace]


def test_a_doubled_message_applies_a_list_once(cast: Cast) -> None:
    account = make_carrier_account(owner=cast.provider)
    source = checked(account, listed(*numbers(3)), cast.staff)
    importing.apply(source=source, actor=cast.staff, now=timezone.now())
    message = partial(importing.carry_out, import_id=source.pk, now=timezone.now())
    with crowd() as both:
        both.while_held("import.written", message, message)
    source.refresh_from_db()
    assert source.status == ImportStatus.APPLIED
    assert in_stock(account) == numbers(3)
    assert Event.objects.filter(action=events.IMPORTED.name).count() == 3


def test_of_two_lists_that_meet_each_number_comes_in_once(cast: Cast) -> None:
    account, other = make_carrier_account(owner=cast.provider), make_carrier_account()
    mine = checked(account, listed(*numbers(3)), cast.staff)
    theirs = checked(other, listed(*numbers(3, start=1)), cast.staff)
    for source in (mine, theirs):
        importing.apply(source=source, actor=cast.staff, now=timezone.now())
    with crowd() as both:
        results = both.while_held(
            "import.written",
            partial(importing.carry_out, import_id=mine.pk, now=timezone.now()),
            partial(importing.carry_out, import_id=theirs.pk, now=timezone.now()),
        )
    assert results == (None, None)
    assert in_stock(account) == numbers(3)
    assert in_stock(other) == numbers(1, start=3)
    assert verdicts(theirs) == [Verdict.REFUSED, Verdict.REFUSED, Verdict.NEW]


def test_a_number_that_comes_in_meanwhile_is_refused_by_name(cast: Cast) -> None:
    account = make_carrier_account(owner=cast.provider)
    one, two = numbers(2)
    source = checked(account, listed(one, two), cast.staff)
    importing.apply(source=source, actor=cast.staff, now=timezone.now())
    with crowd() as both:
        both.while_held(
            "import.applying",
            partial(importing.carry_out, import_id=source.pk, now=timezone.now()),
            partial(make_number, holder=cast.provider, e164=two, account=make_carrier_account()),
        )
    assert in_stock(account) == [one]
    assert lists.rows(source)[1].verdict == Verdict.REFUSED

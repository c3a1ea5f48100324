"""Two steps on many numbers that share some, and one that ends in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

import pytest
from django.db import Error, connection
from django.test import Client
from django.utils import timezone

from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from dids.models import Offer, PhoneNumber
from dids.states import NumberStatus
from portal.tests.races.threads import Crowd, crowd
from portal.web.bulk import taking
from portal.web.bulk.table import STEPS
from provisioning.tests.scene import make_account, make_numbers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def two() -> Iterator[Crowd]:
    """Give two threads."""
    with crowd(2) as threads:
        yield threads


@pytest.fixture
def stock(cast: Cast) -> list[str]:
    """Give numbers in the dealer's stock."""
    return make_numbers(
        make_account(), cast.dealer, count=12, assigned=False, status=NumberStatus.AVAILABLE
    )


def seller(cast: Cast) -> Client:
    """Sign the dealer's owner in."""
    client = Client()
    client.force_login(cast.dealer_owner.membership.user)
    return client


def ready(client: Client, step: str, numbers: list[str], to: Organization) -> dict[str, str]:
    """Look at a preview; give the form that has it done."""
    chosen = "".join(f"&number={quote(number)}" for number in numbers)
    page = client.get(f"/numbers/bulk/?step={step}&to={to.uuid}{chosen}").content.decode()
    form = page[page.index(f'action="/numbers/bulk/{step}/"') :]
    return {
        name: form.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("to", "numbers", "key")
    }


def send(client: Client, step: str, form: dict[str, str]) -> str:
    """Have a step done; give the page of its outcome."""
    return client.post(f"/numbers/bulk/{step}/", form, follow=True).content.decode()


@pytest.mark.parametrize("held", [True, False])
def test_each_number_goes_to_one_of_two_and_the_other_is_told(
    cast: Cast, stock: list[str], two: Crowd, held: bool
) -> None:
    both = stock[4:8]
    sides = (("allot", stock[:8]), ("offer", list(reversed(stock[4:]))))
    works = []
    for step, numbers in sides:
        client = seller(cast)
        works.append(partial(send, client, step, ready(client, step, numbers, cast.tenant)))
    if held:
        pages = list(map(str, two.while_held("numbers.locked", works[0], works[1])))
        assert "8 numbers done" in pages[0]
    else:
        pages = list(map(str, two.at_once(works)))
    allotted = set(PhoneNumber.objects.filter(holder=cast.tenant).values_list("e164", flat=True))
    offered = set(Offer.objects.open().values_list("number__e164", flat=True))
    assert allotted | offered == set(stock)
    assert not allotted & offered
    assert allotted & set(both) in (set(), set(both)), "each step is one transaction"
    assert sum("It was changed after you looked" in page for page in pages) == 1
    dealer, tenant = (Organization.objects.get(pk=one.pk) for one in (cast.dealer, cast.tenant))
    assert (dealer.numbers_held, tenant.numbers_held) == (12 - len(allotted), len(allotted))


def test_one_whose_connection_ends_in_the_middle_has_done_nothing(
    cast: Cast, stock: list[str], two: Crowd
) -> None:
    step, seen, actor = STEPS["allot"], dict.fromkeys(stock, ""), cast.dealer_owner
    form = step.form({"to": str(cast.tenant.uuid)}, actor=actor)
    assert form.is_valid()
    events = Event.objects.count()
    take = partial(taking.take, step, seen, form, actor=actor, now=timezone.now())
    with pytest.raises(Error):
        two.while_held("numbers.locked", take, cut)
    assert set(PhoneNumber.objects.values_list("holder", flat=True)) == {cast.dealer.pk}
    assert Event.objects.count() == events
    assert take().count == len(stock)


def cut() -> None:
    """End the connection that is in the middle of its work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE state = 'idle in transaction' AND datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )

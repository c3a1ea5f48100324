"""Two people send the form of one thing at the same moment: one of them is told of the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from django.test import Client

from accounts.tests.cast import Cast
from dids.models import PhoneNumber
from portal.tests.races.threads import Crowd, crowd
from provisioning.tests.scene import make_account, make_numbers, make_pbx, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def two() -> Iterator[Crowd]:
    """Give two threads."""
    with crowd(2) as threads:
        yield threads


@pytest.fixture
def here(cast: Cast) -> str:
    """Give the page of a number that rings at extension 101."""
    place(cast.tenant, make_pbx())
    (e164,) = make_numbers(make_account(), cast.tenant)
    return f"/numbers/{e164}/"


def seen_on(client: Client, here: str) -> str:
    """Give what the form on a page carries."""
    page = client.get(here).content.decode()
    return page.split('name="seen" value="')[1].split('"')[0]


def send(client: Client, here: str, seen: str, extension: str) -> int:
    """Point the number at an extension."""
    form = {"kind": "EXTENSION", "value": extension, "label": "", "seen": seen}
    return client.post(f"{here}assign/", form).status_code


def test_one_of_two_who_saw_the_same_is_refused(cast: Cast, here: str, two: Crowd) -> None:
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(cast.tenant_owner.membership.user)
    for turn in range(5):
        seen = [seen_on(client, here) for client in clients]
        works = [
            partial(send, client, here, saw, f"{turn}0{place}")
            for place, (client, saw) in enumerate(zip(clients, seen, strict=True))
        ]
        assert sorted(map(str, two.at_once(works))) == ["302", "409"]


def test_the_one_who_waits_for_the_other_is_refused(cast: Cast, here: str, two: Crowd) -> None:
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(cast.tenant_owner.membership.user)
    first, second = (
        partial(send, client, here, seen_on(client, here), extension)
        for client, extension in zip(clients, ("201", "202"), strict=True)
    )
    assert two.while_held("numbers.locked", first, second) == (302, 409)
    assert PhoneNumber.objects.get().assignment.value == "201"

"""The journal over the API: narrowed in every way, and walked by moment in both directions."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from accounts import events
from accounts.actors import Actor
from accounts.journal import EventType, record
from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from accounts.work import acting
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.test_pages import walk

NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)
NUMBER = "+13125550199"


def write(
    actor: Actor,
    organization: Organization,
    *,
    at: datetime = NOW,
    event_type: EventType = events.SUSPENDED,
    subject: str = "tests.thing:1",
    number: str = "",
) -> str:
    """Write one event; gives its id."""
    with acting(actor):
        event = record(
            actor, event_type, now=at, subject=subject, organization=organization, number=number
        )
    return str(event.uuid)


@pytest.fixture
def caller(cast: Cast) -> Caller:
    """Give a program of the dealer."""
    return caller_of(cast.dealer)


def ids(caller: Caller, **filters: Any) -> list[str]:
    """Give the events that a caller finds, the newest first."""
    body = caller.get(f"events?{urlencode(filters)}").body
    return [event["id"] for event in body["results"]]


class TestFilters:
    def test_find_what_somebody_did(self, cast: Cast, caller: Caller) -> None:
        mine = write(cast.dealer_owner, cast.dealer)
        theirs = write(cast.tenant_owner, cast.tenant)
        assert ids(caller, actor=cast.tenant_owner.name) == [theirs]
        assert {mine, theirs} <= set(ids(caller, actor="member"))
        assert mine not in ids(caller, actor="system")

    def test_find_what_happened_by_its_name_or_its_thing(self, cast: Cast, caller: Caller) -> None:
        suspended = write(cast.dealer_owner, cast.dealer)
        resumed = write(cast.dealer_owner, cast.dealer, event_type=events.RESUMED)
        assert ids(caller, action="accounts.organization.suspended") == [suspended]
        assert {suspended, resumed} <= set(ids(caller, action="accounts.organization"))
        assert ids(caller, action="no.such.thing") == []

    def test_find_what_happened_to_a_thing_or_a_number(self, cast: Cast, caller: Caller) -> None:
        one = write(cast.dealer_owner, cast.dealer, subject="tests.thing:2", number=NUMBER)
        assert ids(caller, subject="tests.thing:2") == [one]
        assert ids(caller, number=NUMBER) == ids(caller, number=NUMBER[1:]) == [one]
        # A plus that nobody escaped is a space.
        assert [event["id"] for event in caller.get(f"events?number={NUMBER}").body["results"]] == [
            one
        ]

    def test_find_what_happened_between_two_moments(self, cast: Cast, caller: Caller) -> None:
        days = [write(cast.dealer_owner, cast.dealer, at=NOW + n * DAY) for n in range(1, 4)]
        since, until = (NOW + DAY).isoformat(), (NOW + 3 * DAY).isoformat()
        assert ids(caller, **{"from": since, "to": until}) == [days[1], days[0]]

    def test_find_what_happened_at_an_organization_and_below(
        self, cast: Cast, caller: Caller
    ) -> None:
        here, below = write(cast.dealer_owner, cast.dealer), write(cast.tenant_owner, cast.tenant)
        assert {here, below} <= set(ids(caller, organization=cast.dealer.uuid))
        found = ids(caller, organization=cast.tenant.uuid)
        assert below in found
        assert here not in found

    def test_show_nothing_of_strangers(self, cast: Cast, caller: Caller) -> None:
        write(cast.rival_tenant_owner, cast.rival_tenant, subject="tests.thing:3", number=NUMBER)
        for filters in (
            {"organization": cast.rival_tenant.uuid},
            {"actor": cast.rival_tenant_owner.name},
            {"subject": "tests.thing:3"},
            {"number": NUMBER},
        ):
            assert ids(caller, **filters) == [], filters

    @pytest.mark.parametrize("query", ["from=soon", "to=2026-13-01", "organization=7", "who=me"])
    def test_refuse_what_cannot_be_read(self, caller: Caller, query: str) -> None:
        assert caller.get(f"events?{query}").is_problem(422, query.partition("=")[0])


class TestPages:
    def test_go_by_moment_whenever_it_was_written_down(self, cast: Cast, caller: Caller) -> None:
        # Moments need not rise with keys: who began first may write last.
        at = [NOW + DAY, NOW + 3 * DAY, NOW + 2 * DAY, NOW + 2 * DAY]
        written = [write(cast.dealer_owner, cast.dealer, at=moment) for moment in at]
        wanted = [written[1], written[3], written[2], written[0]]
        pages = walk(caller, "events?limit=1&subject=tests.thing:1")
        assert [event["id"] for page in pages for event in page] == wanted
        pages = walk(caller, f"events?limit=3&organization={cast.dealer.uuid}")
        assert [event["id"] for page in pages for event in page][:4] == wanted

    def test_lead_back_again(self, cast: Cast, caller: Caller) -> None:
        for place in range(5):
            write(cast.dealer_owner, cast.dealer, at=NOW + (place // 2) * DAY)
        first = caller.get("events?limit=2&subject=tests.thing:1").body
        assert first["previous"] is None
        second = caller.get(first["next"].split("/api/v1/")[1]).body
        third = caller.get(second["next"].split("/api/v1/")[1]).body
        assert (len(third["results"]), third["next"]) == (1, None)
        back = caller.get(third["previous"].split("/api/v1/")[1]).body
        assert back["results"] == second["results"]
        back = caller.get(back["previous"].split("/api/v1/")[1]).body
        assert back["results"] == first["results"]
        assert back["previous"] is None

    @pytest.mark.parametrize(
        "start", [7, "x", [], ["2026-01-01", 1], ["2026-01-01T00:00:00+00:00", "1"], [None, 1]]
    )
    def test_refuse_addresses_that_are_not_ours(self, caller: Caller, start: Any) -> None:
        cursor = base64.urlsafe_b64encode(json.dumps(["n", start]).encode()).decode().rstrip("=")
        assert caller.get(f"events?cursor={cursor}").is_problem(422, "cursor")

    def test_end_where_the_rows_do(self, cast: Cast, caller: Caller) -> None:
        write(cast.dealer_owner, cast.dealer)
        assert Event.objects.exists()
        body = caller.get("events?subject=tests.thing:9").body
        assert body == {"results": [], "next": None, "previous": None}

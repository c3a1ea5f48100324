"""The journal on pages: found in every way, followed, opened, and taken out as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from accounts import events, sealing
from accounts.actors import Actor
from accounts.catalogue import CATALOGUE
from accounts.journal import EventType, record
from accounts.models import Event, Organization, Role
from accounts.tests.cast import Cast
from accounts.work import acting
from portal.tests.api.world import CARRIER_MARKS, COST_MARKS, TENANT_NUMBER, World
from portal.tests.web.visitor import Visitor, visitor_of
from portal.web import journal_pages
from portal.web.journal_words import OF_THE_PROVIDER, THINGS

DAY = timedelta(days=1)


def write(
    cast: Cast,
    *,
    at: datetime | None = None,
    actor: Actor | None = None,
    event_type: EventType = events.SUSPENDED,
    organization: Organization | None = None,
    **more: Any,
) -> Event:
    """Write one event of the dealer's."""
    actor = actor or cast.dealer_owner
    with acting(actor):
        return record(
            actor,
            event_type,
            now=at or timezone.now(),
            subject=more.pop("subject", "tests.thing:1"),
            organization=organization or cast.dealer,
            **more,
        )


def lines(visitor: Visitor, query: str = "") -> list[str]:
    """Give the sentences that a page shows."""
    page = visitor.get(f"/journal/{query}").text
    return re.findall(
        r"<summary><span[^>]*><time[^>]*>[^<]*</time></span><span>([^<]*)</span>", page
    )


@pytest.fixture
def dealer(cast: Cast) -> Visitor:
    """Give an owner of the dealer."""
    return Visitor(cast.dealer_owner.membership)


class TestIndex:
    def test_shows_the_newest_first_and_goes_on_page_by_page(
        self, cast: Cast, dealer: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journal_pages, "SIZE", 2)
        now = timezone.now()
        for number in range(5):
            write(cast, at=now - number * DAY, number=f"+1312555010{number}", reason=f"R{number}")
        query, seen = "", []
        while True:
            page = dealer.get(f"/journal/{query}").text
            seen.append(re.findall(r"<dd class=\"col-sm-9\">(R\d)</dd>", page))
            following = re.search(r'href="(\?before=[^"]+)" rel="next"', page)
            if following is None:
                break
            query = following[1]
        assert seen == [["R0", "R1"], ["R2", "R3"], ["R4"]]
        assert "First page" in page

    def test_shows_a_wrong_link_as_the_first_page(self, cast: Cast, dealer: Visitor) -> None:
        write(cast)
        for cut in ("x", "WyJhIl0", "W251bGwsMV0", "WyIyMDI2LTAxLTAxIiwxXQ", "é", "\0"):
            assert len(lines(dealer, f"?before={quote(cut)}")) == 1
        odd = "?who=x&what=y&touches=z&organization=7&subject=%00"
        assert len(lines(dealer, odd)) == 1

    def test_takes_days_as_those_of_the_reader(self, cast: Cast, dealer: Visitor) -> None:
        # 03:00 in UTC is the evening before in Chicago.
        write(cast, at=datetime(2026, 3, 9, 3, 0, tzinfo=UTC))
        assert len(lines(dealer, "?since=2026-03-08&until=2026-03-08")) == 1
        assert lines(dealer, "?since=2026-03-09") == []
        assert lines(dealer, "?until=2026-03-07") == []
        assert "America/Chicago" in dealer.get("/journal/").text

    @pytest.mark.parametrize(
        ("query", "trouble"),
        [
            ("?since=soon", "year-month-day"),
            ("?until=9999-12-31", "less than or equal to"),
            ("?number=mum", "“mum” is not a phone number"),
        ],
    )
    def test_says_what_cannot_be_read(
        self, cast: Cast, dealer: Visitor, query: str, trouble: str
    ) -> None:
        write(cast)
        assert trouble in dealer.get(f"/journal/{query}").text
        assert lines(dealer, query) == []

    def test_is_narrowed_by_who_and_what_and_where(self, cast: Cast, dealer: Visitor) -> None:
        write(cast, reason="by the owner")
        write(cast, actor=cast.staff, organization=cast.tenant, number=TENANT_NUMBER)
        write(cast, event_type=events.CLIENT_ISSUED, after={"name": "Robot"})
        me = quote(cast.dealer_owner.name)
        assert len(lines(dealer)) == 3
        assert len(lines(dealer, f"?who={me}")) == 2
        assert len(lines(dealer, "?who=member")) == 3
        assert len(lines(dealer, "?who=client")) == 0
        assert len(lines(dealer, "?what=accounts.organization")) == 2
        assert len(lines(dealer, "?what=accounts.client.issued")) == 1
        assert len(lines(dealer, f"?organization={cast.tenant.uuid}")) == 1
        assert len(lines(dealer, f"?organization={cast.dealer.uuid}")) == 3
        assert len(lines(dealer, "?number=(312) 555-0101")) == 1
        assert len(lines(dealer, "?subject=tests.thing:1")) == 3
        assert len(lines(dealer, "?touches=CALLS")) == 0
        staff = visitor_of(cast.provider)
        assert len(lines(staff, f"?organization={cast.tenant.uuid}")) == 1

    def test_names_nobody_from_above_and_offers_nothing_to_find_them_by(
        self, cast: Cast, dealer: Visitor
    ) -> None:
        write(cast, actor=cast.staff)
        page = dealer.get("/journal/").text
        assert "Your provider suspended" in page
        assert str(cast.staff.membership.uuid) not in page

    def test_of_a_rival_is_not_there(self, cast: Cast) -> None:
        write(cast)
        rival = visitor_of(cast.rival_dealer)
        assert lines(rival) == []
        assert lines(rival, f"?organization={cast.dealer.uuid}") == []

    def test_tells_what_no_code_declares_any_more(self, cast: Cast, dealer: Visitor) -> None:
        gone = EventType("accounts.parrot.taught_words", "")
        write(cast, event_type=gone, after={"word": "hello"})
        (line,) = lines(dealer)
        assert line.endswith(": accounts parrot taught words.")
        assert "hello" not in dealer.get("/journal/").text
        assert "hello" in visitor_of(cast.provider).get("/journal/").text


class TestEvent:
    def test_opens_to_what_changed_why_and_its_seal(self, cast: Cast, dealer: Visitor) -> None:
        write(
            cast,
            subject=f"accounts.organization:{cast.tenant.uuid}",
            before={"limit": 1},
            after={"limit": 2, "list": ["a"]},
            reason="Bigger <now>",
        )
        assert "being sealed" in dealer.get("/journal/").text
        sealing.seal_pending(timezone.now())
        page = dealer.get("/journal/").text
        assert re.search(r'<td data-label="Before">1</td><td data-label="After">2</td>', page)
        assert "Bigger &lt;now&gt;" in page
        assert re.search(r"position \d+, sealed .* <code>[0-9a-f]{64}</code>", page)
        assert f'href="/organizations/{cast.tenant.uuid}/">open it' in page

    def test_hides_what_the_api_hides(self, world: World) -> None:
        things = sorted({known.thing for known in CATALOGUE.values()})

        def read(organization: Organization) -> str:
            visitor = visitor_of(organization)
            return "".join(visitor.get(f"/journal/?what={thing}").text for thing in things)

        for organization in (world.cast.dealer, world.cast.tenant):
            told = read(organization)
            assert "some destination" in told
            for mark in (*CARRIER_MARKS, *COST_MARKS, str(world.account.uuid)):
                assert mark not in told
        assert "MARK-CARRIER" in read(world.cast.provider)


class TestFollow:
    def test_is_silent_until_there_is_more(self, cast: Cast, dealer: Visitor) -> None:
        write(cast)
        page = dealer.get("/journal/?follow=1&what=accounts.organization").text
        asks = re.search(r'hx-get="(/journal/\?[^"]+)"', page)
        assert asks is not None
        path = asks[1].replace("&amp;", "&")
        htmx = {"HX-Request": "true"}
        assert dealer.client.get(path, headers=htmx).status_code == 204
        write(cast, event_type=events.CLIENT_ISSUED, after={"name": "Robot"})
        assert dealer.client.get(path, headers=htmx).status_code == 204, "of another kind"
        write(cast)
        told = dealer.client.get(path, headers=htmx)
        assert told.status_code == 200
        assert "New events: show them" in told.text
        assert 'href="?follow=1&amp;what=accounts.organization"' in told.text

    def test_is_offered_on_the_first_page_alone(self, cast: Cast, dealer: Visitor) -> None:
        write(cast)
        assert 'href="?follow=1"' in dealer.get("/journal/").text
        deep = journal_pages._text((timezone.now() + DAY, 1 << 40))
        page = dealer.get(f"/journal/?before={deep}&follow=1").text
        assert 'hx-get="/journal/?' not in page


def file_of(visitor: Visitor, **form: str) -> list[list[str]]:
    """Take the journal out; give heads and rows."""
    answer = visitor.post("/journal/export/", **form)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


class TestExport:
    def test_holds_what_was_found_in_the_readers_zone(self, cast: Cast, dealer: Visitor) -> None:
        write(cast, at=datetime(2026, 3, 9, 3, 0, tzinfo=UTC), reason="=1+1")
        write(cast, event_type=events.CLIENT_ISSUED, after={"name": "Robot"})
        heads, row = file_of(dealer, what="accounts.organization")
        told = dict(zip(heads, row, strict=True))
        assert told["Time (America/Chicago)"] == "2026-03-08T22:00:00-05:00"
        assert told["Reason"] == "'=1+1"
        assert told["Organization"] == cast.dealer.name

    def test_is_recorded_before_the_first_line_leaves(self, cast: Cast, dealer: Visitor) -> None:
        request = {"who": "member", "since": "2026-01-01"}
        answer: Any = dealer.client.post("/journal/export/", request)
        (event,) = Event.objects.filter(action="accounts.journal.exported")
        assert event.organization == cast.dealer
        assert event.after == {"what": "from: 2026-01-01; who: people"}
        assert answer.streaming
        assert len(list(answer.streaming_content)) == 2, "heads and the export itself"
        assert (
            "exported the journal: from: 2026-01-01; who: people." in dealer.get("/journal/").text
        )

    def test_ends_at_its_limit_and_says_so(
        self, cast: Cast, dealer: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journal_pages, "MOST", 4)
        monkeypatch.setattr(journal_pages, "BATCH", 3)
        for number in range(6):
            write(cast, at=datetime(2026, 3, 9 - number, 18, 0, tzinfo=UTC), reason=f"R{number}")
        *rows, last = file_of(dealer, what="accounts.organization")[1:]
        assert [row[-4] for row in rows] == ["R0", "R1", "R2", "R3"]
        assert last[1] == "The file ends here, with 4 events. For the rest, export to 2026-03-06."

    def test_is_refused_where_the_filter_cannot_be_read(self, cast: Cast, dealer: Visitor) -> None:
        answer = dealer.post("/journal/export/", number="mum")
        assert answer.status_code == 422
        assert "“mum” is not a phone number" in answer.text
        assert not Event.objects.filter(action="accounts.journal.exported").exists()

    def test_hides_what_the_page_hides(self, world: World) -> None:
        for organization in (world.cast.dealer, world.cast.tenant):
            text = str(file_of(visitor_of(organization)))
            for mark in (*CARRIER_MARKS, *COST_MARKS, str(world.account.uuid)):
                assert mark not in text


def test_everything_that_can_happen_has_a_name_to_choose() -> None:
    declared = {one.thing for name, one in CATALOGUE.items() if not name.startswith("test.")}
    assert declared == set(THINGS)
    assert declared >= OF_THE_PROVIDER


class TestWaysIn:
    def test_lead_from_each_thing_to_what_happened_to_it(self, world: World) -> None:
        staff = visitor_of(world.cast.provider)
        for path in (
            f"/numbers/{TENANT_NUMBER}/",
            f"/orders/{world.order.uuid}/",
            f"/organizations/{world.cast.tenant.uuid}/",
            f"/people/{world.member.uuid}/",
            f"/api-clients/{world.client.uuid}/",
            f"/carriers/{world.account.uuid}/",
            f"/trunks/{world.trunk.uuid}/",
            f"/pbxs/{world.pbx.uuid}/",
        ):
            found = re.findall(r'href="(/journal/\?[^"]+)"', staff.get(path).text)
            assert found, path
            for way in found:
                assert staff.get(way).status_code == 200, way

    def test_narrow_it_to_that_thing(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer)
        (way,) = re.findall(
            r'href="/journal/(\?[^"]+)"', dealer.get(f"/numbers/{TENANT_NUMBER}/").text
        )
        page = dealer.get(f"/journal/{way}").text
        assert set(re.findall(r'data-copy="([^"]+)"', page)) == {TENANT_NUMBER}

    def test_are_not_there_for_whom_the_journal_is_closed(self, world: World) -> None:
        viewer = visitor_of(world.cast.tenant, Role.VIEWER)
        page = viewer.get(f"/numbers/{TENANT_NUMBER}/")
        assert page.status_code == 200
        assert "/journal/?" not in page.text


class TestWaysOut:
    def test_lead_to_what_the_reader_can_open_and_nowhere_else(self, world: World) -> None:
        for organization in (world.cast.provider, world.cast.dealer, world.cast.tenant):
            visitor = visitor_of(organization)
            page = visitor.get("/journal/").text
            ways = set(re.findall(r'<a href="(/(?!journal)[a-z-]+/[^"]+/)">', page))
            assert ways
            for way in ways:
                assert visitor.get(way).status_code == 200, way

    def test_do_not_lead_to_a_number_that_went_on_to_others(
        self, cast: Cast, dealer: Visitor
    ) -> None:
        write(cast, number="+13125550199")
        page = dealer.get("/journal/").text
        assert "+13125550199" in page
        assert "/numbers/+13125550199/" not in page

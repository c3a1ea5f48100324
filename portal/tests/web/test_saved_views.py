"""Views of lists: saved, shown above the list, named anew, shared, deleted, and taken back."""

from __future__ import annotations

import re

import pytest

from accounts.models import Role, SavedView
from accounts.tests.cast import Cast
from accounts.tests.factories import make_member
from accounts.workflows import saved_views
from portal.tests.web.visitor import Visitor, visitor_of


@pytest.fixture
def dealer(cast: Cast) -> Visitor:
    """Give an owner of the dealer."""
    return visitor_of(cast.dealer)


def save(visitor: Visitor, name: str, query: str = "?rings=no", **more: str) -> str:
    """Save a view; give where it leads."""
    answer = visitor.post("/views/save/", page="numbers", query=query, name=name, **more)
    assert answer.status_code == 302, answer.text
    return str(answer["Location"])


def links(visitor: Visitor, path: str = "/numbers/") -> list[tuple[str, str]]:
    """Give the views above a list."""
    found = re.findall(r'<a class="chip" href="(\?[^"]*)"[^>]*>([^<]*)', visitor.get(path).text)
    return [(query.replace("&amp;", "&"), name.strip()) for query, name in found]


class TestSaving:
    def test_keeps_filters_order_and_columns_but_not_the_place(self, dealer: Visitor) -> None:
        here = "?rings=no&sort=-number&columns=tags&after=abc&panel=1"
        there = save(dealer, "  Loose   ones ", here)
        assert there == "/numbers/?rings=no&sort=-number&columns=tags"
        page = dealer.get(there).text
        assert "The view “Loose ones” is saved." in page
        assert 'aria-current="page">Loose ones' in page
        assert links(dealer) == [("?rings=no&sort=-number&columns=tags", "Loose ones")]

    def test_again_names_it_anew_or_changes_what_it_shows(self, dealer: Visitor) -> None:
        save(dealer, "Loose", "?rings=no")
        save(dealer, "Nowhere", "?rings=no")
        assert links(dealer) == [("?rings=no", "Nowhere")]
        save(dealer, "Nowhere", "?rings=no&country=US")
        assert links(dealer) == [("?rings=no&country=US", "Nowhere")]

    def test_is_refused_with_the_input_kept(self, dealer: Visitor) -> None:
        sent = {"page": "numbers", "query": "?rings=no", "name": ""}
        answer = dealer.post("/views/save/", **sent)
        assert answer.status_code == 422
        assert 'name="query" value="rings=no"' in answer.text or "rings=no" in answer.text
        assert dealer.post("/views/save/", **{**sent, "page": "moon"}).status_code == 422
        for place in range(saved_views.MOST):
            save(dealer, f"v{place}", f"?search={place}")
        answer = dealer.post("/views/save/", **{**sent, "name": "more"})
        assert answer.status_code == 422
        assert f"You have {saved_views.MOST} views of this list" in answer.text
        too_long = {**sent, "name": "long", "query": "?search=" + "9" * 1500}
        assert "too many filters" in dealer.post("/views/save/", **too_long).text

    def test_is_for_every_list(self, cast: Cast) -> None:
        staff = visitor_of(cast.provider)
        for path in ("numbers", "orders", "organizations", "people", "api-clients", "carriers"):
            assert 'action="/views/save/"' in staff.get(f"/{path}/").text, path


class TestViews:
    def test_are_ones_own_unless_they_are_shared(self, cast: Cast, dealer: Visitor) -> None:
        save(dealer, "Mine")
        save(dealer, "Ours", "?rings=yes", is_shared="on")
        colleague = visitor_of(cast.dealer, Role.OPERATOR)
        assert [name for _, name in links(colleague)] == ["Ours"]
        assert links(visitor_of(cast.tenant)) == []
        assert links(visitor_of(cast.provider)) == []

    def test_are_shared_by_those_who_manage_people(self, cast: Cast) -> None:
        operator = visitor_of(cast.dealer, Role.OPERATOR)
        save(operator, "Mine", is_shared="on")
        assert not SavedView.objects.get().is_shared
        assert "Share it" not in operator.get("/numbers/").text

    def test_of_a_seat_stay_there(self, cast: Cast, dealer: Visitor) -> None:
        dealer.post(f"/acting/{cast.tenant.uuid}/")
        save(dealer, "Theirs", is_shared="on")
        assert [name for _, name in links(dealer)] == ["Theirs"]
        assert [name for _, name in links(visitor_of(cast.tenant))] == ["Theirs"]
        dealer.post("/acting/stop/")


class TestDeleting:
    def test_can_be_undone(self, cast: Cast, dealer: Visitor) -> None:
        save(dealer, "Loose", is_shared="on")
        view = SavedView.objects.get()
        answer = dealer.post(f"/views/{view.uuid}/delete/")
        assert answer["Location"] == "/numbers/"
        page = dealer.get("/numbers/").text
        assert not SavedView.objects.exists()
        form = page[page.index("The view “Loose” is deleted") :]
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)[1:5])
        dealer.post("/views/save/", **fields)
        assert SavedView.objects.get().is_shared

    def test_is_not_for_everybody(self, cast: Cast, dealer: Visitor) -> None:
        save(dealer, "Ours", is_shared="on")
        save(dealer, "Mine", "?rings=yes")
        ours, mine = SavedView.objects.order_by("-name")
        operator = Visitor(make_member(organization=cast.dealer, role=Role.OPERATOR))
        assert operator.post(f"/views/{ours.uuid}/delete/").status_code == 422
        assert operator.post(f"/views/{mine.uuid}/delete/").status_code == 404
        manager = Visitor(make_member(organization=cast.dealer, role=Role.MANAGER))
        assert manager.post(f"/views/{ours.uuid}/delete/").status_code == 302

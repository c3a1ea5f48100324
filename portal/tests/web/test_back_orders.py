from __future__ import annotations

from decimal import Decimal

import pytest

from dids.models import BackOrder
from dids.states import BackOrderStatus
from portal.tests.api.world import World
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


class TestKeepLooking:
    def test_asks_the_question_of_the_search_again_within_limits(
        self, world: World, staff: Visitor
    ) -> None:
        assert "Keep looking" in staff.get(f"/buy/{world.search.uuid}/").text
        path, form = REQUESTS["create_back_order"](world)
        sent = staff.post(path, **{**form, "when_found": "BUY", "most_each": "3.50"})
        made = BackOrder.objects.latest("pk")
        assert sent.url == f"/back-orders/{made.uuid}/"
        assert (made.wanted["country"], made.quantity) == ("US", 2)
        assert (made.most_each, made.payer) == (Decimal("3.50"), world.cast.provider)
        assert "A number at most" in staff.get(sent.url).text

    def test_wants_a_limit_where_it_buys_by_itself(self, world: World, staff: Visitor) -> None:
        path, form = REQUESTS["create_back_order"](world)
        answer = staff.post(path, **{**form, "when_found": "BUY"})
        assert answer.status_code == 422
        assert 'id="id_most_each_error"' in answer.text


class TestDetail:
    def test_says_how_it_stands_and_cancels_it_once(self, world: World, staff: Visitor) -> None:
        there = f"/back-orders/{world.back_order.uuid}/"
        assert "waiting for the next look" in staff.get(there).text
        assert staff.post(f"{there}look-now/").url == there
        assert staff.post(f"{there}cancel/").url == there
        world.back_order.refresh_from_db()
        assert world.back_order.status == BackOrderStatus.CANCELLED
        assert staff.post(f"{there}cancel/").status_code == 409
        assert "Cancel it" not in staff.get(there).text

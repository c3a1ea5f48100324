"""What people do on the pages: done, refused beside the field, too late, and never by forgery."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from accounts.models import Event, Membership, Organization, Role
from accounts.tests.factories import make_member, make_user
from dids.models import Offer, PhoneNumber
from dids.states import NumberStatus, OfferStatus
from dids.workflows import holding
from portal.endpoints import PAGES, Endpoint
from portal.tests.api.world import DEALER_STOCK, LOOSE, OFFERED, STOCK, TENANT_NUMBER, World
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of

ACTIONS = [endpoint for endpoint in PAGES if endpoint.method == "POST"]


@pytest.fixture
def tenant(world: World) -> Visitor:
    """Give an owner of the tenant."""
    return visitor_of(world.cast.tenant)


def errors_of(page: str, field: str) -> str:
    """Give the words that stand beside a field."""
    found = re.findall(rf'id="id_{field}_error">([^<]*)<', page)
    return " ".join(found)


def number(e164: str) -> PhoneNumber:
    """Read a number anew."""
    return PhoneNumber.objects.select_related("assignment", "holder").get(e164=e164)


class TestForgery:
    @pytest.mark.parametrize("endpoint", ACTIONS, ids=lambda endpoint: endpoint.name)
    def test_is_refused_by_every_action(self, world: World, endpoint: Endpoint) -> None:
        member = make_member(organization=world.cast.tenant)
        before = Event.objects.count()
        answer = Visitor(member, checks_csrf=True).ask(endpoint, world)
        assert answer.status_code == 403
        assert "Nothing was done" in answer.content.decode()
        assert Event.objects.count() == before

    def test_does_not_stop_whoever_has_the_page_open(self, world: World) -> None:
        visitor = Visitor(make_member(organization=world.cast.tenant), checks_csrf=True)
        page = visitor.get(f"/numbers/{LOOSE}/").content.decode()
        (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        path, form = REQUESTS["assign"](world)
        assert visitor.post(path, **form, csrfmiddlewaretoken=token).status_code == 302


class TestAssign:
    def test_points_the_number_and_shows_it(self, world: World, tenant: Visitor) -> None:
        path, form = REQUESTS["assign"](world)
        answer = tenant.post(path, **form)
        assert (answer.status_code, answer["Location"]) == (302, f"/numbers/{LOOSE}/")
        assert str(number(LOOSE).assignment.destination) == "Extension 101"
        assert "Extension 101" in tenant.get(answer["Location"]).content.decode()

    def test_moves_the_number_where_its_holder_says_next(
        self, world: World, tenant: Visitor
    ) -> None:
        path, form = REQUESTS["assign"](world)
        tenant.post(path, **form)
        tenant.post(path, **{**form, "kind": "RING_GROUP", "value": "200"})
        assert str(number(LOOSE).assignment.destination) == "Ring group 200"

    @pytest.mark.parametrize(
        ("change", "field", "words"),
        [
            ({"value": ""}, "value", "for example 101"),
            ({"value": "not a place!"}, "value", "for example 101"),
            ({"value": "a\x00b"}, "value", "Null characters"),
            ({"kind": "MOON"}, "kind", "Select a valid choice"),
            ({"kind": "EXTERNAL_NUMBER"}, "kind", "Select a valid choice"),
            ({"label": "x" * 101}, "label", "at most 100 characters"),
        ],
    )
    def test_is_refused_beside_the_field(
        self, world: World, tenant: Visitor, change: dict[str, str], field: str, words: str
    ) -> None:
        path, form = REQUESTS["assign"](world)
        answer = tenant.post(path, **{**form, **change})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert words in errors_of(page, field)
        assert 'aria-invalid="true"' in page
        assert not hasattr(number(LOOSE), "assignment")

    def test_keeps_what_was_typed_when_it_is_refused(self, world: World, tenant: Visitor) -> None:
        path, form = REQUESTS["assign"](world)
        page = tenant.post(path, **{**form, "value": "1 2", "label": "Bar"}).content.decode()
        assert 'value="1 2"' in page
        assert 'value="Bar"' in page

    def test_of_stock_says_whose_it_is(self, world: World) -> None:
        form = REQUESTS["assign"](world)[1]
        answer = visitor_of(world.cast.dealer).post(f"/numbers/{DEALER_STOCK}/assign/", **form)
        assert answer.status_code == 409
        assert "Allot it to a tenant first" in answer.content.decode()

    def test_of_somebody_belows_number_names_the_next_step(self, world: World) -> None:
        path, form = REQUESTS["assign"](world)
        answer = visitor_of(world.cast.dealer).post(path, **form)
        assert answer.status_code == 422
        assert "Act for Oak Street Dental" in answer.content.decode()


class TestUnassign:
    def test_lets_the_number_ring_nowhere(self, world: World, tenant: Visitor) -> None:
        path, _ = REQUESTS["unassign"](world)
        assert tenant.post(path)["Location"] == f"/numbers/{TENANT_NUMBER}/"
        assert not hasattr(number(TENANT_NUMBER), "assignment")

    def test_is_a_409_once_it_rings_nowhere(self, world: World, tenant: Visitor) -> None:
        answer = tenant.post(f"/numbers/{LOOSE}/unassign/")
        assert answer.status_code == 409
        assert "points nowhere" in answer.content.decode()

    def test_of_somebody_belows_number_is_a_422(self, world: World) -> None:
        answer = visitor_of(world.cast.dealer).post(REQUESTS["unassign"](world)[0])
        assert answer.status_code == 422
        assert hasattr(number(TENANT_NUMBER), "assignment")


class TestGiveBack:
    def test_returns_the_number_and_leads_to_the_list(self, world: World, tenant: Visitor) -> None:
        answer = tenant.post(REQUESTS["give_back"](world)[0])
        assert (answer.status_code, answer["Location"]) == (302, "/numbers/")
        assert number(LOOSE).holder == world.cast.dealer

    def test_is_a_404_the_second_time(self, world: World, tenant: Visitor) -> None:
        path, _ = REQUESTS["give_back"](world)
        tenant.post(path)
        assert tenant.post(path).status_code == 404

    def test_of_an_offered_number_is_a_409(self, world: World) -> None:
        answer = visitor_of(world.cast.dealer).post(f"/numbers/{OFFERED}/give-back/")
        assert answer.status_code == 409
        assert "cannot be given back" in answer.content.decode()
        assert number(OFFERED).status == NumberStatus.RESERVED

    def test_of_what_one_has_from_nobody_names_the_next_step(self, world: World) -> None:
        answer = visitor_of(world.cast.provider).post(f"/numbers/{STOCK}/give-back/")
        assert answer.status_code == 409
        assert "Release it instead" in answer.content.decode()

    def test_of_somebody_belows_number_is_a_422(self, world: World) -> None:
        answer = visitor_of(world.cast.dealer).post(REQUESTS["give_back"](world)[0])
        assert answer.status_code == 422
        assert number(LOOSE).holder == world.cast.tenant


class TestClaim:
    def test_takes_the_number_and_leads_to_it(self, world: World, tenant: Visitor) -> None:
        assert OFFERED[-4:] in tenant.get("/").content.decode()
        answer = tenant.post(REQUESTS["claim"](world)[0])
        assert (answer.status_code, answer["Location"]) == (302, f"/numbers/{OFFERED}/")
        assert number(OFFERED).holder == world.cast.tenant

    def test_of_a_withdrawn_offer_is_a_409_with_the_next_step(
        self, world: World, tenant: Visitor
    ) -> None:
        holding.withdraw(offer=world.offer, actor=world.cast.dealer_owner, now=timezone.now())
        answer = tenant.post(REQUESTS["claim"](world)[0])
        assert answer.status_code == 409
        assert "Ask Lakeside Telecom for another one" in answer.content.decode()
        assert number(OFFERED).holder == world.cast.dealer

    def test_beyond_the_limit_is_a_409_beside_the_offer(
        self, world: World, tenant: Visitor
    ) -> None:
        Organization.objects.filter(pk=world.cast.tenant.pk).update(number_limit=2)
        answer = tenant.post(REQUESTS["claim"](world)[0])
        assert answer.status_code == 409
        assert re.search(r'id="refusal" role="alert">[^<]*number limit', answer.content.decode())
        assert Offer.objects.get(pk=world.offer.pk).status == OfferStatus.OPEN

    def test_of_an_offer_to_somebody_below_is_a_422(self, world: World) -> None:
        answer = visitor_of(world.cast.dealer).post(REQUESTS["claim"](world)[0])
        assert answer.status_code == 422
        assert "Act for Oak Street Dental" in answer.content.decode()


class TestActingFor:
    def test_is_shown_and_named_in_the_journal_until_stopped(self, world: World) -> None:
        visitor = visitor_of(world.cast.dealer)
        told = Event.objects.filter(organization=world.cast.tenant, action__contains="acting")
        before = told.count()
        assert visitor.post(REQUESTS["act_for"](world)[0])["Location"] == "/"
        assert "You are acting for" in visitor.get("/").content.decode()
        path, form = REQUESTS["assign"](world)
        assert visitor.post(path, **form).status_code == 302
        newest = Event.objects.filter(action="dids.number.assigned").latest("pk")
        assert newest.on_behalf_of == world.cast.tenant
        assert visitor.post("/acting/stop/")["Location"] == "/"
        assert "You are acting for" not in visitor.get("/").content.decode()
        assert told.count() == before + 2

    def test_passes_from_one_organization_to_the_other(self, world: World) -> None:
        visitor = visitor_of(world.cast.dealer)
        for organization in (world.cast.tenant, world.cast.sub_dealer):
            assert visitor.post(f"/acting/{organization.uuid}/").status_code == 302
        assert "<strong>Harbor Lines</strong>" in visitor.get("/").content.decode()

    def test_ones_own_organization_is_a_422(self, world: World) -> None:
        answer = visitor_of(world.cast.dealer).post(f"/acting/{world.cast.dealer.uuid}/")
        assert answer.status_code == 422
        assert "below your own" in answer.content.decode()

    def test_ends_with_the_right_to_it(self, world: World) -> None:
        member = make_member(organization=world.cast.dealer)
        visitor = Visitor(member)
        visitor.post(REQUESTS["act_for"](world)[0])
        Membership.objects.filter(pk=member.pk).update(role=Role.VIEWER)
        assert "You are acting for" not in visitor.get("/").content.decode()
        assert visitor.post(REQUESTS["act_for"](world)[0]).status_code == 403

    def test_stopped_twice_does_no_harm(self, world: World) -> None:
        visitor = visitor_of(world.cast.dealer)
        for _ in range(2):
            assert visitor.post("/acting/stop/").status_code == 302


class TestStrangeVisits:
    def test_without_a_seat_end_in_words_and_not_in_circles(self, world: World) -> None:
        visitor = Visitor()
        visitor.client.force_login(make_user(email="nobody@example.com"))
        answer = visitor.get("/")
        assert answer.status_code == 403
        assert "Ask an owner" in answer.content.decode()

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/numbers/?search=%00", 200),
            ("/numbers/?after=%00&status=%00", 200),
            ("/numbers/?search=%25_%5C&status=NONE", 200),
            (f"/numbers/?search={'9' * 3000}", 200),
            ("/numbers/%00/", 404),
            ("/numbers/nothing/", 404),
            ("/numbers/%2B1312555010%F0%9F%98%80/", 404),
            ("/invitations/%00/", 404),
            ("/demo/mail/99999999999999999999/", 404),
        ],
    )
    def test_get_an_answer(self, world: World, tenant: Visitor, path: str, status: int) -> None:
        assert tenant.get(path).status_code == status

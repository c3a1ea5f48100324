"""Steps on many numbers: chosen, rehearsed, done, refused row by row, and taken back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event, Organization, Role
from accounts.tests.cast import Cast
from dids import inventory
from dids.destinations import Destination
from dids.models import Offer, PhoneNumber
from dids.states import NumberStatus
from dids.tests.factories import make_number
from dids.workflows import assignment, holding
from portal.tests.web.visitor import Visitor, visitor_of
from provisioning.tests.scene import make_pbx, place

FIRST = 13125560000


@pytest.fixture
def dealer(cast: Cast) -> Visitor:
    """Give an owner of the dealer."""
    return visitor_of(cast.dealer)


@pytest.fixture
def tenant(cast: Cast) -> Visitor:
    """Give an owner of the tenant."""
    return visitor_of(cast.tenant)


def stock(holder: Organization, count: int, first: int = FIRST) -> list[str]:
    """Store numbers of an organization, and count them for it."""
    numbers = [make_number(holder=holder, e164=f"+{first + step}").e164 for step in range(count)]
    Organization.objects.filter(pk=holder.pk).update(numbers_held=len(numbers))
    return numbers


def handed_down(cast: Cast, count: int) -> list[str]:
    """Store numbers that the tenant has from the dealer."""
    numbers = stock(cast.dealer, count)
    place(cast.tenant, make_pbx())
    rows = PhoneNumber.objects.filter(e164__in=numbers)
    holding.allot_many(
        numbers=list(rows), to=cast.tenant, actor=cast.dealer_owner, now=timezone.now()
    )
    return numbers


def address(step: str, numbers: list[str], **fields: str) -> str:
    """Give the address of a preview."""
    chosen = "".join(f"&number={quote(number)}" for number in numbers)
    entered = "".join(f"&{name}={quote(value)}" for name, value in fields.items())
    return f"/numbers/bulk/?step={step}{chosen}{entered}"


def form_of(page: str, action: str) -> dict[str, str]:
    """Give what the form with that address is sent."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page, re.DOTALL)
    assert form, f"no form to {action}"
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in pairs if name != "csrfmiddlewaretoken"}


def done(visitor: Visitor, step: str, numbers: list[str], **fields: str) -> str:
    """Look at the preview, take the step, and give the page of its outcome."""
    preview = visitor.get(address(step, numbers, **fields)).text
    answer = visitor.post(f"/numbers/bulk/{step}/", **form_of(preview, f"/numbers/bulk/{step}/"))
    assert answer.status_code == 302, answer.text
    return str(visitor.get(answer["Location"]).text)


def undo(visitor: Visitor, outcome: str, step: str) -> str:
    """Press undo on the page of an outcome; give the next one."""
    action = f"/numbers/bulk/{step}/"
    answer = visitor.post(action, **form_of(outcome, action))
    assert answer.status_code == 302, answer.text
    return str(visitor.get(answer["Location"]).text)


def holders(numbers: list[str]) -> set[str]:
    """Give who holds numbers."""
    rows = PhoneNumber.objects.filter(e164__in=numbers)
    return set(rows.values_list("holder__name", flat=True))


def statuses(numbers: list[str]) -> set[str]:
    """Give how numbers stand."""
    return set(PhoneNumber.objects.filter(e164__in=numbers).values_list("status", flat=True))


def told(action: str) -> int:
    """Count events."""
    return Event.objects.filter(action=action).count()


class TestChoice:
    def test_is_a_box_for_every_row_and_a_bar(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 2)
        page = dealer.get("/numbers/").text
        assert page.count("data-select ") == 2
        assert f'name="number" value="{numbers[0]}"' in page
        assert re.findall(r'<option value="([\w-]+)">', page[page.index('id="bulk-step"') :]) == [
            "allot",
            "offer",
            "offer-to-all",
            "withdraw",
            "recall",
            "tag",
            "give-back",
        ]
        assert 'name="all"' not in page

    def test_shows_only_what_its_reader_may_do(self, cast: Cast, tenant: Visitor) -> None:
        stock(cast.tenant, 1)
        page = tenant.get("/numbers/").text
        assert '<option value="assign">' in page
        assert '<option value="allot">' not in page
        looks_on = visitor_of(cast.tenant, Role.VIEWER).get("/numbers/").text
        assert "data-select " not in looks_on
        assert "bulk-bar" not in looks_on

    def test_can_be_all_that_match(
        self, cast: Cast, dealer: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = stock(cast.dealer, 60)
        page = dealer.get("/numbers/?search=55600").text
        assert "All 60 that match" in page
        assert 'type="hidden" name="search" value="55600"' in page
        preview = dealer.get("/numbers/bulk/?all=1&search=556003&step=offer-to-all").text
        assert "Offer to all below: 10 numbers" in preview
        assert numbers[30] in preview
        monkeypatch.setattr("portal.web.bulk.choice.MOST", 7)
        preview = dealer.get("/numbers/bulk/?all=1&search=556003&step=offer-to-all").text
        assert "Offer to all below: 7 numbers" in preview
        assert "These are the first" in preview

    def test_of_nothing_is_said(self, dealer: Visitor) -> None:
        for query in ("", "?step=allot", "?step=give-back", "?of=x&step=tag&add=a"):
            page = dealer.get(f"/numbers/bulk/{query}")
            assert page.status_code == 200
            assert "Choose numbers in the list" in page.text

    def test_without_a_step_asks_for_one(self, cast: Cast, dealer: Visitor) -> None:
        (number,) = stock(cast.dealer, 1)
        page = dealer.get(address("moon", [number])).text
        assert "1 number</h1>" in page
        assert '<option value="allot">' in page


class TestPreview:
    def test_says_for_every_row_what_would_happen_and_does_nothing(
        self, cast: Cast, dealer: Visitor
    ) -> None:
        free, offered = stock(cast.dealer, 2)
        row = PhoneNumber.objects.get(e164=offered)
        holding.offer_to_all(number=row, actor=cast.dealer_owner, now=timezone.now())
        events = Event.objects.count()
        page = dealer.get(address("allot", [free, offered], to=str(cast.tenant.uuid))).text
        assert "1 of 2 will change" in page
        assert f"{cast.tenant.name} holds it." in page
        assert f"{offered} is offered, so it cannot be allotted" in page
        assert holders([free, offered]) == {cast.dealer.name}
        assert Event.objects.count() == events

    def test_asks_first_for_what_is_missing(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 1)
        page = dealer.get(address("allot", numbers)).text
        assert "Show what will happen" in page
        assert "invalid-feedback" not in page
        page = dealer.get(address("allot", numbers, to="")).text
        assert "This field is required" in page
        assert "h-preview" not in page

    def test_refuses_the_whole_step_beside_its_field(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 3)
        Organization.objects.filter(pk=cast.tenant.pk).update(number_limit=2)
        page = dealer.get(address("allot", numbers, to=str(cast.tenant.uuid))).text
        assert "may hold 2 numbers and holds 0" in page
        assert "h-preview" not in page

    @pytest.mark.parametrize(
        ("step", "fields"),
        [
            ("allot", {"to": "tenant"}),
            ("offer", {"to": "tenant"}),
            ("offer-to-all", {}),
            ("tag", {"add": "fax", "remove": "old"}),
        ],
    )
    def test_asks_the_database_no_more_for_many(
        self, cast: Cast, dealer: Visitor, step: str, fields: dict[str, str]
    ) -> None:
        numbers = stock(cast.dealer, 30)
        sent = {**fields, **({"to": str(cast.tenant.uuid)} if "to" in fields else {})}
        few, many_ = (
            queries(dealer, address(step, chosen, **sent)) for chosen in (numbers[:3], numbers)
        )
        assert few == many_

    @pytest.mark.parametrize(
        ("step", "fields"),
        [
            ("assign", {"kind": "EXTENSION", "value": "101"}),
            ("assign", {"kind": "", "value": ""}),
            ("give-back", {}),
        ],
    )
    def test_asks_no_more_of_what_a_tenant_holds(
        self, cast: Cast, tenant: Visitor, step: str, fields: dict[str, str]
    ) -> None:
        numbers = handed_down(cast, 30)
        few, many_ = (
            queries(tenant, address(step, chosen, **fields)) for chosen in (numbers[:3], numbers)
        )
        assert few == many_


def queries(visitor: Visitor, path: str) -> int:
    """Count what a page asks the database."""
    visitor.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert "h-preview" in visitor.get(path).text
    return len(asked)


class TestSteps:
    def test_allot_and_take_back(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 3)
        page = done(dealer, "allot", numbers, to=str(cast.tenant.uuid))
        assert "Allot: 3 numbers done" in page
        assert holders(numbers) == {cast.tenant.name}
        assert told("dids.number.allotted") == 3
        page = undo(dealer, page, "recall")
        assert f"It is back in your stock from {cast.tenant.name}." in page
        assert holders(numbers) == {cast.dealer.name}
        assert statuses(numbers) == {NumberStatus.AVAILABLE}
        assert "Allot: 3 numbers done" in undo(dealer, page, "allot")

    def test_offer_and_withdraw(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 3)
        earlier = PhoneNumber.objects.get(e164=numbers[0])
        holding.offer_to_all(number=earlier, actor=cast.dealer_owner, now=timezone.now())
        page = done(dealer, "offer", numbers, to=str(cast.tenant.uuid))
        assert Offer.objects.open().filter(to=cast.tenant).count() == 3
        assert statuses(numbers) == {NumberStatus.RESERVED}
        page = undo(dealer, page, "withdraw")
        assert f"It is no longer offered to {cast.tenant.name}." in page
        assert Offer.objects.open().get().number_id == earlier.pk
        assert statuses(numbers[1:]) == {NumberStatus.AVAILABLE}
        undo(dealer, page, "offer")
        assert "1 left as it was" in done(dealer, "offer-to-all", numbers)
        assert Offer.objects.open().filter(to_all=True).count() == 3
        page = done(dealer, "withdraw", numbers, to_all="on")
        assert Offer.objects.open().filter(to_all=True).count() == 0
        page = done(dealer, "withdraw", numbers, to="")
        assert Offer.objects.open().count() == 0
        assert "has no such open offer" in dealer.get(address("withdraw", numbers, to="")).text

    def test_point_with_extensions_that_count_up(self, cast: Cast, tenant: Visitor) -> None:
        numbers = handed_down(cast, 3)
        page = done(tenant, "assign", numbers, kind="EXTENSION", value="099", label="Desk")
        assert "It rings at Extension 101, before nowhere." in page
        rows = PhoneNumber.objects.filter(e164__in=numbers).order_by("e164")
        assert [row.assignment.value for row in rows] == ["099", "100", "101"]
        assert {row.label for row in rows} == {"Desk"}
        assert "Undo" not in page
        page = done(tenant, "assign", numbers, kind="RING_GROUP", value="200")
        assert {row.label for row in rows.all()} == {"Desk"}
        page = done(tenant, "assign", numbers, kind="QUEUE", value="300")
        undo(tenant, page, "assign")
        assert {str(row.assignment.destination) for row in rows.all()} == {"Ring group 200"}
        page = done(tenant, "assign", numbers, kind="")
        assert "It rings nowhere, before at Ring group 200." in page
        refused = tenant.get(address("assign", numbers, kind="", label="Desk")).text
        assert "Leave the label empty" in refused

    def test_give_back_and_take_again(self, cast: Cast, tenant: Visitor) -> None:
        used, fresh = handed_down(cast, 2)
        PhoneNumber.objects.filter(e164=used).update(used_since=timezone.now())
        page = done(tenant, "give-back", [used, fresh])
        assert "It was in use and rests until" in page
        assert f"It returns to {cast.dealer.name}" in page
        assert statuses([used]) == {NumberStatus.QUARANTINE}
        assert told("dids.number.given_back") == 2
        page = undo(tenant, page, "reclaim")
        assert "Take again: 1 number done" in page
        assert (holders([used]), holders([fresh])) == ({cast.tenant.name}, {cast.dealer.name})

    def test_tag_and_untag_what_was_not_tagged_before(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 3)
        done(dealer, "tag", numbers[:1], add="fax")
        page = done(dealer, "tag", numbers, add="Fax, head office")
        assert "Undo" not in page, "they changed differently, so one step cannot take it back"
        done(dealer, "tag", numbers, add="", remove="fax, head office")
        done(dealer, "tag", numbers[:1], add="fax")
        page = done(dealer, "tag", numbers, add="fax")
        assert "Nothing changes: its tags are fax." in page
        undo(dealer, page, "tag")
        rows = PhoneNumber.objects.filter(e164__in=numbers)
        assert list(inventory.tags(cast.dealer, rows).values()) == [["fax"]]

    def test_go_on_with_what_was_done(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 3)
        page = done(dealer, "allot", numbers, to=str(cast.tenant.uuid))
        key = re.findall(r'name="of" value="([^"]*)"', page)[0]
        page = dealer.get(f"/numbers/bulk/?of={key}&step=tag&add=sold").text
        assert "Tag: 3 numbers" in page
        assert "All of them will change" in page
        assert visitor_of(cast.dealer).get(f"/numbers/bulk/done/?of={key}").text.count("kept") > 1


class TestMeanwhile:
    def test_what_somebody_changed_stays_and_the_others_go_on(
        self, cast: Cast, dealer: Visitor
    ) -> None:
        numbers = stock(cast.dealer, 3)
        preview = dealer.get(address("allot", numbers, to=str(cast.tenant.uuid))).text
        form = form_of(preview, "/numbers/bulk/allot/")
        row = PhoneNumber.objects.get(e164=numbers[1])
        holding.offer_to_all(number=row, actor=cast.dealer_owner, now=timezone.now())
        page = dealer.get(dealer.post("/numbers/bulk/allot/", **form)["Location"]).text
        assert "2 numbers done, 1 left as it was" in page
        assert "It was changed after you looked" in page
        assert "It is offered now." in page
        assert holders([numbers[0], numbers[2]]) == {cast.tenant.name}
        assert holders([numbers[1]]) == {cast.dealer.name}

    def test_the_same_form_twice_does_it_once_and_shows_the_first_outcome(
        self, cast: Cast, dealer: Visitor
    ) -> None:
        numbers = stock(cast.dealer, 2)
        preview = dealer.get(address("allot", numbers, to=str(cast.tenant.uuid))).text
        form = form_of(preview, "/numbers/bulk/allot/")
        for _ in range(2):
            page = dealer.get(dealer.post("/numbers/bulk/allot/", **form)["Location"]).text
            assert "Allot: 2 numbers done<" in page
        assert told("dids.number.allotted") == 2

    def test_what_left_ones_sight_is_named(self, cast: Cast, tenant: Visitor) -> None:
        numbers = handed_down(cast, 2)
        form = form_of(tenant.get(address("give-back", numbers)).text, "/numbers/bulk/give-back/")
        row = PhoneNumber.objects.get(e164=numbers[0])
        holding.give_back(number=row, actor=cast.tenant_owner, now=timezone.now())
        page = tenant.get(tenant.post("/numbers/bulk/give-back/", **form)["Location"]).text
        assert "There is no such number that you may see." in page
        assert "1 number done, 1 left as it was" in page

    def test_what_rings_elsewhere_by_now_is_not_moved(self, cast: Cast, tenant: Visitor) -> None:
        numbers = handed_down(cast, 1)
        preview = tenant.get(address("assign", numbers, kind="QUEUE", value="300")).text
        row = PhoneNumber.objects.get(e164=numbers[0])
        assignment.assign(
            number=row,
            destination=Destination("EXTENSION", "101"),
            actor=cast.tenant_owner,
            now=timezone.now(),
        )
        form = form_of(preview, "/numbers/bulk/assign/")
        page = tenant.get(tenant.post("/numbers/bulk/assign/", **form)["Location"]).text
        assert "It rings at Extension 101 now." in page

    def test_a_limit_reached_meanwhile_is_said_and_nothing_done(
        self, cast: Cast, dealer: Visitor
    ) -> None:
        numbers = stock(cast.dealer, 2)
        preview = dealer.get(address("allot", numbers, to=str(cast.tenant.uuid))).text
        Organization.objects.filter(pk=cast.tenant.pk).update(number_limit=1)
        answer = dealer.post("/numbers/bulk/allot/", **form_of(preview, "/numbers/bulk/allot/"))
        assert answer.status_code == 409
        assert "may hold 1 numbers" in answer.text
        assert f'value="{numbers[0]}"' in answer.text
        assert holders(numbers) == {cast.dealer.name}


class TestRefusals:
    def test_of_a_form_that_says_nothing(self, cast: Cast, dealer: Visitor) -> None:
        numbers = stock(cast.dealer, 1)
        for form in ({}, {"numbers": numbers[0]}, {"numbers": "x", "to": str(cast.tenant.uuid)}):
            sent: dict[str, Any] = form
            assert dealer.post("/numbers/bulk/allot/", **sent).status_code == 422

    def test_of_a_strangers_numbers(self, cast: Cast) -> None:
        numbers = handed_down(cast, 2)
        rival = visitor_of(cast.rival_tenant)
        answer = rival.post("/numbers/bulk/give-back/", numbers=" ".join(numbers))
        page = rival.get(answer["Location"]).text
        assert page.count("There is no such number that you may see.") == 2
        assert holders(numbers) == {cast.tenant.name}

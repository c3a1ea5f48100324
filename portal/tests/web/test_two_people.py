"""Two people edit one thing: the second is told what changed, and nothing is written over."""

from __future__ import annotations

import re

import pytest

from accounts.models import Role
from accounts.tests.factories import make_member
from dids.models import PhoneNumber
from portal.tests.api.world import LOOSE, TENANT_NUMBER, World
from portal.tests.web.visitor import Visitor
from portal.web.seen import Part, changes, token

HERE = f"/numbers/{TENANT_NUMBER}/"


def person(world: World, name: str) -> Visitor:
    """Give an operator of the tenant by name."""
    return Visitor(make_member(organization=world.cast.tenant, name=name, role=Role.OPERATOR))


@pytest.fixture
def ann(world: World) -> Visitor:
    """Give one of the two."""
    return person(world, "Ann Miller")


@pytest.fixture
def bob(world: World) -> Visitor:
    """Give the other."""
    return person(world, "Bob Stone")


def seen_on(page: str, action: str) -> str:
    """Give what the form that goes to an address carries."""
    form = page.split(f'action="{action}"')[1].split("</form>")[0]
    found = re.search(r'name="seen" value="([^"]*)"', form)
    assert found, action
    return found[1]


def text_of(visitor: Visitor, path: str) -> str:
    """Look at a page."""
    shown: str = visitor.get(path).content.decode()
    return shown


def ring(visitor: Visitor, seen: str, value: str, label: str = "") -> tuple[int, str]:
    """Point the number at an extension, having seen something."""
    form = {"kind": "EXTENSION", "value": value, "label": label, "seen": seen}
    answer = visitor.post(f"{HERE}assign/", **form)
    return answer.status_code, answer.content.decode()


def way_back(visitor: Visitor, path: str) -> tuple[str, dict[str, str]]:
    """Give the form that the message on a page offers."""
    page = text_of(visitor, path).split('role="status"')[1].split("</form>")[0]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    fields.pop("csrfmiddlewaretoken", None)
    action = re.search(r'action="([^"]+)"', page)
    assert action
    assert ">Undo</button>" in page
    return action[1], fields


class TestTheSecond:
    def test_is_told_who_changed_what_and_when(
        self, world: World, ann: Visitor, bob: Visitor
    ) -> None:
        seen = seen_on(text_of(bob, HERE), f"{HERE}assign/")
        assert ring(ann, seen_on(text_of(ann, HERE), f"{HERE}assign/"), "102")[0] == 302
        status, page = ring(bob, seen, "103", "Bar")
        assert status == 409
        told = re.search(r'role="alert"><div>([^<]*)<', page)
        assert told
        assert re.match(
            rf"Ann Miller pointed {re.escape(TENANT_NUMBER)} at Extension 102 "
            r"\(\d+ \w+ \d{4}, \d\d:\d\d C[SD]T\), after you opened the page\. "
            r"It rings at Extension 102 now\. Send it again to do it anyway\.",
            told[1],
        )
        assert 'value="103"' in page
        assert 'value="Bar"' in page
        number = PhoneNumber.objects.select_related("assignment").get(e164=TENANT_NUMBER)
        assert (number.assignment.value, number.label) == ("102", "")

    def test_does_it_anyway_by_sending_again(
        self, world: World, ann: Visitor, bob: Visitor
    ) -> None:
        seen = seen_on(text_of(bob, HERE), f"{HERE}assign/")
        ring(ann, seen, "102")
        _, page = ring(bob, seen, "103")
        assert ring(bob, seen_on(page, f"{HERE}assign/"), "103")[0] == 302
        assert PhoneNumber.objects.get(e164=TENANT_NUMBER).assignment.value == "103"

    def test_is_not_stopped_by_what_the_form_does_not_change(
        self, world: World, ann: Visitor, bob: Visitor
    ) -> None:
        seen = seen_on(text_of(bob, HERE), f"{HERE}assign/")
        assert ann.post(f"{HERE}tag/", add="lobby").status_code == 302
        assert ring(bob, seen, "103")[0] == 302

    def test_does_not_take_off_what_was_moved(
        self, world: World, ann: Visitor, bob: Visitor
    ) -> None:
        seen = seen_on(text_of(bob, HERE), f"{HERE}unassign/")
        ring(ann, seen, "102")
        answer = bob.post(f"{HERE}unassign/", seen=seen)
        assert answer.status_code == 409
        assert "Ann Miller pointed" in answer.content.decode()

    def test_is_told_of_tags(self, world: World, ann: Visitor, bob: Visitor) -> None:
        seen = seen_on(text_of(bob, HERE), f"{HERE}tag/")
        ann.post(f"{HERE}tag/", add="lobby", seen=seen)
        answer = bob.post(f"{HERE}tag/", add="vip", seen=seen)
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "Ann Miller changed its tags on" in page
        assert "Its tags are lobby now." in page
        assert 'value="vip"' in page


class TestUndo:
    def test_moves_the_number_back_with_its_label(self, world: World, ann: Visitor) -> None:
        ring(ann, "", "102", "Bar")
        action, fields = way_back(ann, HERE)
        assert ann.post(action, **fields).status_code == 302
        number = PhoneNumber.objects.select_related("assignment").get(e164=TENANT_NUMBER)
        assert (str(number.assignment.destination), number.label) == ("Extension 101", "")

    def test_takes_a_number_off_that_rang_nowhere(self, world: World, ann: Visitor) -> None:
        form = {"kind": "EXTENSION", "value": "101", "label": "Bar"}
        ann.post(f"/numbers/{LOOSE}/assign/", **form)
        action, fields = way_back(ann, f"/numbers/{LOOSE}/")
        assert ann.post(action, **fields).status_code == 302
        number = PhoneNumber.objects.get(e164=LOOSE)
        assert not hasattr(number, "assignment")
        assert number.label == ""

    def test_points_it_again_after_it_was_taken_off(self, world: World, ann: Visitor) -> None:
        ann.post(f"{HERE}unassign/")
        action, fields = way_back(ann, HERE)
        assert ann.post(action, **fields).status_code == 302
        number = PhoneNumber.objects.select_related("assignment").get(e164=TENANT_NUMBER)
        assert str(number.assignment.destination) == "Extension 101"

    def test_takes_off_only_the_tags_that_were_put_on(self, world: World, ann: Visitor) -> None:
        ann.post(f"{HERE}tag/", add="lobby")
        text_of(ann, HERE)
        ann.post(f"{HERE}tag/", add="Lobby, vip")
        action, fields = way_back(ann, HERE)
        assert (fields["add"], fields["remove"]) == ("", "vip")
        assert ann.post(action, **fields).status_code == 302
        assert "Take off lobby" in text_of(ann, HERE)
        assert "Take off vip" not in text_of(ann, HERE)

    def test_is_refused_in_words_once_something_else_changed(
        self, world: World, ann: Visitor, bob: Visitor
    ) -> None:
        ring(ann, "", "102")
        action, fields = way_back(ann, HERE)
        ring(bob, "", "104")
        answer = ann.post(action, **fields)
        assert answer.status_code == 409
        assert "Bob Stone pointed" in answer.content.decode()

    def test_of_a_label_of_stock_writes_the_old_one(self, world: World) -> None:
        staff = Visitor(world.cast.staff.membership)
        path = f"/numbers/{world.stock.e164}/"
        staff.post(f"{path}label/", label="Spare")
        text_of(staff, path)
        staff.post(f"{path}label/", label="For Oak")
        action, fields = way_back(staff, path)
        staff.post(action, **fields)
        assert PhoneNumber.objects.get(e164=world.stock.e164).label == "Spare"


class TestAToken:
    def part(self, name: str, value: str) -> Part:
        """Give a part that nothing is told of."""
        return Part(name, value, "", ())

    @pytest.mark.parametrize("sent", ["", "nonsense", "label", "other:0123", ":::"])
    def test_that_does_not_name_a_part_asks_nothing_of_it(self, sent: str) -> None:
        assert changes(sent, [self.part("label", "Bar")]) == []

    def test_names_only_what_changed(self) -> None:
        before = token([self.part("label", "Bar"), self.part("tags", "a")])
        now = [self.part("label", "Bar"), self.part("tags", "b")]
        assert [part.name for part in changes(before, now)] == ["tags"]

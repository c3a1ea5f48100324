"""A rival who tries every address, id, number and cursor that somebody else ever saw."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from django.urls import resolve

from accounts.models import Kind, Organization, Role
from accounts.permissions import OF_KIND
from portal.endpoints import API, PAGES, Endpoint
from portal.tests.api.caller import Caller, caller_of, description
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import OFFERED, TENANT_NUMBER, World
from portal.tests.doors import undone
from portal.tests.web.visitor import Visitor, visitor_of

ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
FORM = re.compile(
    r'<form(?=[^>]*method="post")[^>]*\saction="(/[^"]*)"|(?:formaction|hx-post)="(/[^"]*)"'
)
"""Addresses to which a page posts; forms of searches are sent by GET, and found as links."""
THING = re.compile(r"<(\w+):\w+>")
CALLS_A_CARRIER = {"carrier-accounts.check", "check_carrier_account"}
WITHOUT_ADDRESS = {"events.list", "numbers.events"}
"""Events are many, and nothing is addressed by theirs."""


@dataclass
class Seen:
    """What somebody's answers contained."""

    ids: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    cursors: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)

    def __or__(self, other: Seen) -> Seen:
        return Seen(*(getattr(self, name) | getattr(other, name) for name in self.__annotations__))

    def __sub__(self, other: Seen) -> Seen:
        return Seen(*(getattr(self, name) - getattr(other, name) for name in self.__annotations__))


_SEEN: dict[UUID, Seen] = {}
"""By organization: a world stands for several tests, and its people see the same in each."""


def seen_by(organization: Organization, world: World) -> Seen:
    """Have a program and a person of an organization look at everything, and note what they see."""
    if organization.uuid not in _SEEN:
        _SEEN[organization.uuid] = looked(organization, world)
    return _SEEN[organization.uuid]


def looked(organization: Organization, world: World) -> Seen:
    """Look at everything now."""
    seen = Seen()
    caller = caller_of(organization)
    for endpoint in API:
        if endpoint.name in CALLS_A_CARRIER or not is_open(endpoint, organization):
            continue
        path, body = REQUESTS[endpoint.name](world)
        with undone():
            answer = caller(endpoint.method, path, body)
        # What was only just made is undone again: it is nobody's.
        if endpoint.method == "GET":
            note(seen, endpoint, answer.text)
    visitor = visitor_of(organization)
    for page in PAGES:
        if page.name in CALLS_A_CARRIER:
            continue
        with undone():
            text = visitor.ask(page, world).content.decode()
        seen.links |= set(LINK.findall(text))
        seen.forms |= {form or other for form, other in FORM.findall(text)}
    return seen


def note(seen: Seen, endpoint: Endpoint, text: str) -> None:
    """Note what a program saw."""
    seen.numbers |= set(NUMBER.findall(text))
    if endpoint.name not in WITHOUT_ADDRESS:
        seen.ids |= set(ID.findall(text))


def is_open(endpoint: Endpoint, organization: Organization) -> bool:
    """Tell whether the owners of an organization may use an endpoint."""
    rights = OF_KIND[Kind(organization.kind)]
    return endpoint.permission is None or endpoint.permission in rights


def cursors_of(caller: Caller) -> set[str]:
    """Give the addresses of all second pages."""
    found = set()
    for endpoint in API:
        if endpoint.method == "GET" and "<" not in endpoint.path:
            answer = caller.get(f"{endpoint.path.removeprefix('api/v1/')}?limit=1")
            link = (answer.body or {}).get("next") if answer.status == 200 else None
            if link:
                parts = urlsplit(link)
                found.add(f"{parts.path.removeprefix('/api/v1/')}?{parts.query}")
    return found


def filters() -> list[tuple[str, str]]:
    """Give every list that can be narrowed by an id, with the parameter."""
    return [
        (path.removeprefix("/api/v1/"), parameter["name"])
        for path, operations in description()["paths"].items()
        if "{" not in path
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid"
    ]


@pytest.fixture(params=["rival_tenant", "rival_dealer"])
def rival(request: pytest.FixtureRequest, world: World) -> Organization:
    """Give whoever tries."""
    found: Organization = getattr(world.cast, request.param)
    return found


@pytest.fixture
def loot(world: World, rival: Organization) -> Seen:
    """Give what the victims saw and the rival does not see anyway."""
    loot = Seen()
    for victim in (world.cast.tenant, world.cast.dealer):
        seen = seen_by(victim, world)
        assert {str(victim.uuid), str(world.offer.uuid)} <= seen.ids
        assert {TENANT_NUMBER, OFFERED} <= seen.numbers
        assert f"/numbers/{TENANT_NUMBER}/" in {link.replace("%2B", "+") for link in seen.links}
        loot |= seen
    return loot - seen_by(rival, world)


# Together, so that the victims look once.
@pytest.mark.xdist_group("crawl")
def test_a_rival_finds_nothing_of_others_anywhere(
    world: World, rival: Organization, loot: Seen
) -> None:
    caller = caller_of(rival)
    addresses_of_the_api(caller, rival, loot, world)
    filters_of_the_api(caller, loot)
    cursors_of_others(caller, loot, world)
    assert loot.links
    for role in (Role.OWNER, Role.VIEWER):
        visitor = visitor_of(rival, role)
        for link in sorted(loot.links):
            assert_nothing(visitor.get(link), link)
        assert loot.forms
        for form in sorted(loot.forms):
            assert_nothing(visitor.post(form), form)


def addresses_of_the_api(caller: Caller, rival: Organization, loot: Seen, world: World) -> None:
    """Try every address with everything that a victim saw."""
    tried = 0
    for endpoint in API:
        things = THING.findall(endpoint.path)
        if len(things) != 1 or not is_open(endpoint, rival):
            continue
        _, body = REQUESTS[endpoint.name](world)
        for key in sorted(loot.numbers if things == ["e164"] else loot.ids):
            path = re.sub(r"<[^>]+>", key, endpoint.path.removeprefix("api/v1/"))
            answer = caller(endpoint.method, path, body)
            assert answer.is_problem(404), f"{endpoint.name} {key}"
            tried += 1
    assert tried > 100


def filters_of_the_api(caller: Caller, loot: Seen) -> None:
    """Narrow every list by every id that a victim saw."""
    known = filters()
    assert ("events", "organization") in known
    for path in (f"{path}?{name}={key}" for path, name in known for key in sorted(loot.ids)):
        answer = caller.get(path)
        if answer.status == 200:
            assert answer.body["results"] == [], path
        else:
            assert answer.status in {403, 422}, path


def cursors_of_others(caller: Caller, loot: Seen, world: World) -> None:
    """Read on where a victim would have."""
    cursors = cursors_of(caller_of(world.cast.dealer))
    assert cursors
    for path in cursors:
        text = caller.get(path).text
        assert not loot.ids & set(ID.findall(text)), path
        assert not loot.numbers & set(NUMBER.findall(text)), path


def assert_nothing(answer: Any, where: str) -> None:
    """Make sure that a page is refused, or is one that names no thing and shows one's own."""
    path = urlsplit(where.replace("%2B", "+")).path
    names_a_thing = "<" in resolve(path).route
    # 422: a form that names no thing and was sent empty.
    assert answer.status_code in ({403, 404} if names_a_thing else {200, 403, 422}), where
    text = answer.content.decode()
    # What one asked for stands in its field again.
    for asked in dict(parse_qsl(urlsplit(where).query)).values():
        text = text.replace(f'value="{asked}"', "")
    for word in ("Oak Street", "Lakeside", TENANT_NUMBER, OFFERED):
        assert word not in text, where


def test_a_visitor_without_a_session_sees_no_link_of_anybody(world: World) -> None:
    for page in PAGES:
        text = Visitor().ask(page, world).content.decode()
        assert not NUMBER.findall(text)

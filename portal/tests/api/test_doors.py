"""Generated from the table of endpoints: who may knock where, and what they see there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiClient, Kind, Membership, Organization, Role
from accounts.permissions import (
    OF_KIND,
    WHILE_SUSPENDED,
    FieldGroup,
    Permission,
    field_groups_for,
    field_groups_of,
    permissions_of,
    scopes_for,
)
from accounts.tests.factories import make_client, make_member
from portal.endpoints import API, Endpoint
from portal.tests.api.caller import Answer, Caller, caller_of
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import COST_MARKS, OFFERED, TENANT_NUMBER, World
from portal.tests.doors import EVERYBODY, marks_in, seat, undone

OF_A_THING = [endpoint for endpoint in API if "<" in endpoint.path]
CALLS_A_CARRIER = {"carrier-accounts.check"}
"""Tested with a carrier at the other end, in test_checks."""
ASKED = [endpoint for endpoint in API if endpoint.name not in CALLS_A_CARRIER]
REFUSED: dict[str, set[Kind]] = {
    # The provider's own: it has no account, and nobody is above it.
    "account.get": {Kind.PROVIDER},
    # Theirs is the step of whoever holds the number or was offered it.
    "numbers.change": {Kind.PROVIDER, Kind.DEALER},
    "numbers.assign": {Kind.PROVIDER, Kind.DEALER},
    "numbers.unassign": {Kind.PROVIDER, Kind.DEALER},
    "numbers.swap": {Kind.PROVIDER, Kind.DEALER},
    "numbers.caller-name.change": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.change": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.retire": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.check": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.accept": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.default": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.test": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.extensions.place": {Kind.PROVIDER, Kind.DEALER},
    "emergency-locations.extensions.take": {Kind.PROVIDER, Kind.DEALER},
    "numbers.emergency.choose": {Kind.PROVIDER, Kind.DEALER},
    "numbers.emergency.waive": {Kind.PROVIDER, Kind.DEALER},
    "numbers.emergency.unwaive": {Kind.PROVIDER, Kind.DEALER},
    "numbers.messages.change": {Kind.PROVIDER, Kind.DEALER},
    "numbers.campaign.change": {Kind.PROVIDER, Kind.DEALER},
    "brands.correct": {Kind.PROVIDER, Kind.DEALER},
    # Its campaign stands in the way.
    "brands.end": set(Kind),
    "campaigns.create": {Kind.PROVIDER, Kind.DEALER},
    "campaigns.correct": {Kind.PROVIDER, Kind.DEALER},
    "campaigns.end": {Kind.PROVIDER, Kind.DEALER},
    # The number is no toll-free one.
    "numbers.verification.change": set(Kind),
    "numbers.verification.end": {Kind.PROVIDER, Kind.DEALER},
    "numbers.give-back": {Kind.PROVIDER, Kind.DEALER},
    "offers.claim": {Kind.PROVIDER, Kind.DEALER},
    # Nobody has given it back; the dealer has it from the provider, the tenant from the dealer.
    "numbers.reclaim": set(Kind),
    "numbers.recall": {Kind.PROVIDER},
    # Nothing of a preview waits for documents.
    "orders.cancel": {Kind.PROVIDER},
    # The task waits for the tenant, and nobody has taken it yet.
    "tasks.get": {Kind.DEALER},
    "tasks.take": {Kind.PROVIDER, Kind.DEALER},
    "tasks.complete": {Kind.PROVIDER, Kind.DEALER},
    "tasks.abandon": {Kind.PROVIDER, Kind.DEALER},
    "tasks.comment": {Kind.PROVIDER, Kind.DEALER},
    "tasks.give-back": set(Kind),
    # Nobody waits for a carrier with it, and it is about no order by hand.
    "tasks.wait": {Kind.PROVIDER, Kind.DEALER},
    "tasks.urgency": {Kind.PROVIDER, Kind.DEALER},
    "tasks.attach": {Kind.PROVIDER, Kind.DEALER},
    "tasks.go-on": set(Kind),
    "tasks.outcomes": set(Kind),
    # The account has an interface.
    "quotes.create": {Kind.PROVIDER},
    "requirements.keep": {Kind.PROVIDER},
    "requirements.forget": {Kind.PROVIDER},
    "carrier-accounts.interface": {Kind.PROVIDER},
    # Its carrier tells the balance.
    "carrier-accounts.balance": {Kind.PROVIDER},
    "numbers.allot": {Kind.PROVIDER},
    "numbers.offer": {Kind.PROVIDER},
    "offers.withdraw": {Kind.PROVIDER},
    # A block belongs to whoever has the contract with its carrier.
    "number-blocks.get": {Kind.DEALER, Kind.TENANT},
}
"""Where somebody has the right, and the thing itself still says no: 404, 409 or 422."""

ALSO = dict.fromkeys(
    (
        *("tasks.take", "tasks.complete", "tasks.abandon", "tasks.give-back"),
        *("tasks.wait", "tasks.go-on", "tasks.outcomes", "tasks.urgency"),
    ),
    Permission.ASSIGN_NUMBERS,
)
"""What the task of this world takes beside the right to do tasks at all."""


def send(caller: Caller, endpoint: Endpoint, world: World, **headers: str) -> Answer:
    """Send the request of an endpoint and undo what it did."""
    path, body = REQUESTS[endpoint.name](world)
    with undone():
        return caller(endpoint.method, path, body, **headers)


def needed(endpoint: Endpoint) -> set[Permission]:
    """Give the rights that an endpoint takes in this world, all of them."""
    return {right for right in (endpoint.permission, ALSO.get(endpoint.name)) if right}


def is_open(endpoint: Endpoint, rights: frozenset[Permission]) -> bool:
    """Tell whether rights open an endpoint."""
    return needed(endpoint) <= rights


def hold(
    caller: Caller,
    rights: frozenset[Permission],
    world: World,
    *,
    asked: Iterable[Endpoint] = ASKED,
    **headers: str,
) -> list[tuple[Endpoint, Answer]]:
    """Hold the answers that somebody gets against their rights, and give them."""
    answers = [(endpoint, send(caller, endpoint, world, **headers)) for endpoint in asked]
    for endpoint, answer in answers:
        if is_open(endpoint, rights):
            assert answer.status not in {401, 403}, f"{endpoint.name}: {answer.text}"
            assert answer.status < 500, f"{endpoint.name}: {answer.text}"
        else:
            assert answer.is_problem(403), endpoint.name
    return answers


def told(answer: Answer) -> str:
    """Give all that an answer says, but for a token that is shown this once."""
    token = answer.body.get("token", "") if isinstance(answer.body, dict) else ""
    text = answer.text.replace(token, "") if token else answer.text
    return f"{text} {answer.response.headers}"


class TestEveryEndpoint:
    def test_has_a_request_in_the_generated_tests(self) -> None:
        assert set(REQUESTS) == {endpoint.name for endpoint in API}

    @pytest.mark.parametrize(("kind", "role"), EVERYBODY)
    def test_lets_in_whom_the_table_lets_in_and_shows_no_planted_mark(
        self, world: World, kind: Kind, role: Role
    ) -> None:
        caller = Caller(member=make_member(organization=seat(world.cast, kind), role=role))
        rights, groups = permissions_of(role, kind), field_groups_of(role, kind)
        for endpoint, answer in hold(caller, rights, world):
            search_for_marks(caller, endpoint, answer, groups, world)

    @pytest.mark.parametrize("kind", list(Kind))
    def test_answers_its_request_with_success_unless_the_table_says_otherwise(
        self, world: World, kind: Kind
    ) -> None:
        caller = caller_of(seat(world.cast, kind))
        refused = set()
        for endpoint in ASKED:
            if not is_open(endpoint, OF_KIND[kind]):
                continue
            status = send(caller, endpoint, world).status
            if status >= 300:
                assert status in {404, 409, 422}, endpoint.name
                refused.add(endpoint.name)
        assert refused == {name for name, kinds in REFUSED.items() if kind in kinds}

    def test_turns_the_anonymous_away(self, world: World) -> None:
        for endpoint in API:
            answer = send(Caller(), endpoint, world)
            assert answer.is_problem(401), endpoint.name
            assert answer.response["WWW-Authenticate"].startswith("Bearer")

    def test_opens_to_a_program_what_its_scope_says(self, world: World) -> None:
        caller = caller_of(world.cast.provider)
        mine = ApiClient.objects.filter(organization=world.cast.provider)
        every = frozenset(Permission)
        mine.update(scopes=[])
        hold(caller, frozenset(), world, asked=[one for one in ASKED if not needed(one)])
        for scope in Permission:
            asked = [endpoint for endpoint in ASKED if scope in needed(endpoint)]
            # Whom all others together do not let in, none of them lets in alone.
            for scopes in (frozenset({scope}), every - {scope}):
                mine.update(scopes=sorted(scopes))
                hold(caller, scopes, world, asked=asked)

    @pytest.mark.parametrize("kind", [Kind.DEALER, Kind.TENANT])
    def test_opens_to_a_program_no_more_than_its_kind_may(self, world: World, kind: Kind) -> None:
        hold(caller_of(seat(world.cast, kind), *Permission), OF_KIND[kind], world)

    @pytest.mark.parametrize("ended", ["expired", "revoked", "wrong", "closed"])
    def test_turns_tokens_away_that_have_ended(self, world: World, ended: str) -> None:
        now = timezone.now()
        client, token = make_client(organization=world.cast.tenant)
        assert Caller(token=token).get("me").status == 200
        rows = ApiClient.objects.filter(pk=client.pk)
        if ended == "expired":
            rows.update(expires_at=now - timedelta(seconds=1))
        elif ended == "revoked":
            rows.update(revoked_at=now)
        elif ended == "closed":
            # Above it: a closed dealer takes its tenants along.
            Organization.objects.filter(pk=world.cast.dealer.pk).update(status="CLOSED")
        else:
            token += "x"
        # An address may guess some times a minute; which of them is not the question here.
        caller = Caller(token=token)
        caller.client.defaults["REMOTE_ADDR"] = ""
        for number, endpoint in enumerate(ASKED):
            caller.client.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
            answer = send(caller, endpoint, world)
            assert answer.is_problem(401), endpoint.name

    @pytest.mark.parametrize("kind", [Kind.DEALER, Kind.TENANT])
    def test_leaves_the_suspended_nothing_that_costs_or_routes(
        self, world: World, kind: Kind
    ) -> None:
        place = seat(world.cast, kind)
        Organization.objects.filter(pk=world.cast.dealer.pk).update(status="SUSPENDED")
        rights = OF_KIND[kind] & WHILE_SUSPENDED
        for caller in (caller_of(place), Caller(member=make_member(organization=place))):
            hold(caller, rights, world)
        for right in ("ORDER", "CLAIM", "ASSIGN", "ALLOT", "SEARCH", "RELEASE", "GIVE_BACK"):
            assert not any(kept.startswith(right) for kept in rights)

    @pytest.mark.parametrize(
        ("own", "other"),
        [(Kind.PROVIDER, Kind.DEALER), (Kind.PROVIDER, Kind.TENANT), (Kind.DEALER, Kind.TENANT)],
    )
    def test_opens_no_more_to_those_who_act_for_somebody(
        self, world: World, own: Kind, other: Kind
    ) -> None:
        acted_for = str(seat(world.cast, other).uuid)
        member = make_member(organization=seat(world.cast, own), role=Role.OPERATOR)
        for caller, rights in (
            (caller_of(seat(world.cast, own)), OF_KIND[own]),
            (Caller(member=member), permissions_of(Role.OPERATOR, own)),
        ):
            hold(caller, scopes_for(rights, other), world, X_Act_For=acted_for)


class TestARival:
    @pytest.mark.parametrize("role", list(Role))
    def test_finds_nothing_at_an_address_of_others(self, world: World, role: Role) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            caller = Caller(member=make_member(organization=organization, role=role))
            find_nothing(caller, permissions_of(role, Kind(organization.kind)), world)

    def test_finds_nothing_there_with_a_program(self, world: World) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            find_nothing(caller_of(organization), OF_KIND[Kind(organization.kind)], world)

    def test_is_shown_nothing_in_lists(self, world: World) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            caller = caller_of(organization)
            for endpoint in API:
                if endpoint.method != "GET" or "<" in endpoint.path:
                    continue
                text = send(caller, endpoint, world).text
                for word in ("Oak Street", "Lakeside", TENANT_NUMBER, OFFERED, "ada@example.com"):
                    assert word not in text, endpoint.name

    def test_cannot_name_things_of_others_in_a_body(self, world: World) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            caller = caller_of(organization)
            for endpoint in API:
                _, body = REQUESTS[endpoint.name](world)
                if "<" in endpoint.path or not names_a_thing(body):
                    continue
                answer = send(caller, endpoint, world)
                allowed = is_open(endpoint, OF_KIND[Kind(organization.kind)])
                assert answer.is_problem(422 if allowed else 403), endpoint.name
                assert "Oak Street" not in answer.text

    def test_cannot_act_for_others(self, world: World) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            for victim in (world.cast.tenant, world.cast.dealer, world.cast.provider):
                for caller in callers(organization, Role.OWNER):
                    answer = caller.get("me", X_Act_For=str(victim.uuid))
                    assert answer.is_problem(403, "X-Act-For")
                    assert victim.name not in answer.text


def find_nothing(caller: Caller, rights: frozenset[Permission], world: World) -> None:
    """Hold that nothing of others is found at its address, nor told of."""
    for endpoint in OF_A_THING:
        answer = send(caller, endpoint, world)
        expected = 404 if is_open(endpoint, rights) else 403
        assert answer.is_problem(expected), endpoint.name
        assert "Oak Street" not in answer.text


def callers(organization: Organization, role: Role) -> Iterator[Caller]:
    """Give a person in a role, and a program with the same rights."""
    yield Caller(member=make_member(organization=organization, role=role))
    yield caller_of(organization, *permissions_of(role, organization.kind))


def names_a_thing(body: Any) -> bool:
    """Tell whether a body names something by its public id."""
    if isinstance(body, dict):
        return any(map(names_a_thing, body.values()))
    if isinstance(body, list):
        return any(map(names_a_thing, body))
    return isinstance(body, str) and len(body) == 36 and body.count("-") == 4


class TestEveryAnswer:
    @pytest.mark.parametrize(
        "scope", [Permission.VIEW_NUMBERS, Permission.MANAGE_CARRIERS, Permission.VIEW_JOURNAL]
    )
    def test_shows_programs_no_cost_whose_task_it_is_not(
        self, world: World, scope: Permission
    ) -> None:
        groups = field_groups_for(frozenset({scope}), Kind.PROVIDER)
        assert FieldGroup.COST not in groups
        search_everything(caller_of(world.cast.provider, scope), groups, world)

    @pytest.mark.parametrize("kind", list(Kind))
    def test_shows_programs_what_their_kind_may_see(self, world: World, kind: Kind) -> None:
        groups = field_groups_for(OF_KIND[kind], kind)
        search_everything(caller_of(seat(world.cast, kind)), groups, world)

    @pytest.mark.parametrize(
        ("own", "other"),
        [(Kind.PROVIDER, Kind.DEALER), (Kind.PROVIDER, Kind.TENANT), (Kind.DEALER, Kind.TENANT)],
    )
    def test_hides_columns_while_somebody_acts_for_somebody_below(
        self, world: World, own: Kind, other: Kind
    ) -> None:
        acted_for = str(seat(world.cast, other).uuid)
        caller = caller_of(seat(world.cast, own))
        search_everything(caller, frozenset(), world, X_Act_For=acted_for)

    def test_shows_the_marks_to_the_provider(self, world: World) -> None:
        caller = caller_of(world.cast.provider)
        text = "".join(send(caller, endpoint, world).text for endpoint in ASKED)
        for mark in ("telnyx", "MARK-ACCOUNT", "MARK-REFERENCE", "MARK-TRUNK", "MARK-CARRIER"):
            assert mark in text
        number = send(caller, by_name("numbers.get"), world).text
        assert all(mark in number for mark in COST_MARKS)
        search = send(caller, by_name("searches.get"), world).text
        assert all(mark in search for mark in ("MARK-CARRIER said no", "MARK-ACCOUNT", *COST_MARKS))

    def test_of_the_webhooks_tells_nothing(self, world: World) -> None:
        for account in (world.account, world.paused):
            for body in (b"", b"{}", b"MARK-SECRET", b"x" * 300_000):
                answer = Client().post(
                    f"/webhooks/{account.uuid}", body, content_type="application/json"
                )
                assert answer.status_code in {403, 413}
                assert not marks_in(f"{answer.content!r} {answer.headers}", frozenset())


def search_everything(
    caller: Caller, groups: frozenset[FieldGroup], world: World, **headers: str
) -> None:
    """Search every answer that somebody gets for marks they must not see."""
    for endpoint in ASKED:
        answer = send(caller, endpoint, world, **headers)
        search_for_marks(caller, endpoint, answer, groups, world, **headers)


def search_for_marks(
    caller: Caller,
    endpoint: Endpoint,
    answer: Answer,
    groups: frozenset[FieldGroup],
    world: World,
    **headers: str,
) -> None:
    """Search an answer for marks that somebody must not see, and the refusals they get instead."""
    found = marks_in(told(answer), groups)
    assert not found, f"{endpoint.name} shows {found}"
    if endpoint.method == "GET" or answer.status == HTTPStatus.FORBIDDEN:
        # Whom the door turns away, nobody reads a body of.
        return
    path, body = REQUESTS[endpoint.name](world)
    for wrong in ({"MARK": 1}, {**(body or {}), "to": "x", "reason": 1, "name": []}):
        with undone():
            refused = caller(endpoint.method, path, wrong, **headers)
        found = marks_in(told(refused), groups)
        assert not found, f"a refusal of {endpoint.name} shows {found}"


def by_name(name: str) -> Endpoint:
    """Find an endpoint."""
    return next(endpoint for endpoint in API if endpoint.name == name)


def test_the_members_of_the_tests_sit_where_they_should(world: World) -> None:
    assert {kind: seat(world.cast, kind).kind for kind in Kind} == {kind: kind for kind in Kind}
    assert Membership.objects.filter(organization=world.cast.tenant).exists()

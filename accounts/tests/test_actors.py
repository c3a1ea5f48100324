"""Who acts, as whom, and what the database is told about it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from accounts import sentences
from accounts.actors import Actor, Carrier, System, UnableToActFor, client_actor, member_actor
from accounts.models import Event, Role
from accounts.permissions import FieldGroup, Permission
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, make_actor, make_client, make_member
from accounts.work import acting
from accounts.workflows.acting import act_for, stop


def _told() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('portal.reach', true), current_setting('portal.actor', true)"
        )
        reach, name = cursor.fetchone() or ("", "")
    return reach or "", name or ""


class TestNames:
    def test_are_stable_texts(self, cast: Cast) -> None:
        membership = make_member(organization=cast.tenant)
        client, _ = make_client(organization=cast.dealer)
        account = uuid4()

        assert member_actor(membership).name == f"member:{membership.uuid}"
        assert client_actor(client).name == f"client:{client.uuid}"
        assert System("purchase.place").name == "system:purchase.place"
        assert Carrier(account, cast.provider).name == f"carrier:{account}"


class TestMemberActor:
    def test_has_the_rights_of_role_and_kind(self, cast: Cast) -> None:
        viewer = make_actor(organization=cast.provider, role=Role.VIEWER)

        assert viewer.may(Permission.VIEW_NUMBERS)
        assert not viewer.may(Permission.MANAGE_CARRIERS)
        assert viewer.sees(FieldGroup.CARRIER)
        assert not viewer.sees(FieldGroup.COST)


class TestClientActor:
    def test_is_cut_to_what_its_kind_may_do(self, cast: Cast) -> None:
        scopes = [Permission.VIEW_NUMBERS, Permission.MANAGE_CARRIERS]
        client, _ = make_client(organization=cast.tenant, scopes=scopes)

        assert client_actor(client).permissions == {Permission.VIEW_NUMBERS}


class TestOnBehalfOf:
    def test_takes_the_seat_with_its_reach_rights_and_columns(self, cast: Cast) -> None:
        seated = cast.staff.on_behalf_of(cast.tenant)

        assert seated.reach == seated.acting_for == cast.tenant
        assert seated.organization == cast.provider
        assert seated.may(Permission.CLAIM_NUMBERS)
        assert not seated.may(Permission.MANAGE_CARRIERS)
        assert not seated.sees(FieldGroup.COST)

    def test_gives_no_right_that_the_actor_lacks(self, cast: Cast) -> None:
        scopes = [Permission.ACT_FOR, Permission.VIEW_NUMBERS]
        client, _ = make_client(organization=cast.dealer, scopes=scopes)

        assert client_actor(client).on_behalf_of(cast.tenant).permissions == {
            Permission.VIEW_NUMBERS
        }

    @pytest.mark.parametrize("target", ["dealer", "provider", "rival_tenant", "rival_dealer"])
    def test_refuses_oneself_those_above_and_those_beside(self, cast: Cast, target: str) -> None:
        with pytest.raises(UnableToActFor, match="below your own"):
            cast.dealer_owner.on_behalf_of(getattr(cast, target))

    def test_refuses_those_without_the_right(self, cast: Cast) -> None:
        viewer = make_actor(organization=cast.dealer, role=Role.VIEWER)

        with pytest.raises(UnableToActFor, match="Ask an owner"):
            viewer.on_behalf_of(cast.tenant)

    def test_refuses_a_seat_taken_from_another_seat(self, cast: Cast) -> None:
        seated = cast.staff.on_behalf_of(cast.dealer)

        with pytest.raises(UnableToActFor, match="Stop acting"):
            seated.on_behalf_of(cast.tenant)

    def test_refuses_tasks_and_carriers(self, cast: Cast) -> None:
        nobody: list[Actor] = [System("test"), Carrier(uuid4(), cast.provider)]
        for actor in nobody:
            with pytest.raises(UnableToActFor):
                actor.on_behalf_of(cast.tenant)


class TestActFor:
    def test_writes_the_start_and_the_stop_into_the_journal_of_those_acted_for(
        self, cast: Cast
    ) -> None:
        seated = act_for(actor=cast.dealer_owner, organization=cast.tenant, now=NOW)
        back = stop(actor=seated, now=NOW + timedelta(minutes=5))

        assert back == cast.dealer_owner
        written = Event.objects.visible_to(cast.tenant_owner)
        assert [event.action for event in written] == [
            "accounts.acting.started",
            "accounts.acting.stopped",
        ]
        assert {event.on_behalf_of for event in written} == {cast.tenant}
        assert "acting for" in sentences.sentence(written[0], cast.dealer_owner)

    def test_writes_nothing_when_refused(self, cast: Cast) -> None:
        with pytest.raises(UnableToActFor):
            act_for(actor=cast.dealer_owner, organization=cast.rival_tenant, now=NOW)

        assert not Event.objects.exists()

    def test_cannot_stop_what_was_not_begun(self, cast: Cast) -> None:
        with pytest.raises(UnableToActFor, match="not acting"):
            stop(actor=cast.dealer_owner, now=NOW)


class TestActing:
    def test_tells_the_database_who_and_how_far(self, cast: Cast) -> None:
        with acting(cast.dealer_owner):
            assert _told() == (cast.dealer.path, cast.dealer_owner.name)

    def test_tells_it_that_nothing_is_hidden_from_staff_and_tasks(self, cast: Cast) -> None:
        for actor in (cast.staff, System("test")):
            with acting(actor):
                assert _told() == ("/", actor.name)

    def test_tells_it_the_seat(self, cast: Cast) -> None:
        with acting(cast.staff.on_behalf_of(cast.tenant)):
            assert _told() == (cast.tenant.path, cast.staff.name)

    def test_puts_the_outer_actor_back(self, cast: Cast) -> None:
        with acting(cast.dealer_owner):
            with acting(System("inner")):
                assert _told()[1] == "system:inner"
            assert _told() == (cast.dealer.path, cast.dealer_owner.name)

            with pytest.raises(ZeroDivisionError), acting(System("inner")):
                raise ZeroDivisionError
            assert _told() == (cast.dealer.path, cast.dealer_owner.name)

    def test_is_told_again_after_another_unit_of_work(self, cast: Cast) -> None:
        for _ in range(2):
            with acting(cast.dealer_owner):
                with acting(cast.dealer_owner):
                    assert _told() == (cast.dealer.path, cast.dealer_owner.name)
                assert _told() == (cast.dealer.path, cast.dealer_owner.name)

    @pytest.mark.django_db(transaction=True)
    def test_leaves_nothing_on_the_connection(self, cast: Cast) -> None:
        with acting(cast.dealer_owner):
            pass

        assert _told() == ("", "")

"""The happy path of each resource, as its callers walk it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import ApiClient, Event, Invitation, Organization
from dids.models import Holding, NumberOrder, PhoneNumber
from dids.search_stream import StreamedOffer
from dids.states import NumberStatus, OrderStatus
from dids.tests.factories import make_number
from portal.api.v1.searches import FoundShape, SearchPageShape
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import (
    DEALER_STOCK,
    FOUND,
    LOOSE,
    OFFERED,
    STOCK,
    TENANT_NUMBER,
    World,
)


class TestMe:
    def test_says_who_calls_and_for_whom(self, world: World, dealer: Caller) -> None:
        me = dealer.get("me", X_Act_For=str(world.cast.tenant.uuid)).body
        assert me["organization"]["kind"] == "DEALER"
        assert me["acting_for"]["name"] == "Oak Street Dental"
        assert "ALLOT_NUMBERS" not in me["permissions"]

    def test_refuses_to_act_for_a_stranger(self, world: World, dealer: Caller) -> None:
        answer = dealer.get("me", X_Act_For=str(world.cast.rival_tenant.uuid))
        assert answer.is_problem(403, "X-Act-For")
        assert dealer.get("me", X_Act_For="him").is_problem(400, "X-Act-For")

    def test_gives_back_the_request_id(self, dealer: Caller) -> None:
        answer = dealer.get("me", X_Request_Id="my-request-1")
        assert answer.response["X-Request-Id"] == "my-request-1"


class TestOrganizations:
    def test_a_dealer_creates_a_tenant_with_its_own_token(
        self, world: World, dealer: Caller
    ) -> None:
        path, body = REQUESTS["tenants.create"](world)
        del body["parent"]
        made = dealer.post(path, body)
        assert made.status == 201, made.text
        assert made.body["sip_domain"] == "elm.example.com"
        assert made.body["pbx"]["name"] == "Main switch"
        tenant = Organization.objects.get(uuid=made.body["id"])
        assert tenant.parent == world.cast.dealer
        assert Invitation.objects.get(organization=tenant).email == "elm@example.com"
        assert dealer.get(made.response["Location"].split("/api/v1/")[1]).body == made.body

    def test_a_dealer_changes_those_below_field_by_field(
        self, world: World, dealer: Caller
    ) -> None:
        path = f"organizations/{world.cast.tenant.uuid}"
        changed = dealer("PATCH", path, {"number_limit": 12})
        assert (changed.status, changed.body["number_limit"]) == (200, 12)
        assert changed.body["name"] == world.cast.tenant.name
        assert dealer("PATCH", path, {"number_limit": None}).body["number_limit"] is None
        assert dealer("PATCH", path, {"tenant_limit": 1}).is_problem(422, "tenant_limit")
        assert dealer("PATCH", path, {"time_zone": "Mars"}).is_problem(422, "time_zone")
        own = f"organizations/{world.cast.dealer.uuid}"
        assert dealer("PATCH", own, {"name": "Mine"}).is_problem(422)
        rival = f"organizations/{world.cast.rival_tenant.uuid}"
        assert dealer("PATCH", rival, {"name": "Mine"}).is_problem(404)

    def test_a_dealer_is_changed_with_the_right_to_dealers_alone(self, world: World) -> None:
        program = caller_of(world.cast.provider, "MANAGE_TENANTS")
        tenant, dealer = (f"organizations/{o.uuid}" for o in (world.cast.tenant, world.cast.dealer))
        assert program("PATCH", tenant, {"name": "Oak"}).status == 200
        assert program("PATCH", dealer, {"name": "Lake"}).is_problem(422)

    def test_an_account_is_opened_once(self, world: World, dealer: Caller) -> None:
        path = f"organizations/{world.halted.uuid}/account"
        opened = dealer.post(path, {"currency": "USD"})
        assert (opened.status, opened.body["available"]) == (201, "0.0000")
        assert dealer.post(path, {"currency": "USD"}).is_problem(422)

    def test_a_dealer_has_an_account_from_the_start(self, world: World, dealer: Caller) -> None:
        path, body = REQUESTS["dealers.create"](world)
        made = dealer.post(path, body)
        assert made.status == 201, made.text
        account = dealer.get("account", X_Act_For=made.body["id"]).body
        assert account["available"] == "50.0000"

    def test_are_found_by_kind_and_name(self, world: World, dealer: Caller) -> None:
        found = dealer.get("organizations?kind=TENANT&search=oak").body["results"]
        assert [row["name"] for row in found] == ["Oak Street Dental"]


class TestPeopleAndPrograms:
    def test_an_invitation_can_be_withdrawn_once(self, world: World, tenant: Caller) -> None:
        path = f"invitations/{world.invitation.uuid}/withdraw"
        assert tenant.post(path, {}).body["status"] == "WITHDRAWN"
        assert tenant.post(path, {}).is_problem(409)

    def test_a_program_shows_its_token_once_and_can_be_locked_out(
        self, world: World, tenant: Caller
    ) -> None:
        issued = tenant.post("api-clients", {"name": "Sync", "scopes": ["VIEW_NUMBERS"]})
        assert issued.status == 201, issued.text
        program = Caller(token=issued.body["token"])
        assert program.get("me").body["permissions"] == ["VIEW_NUMBERS"]
        assert issued.body["token"] not in tenant.get("api-clients").text
        assert tenant("DELETE", f"api-clients/{issued.body['id']}").status == 204
        assert program.get("me").is_problem(401)

    def test_an_expired_program_is_nobody(self, world: World, tenant: Caller) -> None:
        issued = tenant.post("api-clients", {"name": "Sync", "scopes": ["VIEW_NUMBERS"]}).body
        past = timezone.now() - timedelta(seconds=1)
        ApiClient.objects.filter(uuid=issued["id"]).update(expires_at=past)
        assert Caller(token=issued["token"]).get("me").is_problem(401)


class TestCarriersAndPbxs:
    def test_credentials_never_come_out(self, world: World, staff: Caller) -> None:
        path, body = REQUESTS["carrier-accounts.create"](world)
        made = staff.post(path, body)
        assert made.status == 201, made.text
        assert "MARK-SECRET" not in made.text + staff.get("carrier-accounts").text
        assert made.body["webhook_url"].endswith(f"/webhooks/{made.body['id']}")

    def test_a_trunk_is_asked_for_and_attached(self, world: World, staff: Caller) -> None:
        path, body = REQUESTS["trunks.create"](world)
        made = staff.post(path, body)
        assert (made.status, made.body["status"]) == (201, "WANTED"), made.text
        assert made.body["source_addresses"] == ["192.0.2.12"]
        path, body = REQUESTS["pbxs.trunks.attach"](world)
        assert staff.post(path, body).status == 201

    def test_a_pbx_gets_targets_and_tells_its_routes(self, world: World, staff: Caller) -> None:
        pbx = staff.post("pbxs", {"name": "Second switch"}).body
        target = {"name": "a", "address": "sip:192.0.2.51:5060"}
        assert staff.post(f"pbxs/{pbx['id']}/targets", target).status == 201
        assert len(staff.get(f"pbxs/{pbx['id']}/nodes").body["results"]) == 1
        route = staff.get(f"pbxs/{world.pbx.uuid}/routes/{TENANT_NUMBER}").body
        assert route == {"number": TENANT_NUMBER, "value": "c,1,101@x", "version": 1}
        assert staff.get(f"pbxs/{world.pbx.uuid}/routes/{STOCK}").is_problem(404)


class TestOrders:
    def test_numbers_of_a_search_are_chosen_into_a_preview(
        self, world: World, staff: Caller
    ) -> None:
        there = f"searches/{world.search.uuid}/pick"
        picked = staff.post(there, {"count": 3})
        assert picked.status == 201
        assert (picked.body["found"], picked.body["in_words"]) == (1, "1 of 3.")
        (run,), order = picked.body["runs"], picked.body["order"]
        assert run["first"] == run["last"] == order["lines"][0]["number"]
        assert order["status"] == "DRAFT"
        world.found.delete()
        refused = staff.post(there, {"count": 3})
        assert (refused.status, refused.body["errors"][0]["field"]) == (409, "count")

    def test_a_search_is_started_and_read(self, world: World, staff: Caller) -> None:
        begun = staff.post("searches", {"country": "US", "area_code": "312"})
        assert begun.status == 202, begun.text
        page = staff.get(f"searches/{begun.body['id']}?after=0&wait=0").body
        assert [carrier["state"] for carrier in page["carriers"]] == ["WAITING"]
        assert page["done"] is False

    def test_found_offers_are_kept_in_the_shape_in_which_they_are_shown(self) -> None:
        assert set(FoundShape().fields) == set(StreamedOffer.__annotations__)
        assert set(SearchPageShape().fields) == {"id", "offers", "next", "carriers", "done"}

    def test_a_preview_is_made_and_submitted(self, world: World, staff: Caller) -> None:
        path, body = REQUESTS["orders.create"](world)
        made = staff.post(path, body)
        assert made.status == 201, made.text
        assert made.body["total"] == "16419.7530"
        (line,) = made.body["lines"]
        assert (line["number"], line["trunk"]["name"]) == (FOUND, "MARK-TRUNK")
        assert line["destination"] == {"kind": "EXTENSION", "value": "102"}
        submitted = staff.post(f"orders/{made.body['id']}/submit", {})
        assert (submitted.status, submitted.body["status"]) == (202, "SUBMITTED")
        assert submitted.body["waiting"]["who"] == "the carrier"
        assert staff.post(f"orders/{made.body['id']}/submit", {}).is_problem(409)

    def test_a_refused_order_stays_in_the_journal(self, world: World, staff: Caller) -> None:
        made = staff.post(*REQUESTS["orders.create"](world)).body
        Organization.objects.filter(pk=world.cast.tenant.pk).update(number_limit=2, numbers_held=2)
        told = Event.objects.filter(action="dids.order.refused")
        before = told.count()
        refused = staff.post(f"orders/{made['id']}/submit", {}, Idempotency_Key="once")
        assert refused.is_problem(409)
        assert told.count() == before + 1
        assert NumberOrder.objects.get(uuid=made["id"]).status == OrderStatus.DRAFT

    def test_a_failed_line_is_replaced_and_says_by_which_order(
        self, world: World, staff: Caller
    ) -> None:
        path, body = REQUESTS["orders.replace"](world)
        made = staff.post(path, body)
        assert (made.status, made.body["status"]) == (201, "DRAFT"), made.text
        (line,) = made.body["lines"]
        assert (line["number"], line["trunk"]["name"]) == (FOUND, "MARK-TRUNK")
        assert (line["replaces"], line["replaced_by"]) == (str(world.failed_line.uuid), None)
        (old,) = staff.get(f"orders/{world.failed_line.order.uuid}").body["lines"]
        assert (old["replaces"], old["replaced_by"]) == (None, made.body["id"])
        assert staff.post(path, body).is_problem(409, "lines[0].line")
        assert staff.post(f"orders/{made.body['id']}/submit", {}).status == 202

    def test_a_preview_can_be_discarded(self, world: World, staff: Caller) -> None:
        assert staff.post(f"orders/{world.order.uuid}/discard", {}).body["status"] == "DISCARDED"
        assert staff.get("orders?status=DRAFT").body["results"] == []


class TestNumbers:
    def test_shows_where_it_rings_and_how_live_it_is(self, world: World, tenant: Caller) -> None:
        number = tenant.get(f"numbers/{TENANT_NUMBER}").body
        assert number["assignment"]["destination"] == {"kind": "EXTENSION", "value": "101"}
        assert number["holder"]["name"] == "Oak Street Dental"
        assert set(number["live"]) == {"state", "live_on", "of", "waiting_for"}
        assert "carrier" not in number

    def test_that_came_back_are_shown_as_they_are_now(self, world: World, staff: Caller) -> None:
        former = make_number(e164="+13125550177")
        PhoneNumber.objects.filter(pk=former.pk).update(status=NumberStatus.RELEASED)
        Holding.objects.filter(number=former).delete()
        make_number(e164="+13125550177", label="Again")
        shown = staff.get("numbers/+13125550177").body
        assert (shown["status"], shown["label"]) == ("AVAILABLE", "Again")
        assert staff.post("numbers/+13125550177/release", {}).status == 202

    def test_are_found_by_their_digits(self, world: World, dealer: Caller) -> None:
        found = dealer.get("numbers?search=555-0103").body["results"]
        assert [row["number"] for row in found] == [DEALER_STOCK]
        held = dealer.get(f"numbers?holder={world.cast.tenant.uuid}").body["results"]
        assert [row["number"] for row in held] == [TENANT_NUMBER, LOOSE]

    def test_are_handed_down(self, world: World, dealer: Caller, tenant: Caller) -> None:
        path, body = REQUESTS["numbers.allot"](world)
        assert dealer.post(path, body).body["holder"]["name"] == "Oak Street Dental"
        assert tenant.get(f"numbers/{DEALER_STOCK}").status == 200

    def test_are_offered_and_claimed_with_a_destination(
        self, world: World, dealer: Caller, tenant: Caller
    ) -> None:
        (offer,) = tenant.get("offers?status=OPEN").body["results"]
        assert offer["number"] == OFFERED
        claimed = tenant.post(*REQUESTS["offers.claim"](world))
        assert claimed.status == 200, claimed.text
        assert claimed.body["assignment"]["destination"]["value"] == "103"
        assert dealer.post(*REQUESTS["offers.withdraw"](world)).is_problem(409)

    def test_are_offered_by_the_holder(self, world: World, dealer: Caller) -> None:
        made = dealer.post(*REQUESTS["numbers.offer"](world))
        assert (made.status, made.body["status"]) == (201, "OPEN")

    def test_are_offered_to_all_below_and_hide_who_was_faster(
        self, world: World, dealer: Caller, tenant: Caller
    ) -> None:
        path, _ = REQUESTS["numbers.offer"](world)
        made = dealer.post(path, {"to_all": True})
        assert (made.status, made.body["to"], made.body["to_all"]) == (201, None, True)
        claim = f"offers/{made.body['id']}/claim"
        assert caller_of(world.cast.rival_tenant).post(claim, {}).is_problem(404)
        other = caller_of(world.cast.sub_tenant)
        assert made.body["id"] in other.get("offers?status=OPEN").text

        assert tenant.post(claim, {}).body["holder"]["name"] == "Oak Street Dental"

        assert other.post(claim, {}).is_problem(409, "offer")
        seen = {
            who: next(
                row
                for row in who.get("offers?status=CLAIMED").body["results"]
                if row["id"] == made.body["id"]
            )["claimed_by"]
            for who in (dealer, tenant, other)
        }
        mine = {"id": str(world.cast.tenant.uuid), "name": "Oak Street Dental"}
        assert list(seen.values()) == [mine, mine, None]
        assert "Oak Street" not in other.get("offers").text

    def test_are_assigned_moved_labelled_and_taken_off(self, world: World, tenant: Caller) -> None:
        path, body = REQUESTS["numbers.assign"](world)
        assert tenant("PUT", path, body).body["label"] == "Desk"
        body["destination"]["value"] = "105"
        moved = tenant("PUT", path, body).body
        assert moved["assignment"]["destination"]["value"] == "105"
        assert tenant("PATCH", f"numbers/{LOOSE}", {"label": "Bar"}).body["label"] == "Bar"
        assert tenant("DELETE", path).body["assignment"] is None

    def test_are_given_back(self, world: World, tenant: Caller) -> None:
        path, _ = REQUESTS["numbers.give-back"](world)
        assert tenant.post(path, {}).body == {"number": LOOSE, "status": "AVAILABLE"}
        assert tenant.get(f"numbers/{LOOSE}").is_problem(404)

    def test_are_released_and_kept_after_all(self, world: World, staff: Caller) -> None:
        day = (timezone.now() + timedelta(days=3)).date().isoformat()
        scheduled = staff.post(f"numbers/{STOCK}/release", {"on": day})
        assert (scheduled.status, scheduled.body["status"]) == (202, "RELEASING")
        kept = staff.post(f"numbers/{STOCK}/release/cancel", {})
        assert kept.body["status"] == "AVAILABLE"
        assert PhoneNumber.objects.get(e164=STOCK).status == NumberStatus.AVAILABLE


class TestEvents:
    def test_are_told_in_sentences(self, world: World, dealer: Caller) -> None:
        sentences = [
            event["sentence"] for event in dealer.get(f"numbers/{OFFERED}/events").body["results"]
        ]
        assert any(OFFERED in sentence for sentence in sentences)

    def test_name_whom_somebody_acted_for(self, world: World, dealer: Caller) -> None:
        path, body = REQUESTS["numbers.assign"](world)
        seated = str(world.cast.tenant.uuid)
        assert dealer("PUT", path, body, X_Act_For=seated).status == 200
        newest = dealer.get("events?action=dids.number.assigned").body["results"][0]
        assert newest["on_behalf_of"]["name"] == "Oak Street Dental"

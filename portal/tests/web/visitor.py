"""Visitors of the pages, and one request for every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organization, Role
from accounts.tests.factories import make_member
from dids.tests.words import BRAND_WORDS, CAMPAIGN_WORDS, VERIFICATION_WORDS
from portal.endpoints import Endpoint
from portal.tests.api.world import (
    DEALER_STOCK,
    LEAVING,
    LOOSE,
    OFFERED,
    STOCK,
    TENANT_NUMBER,
    World,
)

Sent = tuple[str, dict[str, str]]
"""Address and form."""

STATIC = {
    "auth": "IP",
    "hosts": "sip.carrier.example:5060 UDP",
    "source_addresses": "192.0.2.79",
    "did_format": "PLUS_E164",
    "cli_format": "PLUS_E164",
    "caller_id_in": "FROM",
}
"""A trunk that somebody made by hand, as a form says it."""
PLACE = {
    "label": "Main office",
    "country": "US",
    "name": "Oak Street Dental",
    "house_number": "100",
    "street": "Main St",
    "city": "Chicago",
    "state": "IL",
    "postal_code": "60601",
}


def in_a_week() -> str:
    """Give a day to come, as forms write it."""
    return (timezone.localdate() + timedelta(days=7)).isoformat()


REQUESTS: dict[str, Callable[[World], Sent]] = {
    "home": lambda w: ("/", {}),
    "attention": lambda w: ("/attention/", {}),
    "find": lambda w: ("/find/?q=555", {}),
    "numbers": lambda w: ("/numbers/", {}),
    "numbers_on_paper": lambda w: ("/numbers/print/", {}),
    "numbers_over_time": lambda w: ("/numbers/over-time/?days=90", {}),
    "save_view": lambda w: (
        "/views/save/",
        {"page": "numbers", "query": "?rings=yes&sort=-number", "name": "Ringing"},
    ),
    "delete_view": lambda w: (f"/views/{w.view.uuid}/delete/", {}),
    "export_numbers": lambda w: ("/numbers/export/?columns=tags,account,trunk,cost", {}),
    "bulk": lambda w: (f"/numbers/bulk/?step=tag&add=fax&number={quote(LOOSE)}", {}),
    "bulk_done": lambda w: (f"/numbers/bulk/done/?of={w.cast.tenant.uuid}", {}),
    "bulk_allot": lambda w: (
        "/numbers/bulk/allot/",
        {"numbers": DEALER_STOCK, "to": str(w.cast.tenant.uuid)},
    ),
    "bulk_offer": lambda w: (
        "/numbers/bulk/offer/",
        {"numbers": DEALER_STOCK, "to": str(w.cast.tenant.uuid)},
    ),
    "bulk_offer-to-all": lambda w: ("/numbers/bulk/offer-to-all/", {"numbers": DEALER_STOCK}),
    "bulk_withdraw": lambda w: ("/numbers/bulk/withdraw/", {"numbers": OFFERED}),
    "bulk_recall": lambda w: ("/numbers/bulk/recall/", {"numbers": DEALER_STOCK}),
    "bulk_assign": lambda w: (
        "/numbers/bulk/assign/",
        {"numbers": f"{TENANT_NUMBER} {LOOSE}", "kind": "EXTENSION", "value": "101"},
    ),
    "bulk_tag": lambda w: ("/numbers/bulk/tag/", {"numbers": LOOSE, "add": "lobby"}),
    "bulk_give-back": lambda w: ("/numbers/bulk/give-back/", {"numbers": LOOSE}),
    "bulk_reclaim": lambda w: ("/numbers/bulk/reclaim/", {"numbers": LOOSE}),
    "number": lambda w: (f"/numbers/{TENANT_NUMBER}/", {}),
    "assign": lambda w: (
        f"/numbers/{LOOSE}/assign/",
        {"kind": "EXTENSION", "value": "101", "label": "Desk"},
    ),
    "unassign": lambda w: (f"/numbers/{TENANT_NUMBER}/unassign/", {}),
    "label_number": lambda w: (f"/numbers/{LOOSE}/label/", {"label": "Desk"}),
    "tag_number": lambda w: (f"/numbers/{TENANT_NUMBER}/tag/", {"add": "lobby", "remove": ""}),
    "hand_on": lambda w: (f"/numbers/{DEALER_STOCK}/hand-on/", {}),
    "allot": lambda w: (f"/numbers/{DEALER_STOCK}/allot/", {"to": str(w.cast.tenant.uuid)}),
    "offer_number": lambda w: (f"/numbers/{DEALER_STOCK}/offer/", {"to": str(w.cast.tenant.uuid)}),
    "offer_number_to_all": lambda w: (f"/numbers/{DEALER_STOCK}/offer-to-all/", {}),
    "recall": lambda w: (f"/numbers/{DEALER_STOCK}/recall/", {}),
    "ask_give_back": lambda w: (f"/numbers/{LOOSE}/give-back/ask/", {}),
    "reclaim": lambda w: (f"/numbers/{LOOSE}/reclaim/", {}),
    "ask_release": lambda w: (f"/numbers/{STOCK}/release/ask/", {}),
    "release": lambda w: (f"/numbers/{STOCK}/release/", {"on": "2099-01-01"}),
    "cancel_release": lambda w: (f"/numbers/{LEAVING}/release/cancel/", {}),
    "delivery": lambda w: (f"/numbers/{TENANT_NUMBER}/delivery/", {}),
    "deliver": lambda w: (
        f"/numbers/{TENANT_NUMBER}/delivery/change/",
        {"trunk": str(w.spare_trunk.uuid)},
    ),
    "features": lambda w: (f"/numbers/{TENANT_NUMBER}/features/", {}),
    "name_callers": lambda w: (
        f"/numbers/{TENANT_NUMBER}/features/caller-name/",
        {"text": "Oak Dental"},
    ),
    "join_campaign": lambda w: (
        f"/numbers/{TENANT_NUMBER}/features/campaign/",
        {"campaign": str(w.campaign.uuid)},
    ),
    "route_messages": lambda w: (f"/numbers/{TENANT_NUMBER}/features/messages/", {"to": "OFF"}),
    "verify_number": lambda w: (
        f"/numbers/{TENANT_NUMBER}/features/verification/",
        {**VERIFICATION_WORDS, "opt_in_urls": "https://oak.example/form.png"},
    ),
    "end_verification": lambda w: (f"/numbers/{TENANT_NUMBER}/features/verification/end/", {}),
    "messaging": lambda w: ("/messaging/", {}),
    "new_brand": lambda w: ("/messaging/brands/new/", {}),
    "create_brand": lambda w: ("/messaging/brands/create/", {**BRAND_WORDS, "name": "Oak Eyes"}),
    "brand": lambda w: (f"/messaging/brands/{w.brand.uuid}/", {}),
    "correct_brand": lambda w: (f"/messaging/brands/{w.brand.uuid}/correct/", BRAND_WORDS),
    "end_brand": lambda w: (f"/messaging/brands/{w.brand.uuid}/end/", {}),
    "new_campaign": lambda w: (f"/messaging/brands/{w.brand.uuid}/campaigns/new/", {}),
    "create_campaign": lambda w: (
        f"/messaging/brands/{w.brand.uuid}/campaigns/create/",
        {**CAMPAIGN_WORDS, "name": "News", "samples": "One message.\nAnother one."},
    ),
    "campaign": lambda w: (f"/messaging/campaigns/{w.campaign.uuid}/", {}),
    "correct_campaign": lambda w: (
        f"/messaging/campaigns/{w.campaign.uuid}/correct/",
        {**CAMPAIGN_WORDS, "samples": "One message.\nAnother one."},
    ),
    "end_campaign": lambda w: (f"/messaging/campaigns/{w.campaign.uuid}/end/", {}),
    "number_exchanges": lambda w: (f"/numbers/{TENANT_NUMBER}/exchanges/", {}),
    "withdraw_offer": lambda w: (f"/offers/{w.offer.uuid}/withdraw/", {}),
    "give_back": lambda w: (f"/numbers/{LOOSE}/give-back/", {}),
    "buy": lambda w: ("/buy/", {}),
    "coverage": lambda w: ("/buy/coverage/", {}),
    "begin_search": lambda w: (
        "/buy/search/",
        {"country": "us", "type": "LOCAL", "area_code": "312", "limit": "5", "months": "12"},
    ),
    "search": lambda w: (f"/buy/{w.search.uuid}/", {}),
    "order_offers": lambda w: (
        f"/buy/{w.search.uuid}/order/",
        {
            "offer": str(w.found.uuid),
            "holder": str(w.cast.tenant.uuid),
            "label": "Fax",
            "kind": "EXTENSION",
            "value": "102",
        },
    ),
    "replace_lines": lambda w: (
        f"/buy/{w.search.uuid}/replace/{w.failed_line.order.uuid}/",
        {"offer": str(w.found.uuid)},
    ),
    "new_back_order": lambda w: (f"/buy/{w.search.uuid}/keep-looking/", {}),
    "create_back_order": lambda w: (
        f"/buy/{w.search.uuid}/keep-looking/now/",
        {"quantity": "2", "when_found": "OFFER", "until": in_a_week()},
    ),
    "back_orders": lambda w: ("/back-orders/", {}),
    "back_order": lambda w: (f"/back-orders/{w.back_order.uuid}/", {}),
    "look_now": lambda w: (f"/back-orders/{w.back_order.uuid}/look-now/", {}),
    "cancel_back_order": lambda w: (f"/back-orders/{w.back_order.uuid}/cancel/", {}),
    "orders": lambda w: ("/orders/", {}),
    "order": lambda w: (f"/orders/{w.order.uuid}/", {}),
    "submit_order": lambda w: (f"/orders/{w.order.uuid}/submit/", {}),
    "discard_order": lambda w: (f"/orders/{w.order.uuid}/discard/", {}),
    "search_again": lambda w: (f"/orders/{w.failed_line.order.uuid}/search-again/", {}),
    "emergency": lambda w: ("/emergency/", {}),
    "new_emergency_location": lambda w: ("/emergency/new/", {}),
    "create_emergency_location": lambda w: ("/emergency/create/", PLACE),
    "emergency_location": lambda w: (f"/emergency/{w.bad_place.uuid}/", {}),
    "edit_emergency_location": lambda w: (f"/emergency/{w.bad_place.uuid}/edit/", {}),
    "change_emergency_location": lambda w: (f"/emergency/{w.bad_place.uuid}/change/", PLACE),
    "check_emergency_location": lambda w: (f"/emergency/{w.bad_place.uuid}/check/", {}),
    "accept_emergency_location": lambda w: (f"/emergency/{w.bad_place.uuid}/accept/", {}),
    "default_emergency_location": lambda w: (f"/emergency/{w.branch.uuid}/default/", {}),
    "test_emergency_location": lambda w: (f"/emergency/{w.location.uuid}/test/", {}),
    "place_extension": lambda w: (
        f"/emergency/{w.location.uuid}/extensions/",
        {"extension": "101"},
    ),
    "take_extension": lambda w: (
        f"/emergency/{w.location.uuid}/extensions/take/",
        {"extension": "101"},
    ),
    "ask_retire_emergency_location": lambda w: (f"/emergency/{w.branch.uuid}/retire/", {}),
    "retire_emergency_location": lambda w: (f"/emergency/{w.branch.uuid}/retire/now/", {}),
    "number_emergency": lambda w: (f"/numbers/{TENANT_NUMBER}/emergency/", {}),
    "choose_emergency_location": lambda w: (
        f"/numbers/{TENANT_NUMBER}/emergency/choose/",
        {"location": str(w.branch.uuid)},
    ),
    "waive_emergency_location": lambda w: (
        f"/numbers/{TENANT_NUMBER}/emergency/waive/",
        {"kind": "INBOUND_ONLY", "reason": "A fax machine"},
    ),
    "end_emergency_waiver": lambda w: (f"/numbers/{LOOSE}/emergency/end-waiver/", {}),
    "organizations": lambda w: ("/organizations/", {}),
    "organization": lambda w: (f"/organizations/{w.cast.tenant.uuid}/", {}),
    "edit_organization": lambda w: (f"/organizations/{w.cast.tenant.uuid}/edit/", {}),
    "change_organization": lambda w: (
        f"/organizations/{w.cast.tenant.uuid}/change/",
        {"name": "Oak Dental", "country": "us", "time_zone": "America/Chicago"},
    ),
    "organization_money": lambda w: (f"/organizations/{w.cast.tenant.uuid}/money/", {}),
    "open_account": lambda w: (
        f"/organizations/{w.halted.uuid}/money/open/",
        {"currency": "usd", "credit_limit": "20"},
    ),
    "set_credit_limit": lambda w: (
        f"/organizations/{w.cast.tenant.uuid}/money/limit/",
        {"credit_limit": "250"},
    ),
    "credit_account": lambda w: (
        f"/organizations/{w.cast.tenant.uuid}/money/credit/",
        {"amount": "10", "reason": "Bank transfer"},
    ),
    "new_tenant": lambda w: (f"/organizations/{w.cast.dealer.uuid}/tenants/new/", {}),
    "create_tenant": lambda w: (
        f"/organizations/{w.cast.dealer.uuid}/tenants/",
        {
            "name": "New Tenant",
            "owner_email": "new@example.com",
            "sip_domain": "new.example.com",
            "pbx": str(w.pbx.uuid),
            "country": "us",
            "time_zone": "America/Chicago",
        },
    ),
    "new_dealer": lambda w: (f"/organizations/{w.cast.dealer.uuid}/dealers/new/", {}),
    "create_dealer": lambda w: (
        f"/organizations/{w.cast.dealer.uuid}/dealers/",
        {
            "name": "New Dealer",
            "owner_email": "new@example.com",
            "country": "US",
            "currency": "usd",
            "time_zone": "America/Chicago",
            "credit_limit": "0",
        },
    ),
    "new_invitation": lambda w: (f"/organizations/{w.cast.tenant.uuid}/invite/new/", {}),
    "invite": lambda w: (
        f"/organizations/{w.cast.tenant.uuid}/invite/",
        {"email": "guest@example.com", "role": "VIEWER"},
    ),
    "ask_to_suspend": lambda w: (f"/organizations/{w.cast.tenant.uuid}/suspend/ask/", {}),
    "suspend_organization": lambda w: (f"/organizations/{w.cast.tenant.uuid}/suspend/", {}),
    "resume_organization": lambda w: (f"/organizations/{w.cast.tenant.uuid}/resume/", {}),
    "new_api_client": lambda w: (f"/organizations/{w.cast.tenant.uuid}/api-clients/new/", {}),
    "issue_api_client": lambda w: (
        f"/organizations/{w.cast.tenant.uuid}/api-clients/",
        {"name": "Sync", "scopes": "VIEW_NUMBERS", "lasts": "365", "key": str(uuid4())},
    ),
    "api_clients": lambda w: (f"/api-clients/?organization={w.cast.tenant.uuid}", {}),
    "api_client": lambda w: (f"/api-clients/{w.client.uuid}/", {}),
    "ask_renew_api_client": lambda w: (f"/api-clients/{w.client.uuid}/renew/", {}),
    "renew_api_client": lambda w: (
        f"/api-clients/{w.client.uuid}/renew/now/",
        {"overlap": "24"},
    ),
    "ask_revoke_api_client": lambda w: (f"/api-clients/{w.client.uuid}/revoke/", {}),
    "revoke_api_client": lambda w: (f"/api-clients/{w.client.uuid}/revoke/now/", {}),
    "filing": lambda w: (f"/filings/{w.filing.uuid}/", {}),
    "answer_filing": lambda w: (
        f"/filings/{w.filing.uuid}/answer/",
        {"key": "company", "text": "Oak Street Dental"},
    ),
    "cancel_order": lambda w: (f"/orders/{w.order.uuid}/cancel/", {}),
    "new_document": lambda w: (f"/organizations/{w.cast.tenant.uuid}/documents/new/", {}),
    "store_document": lambda w: (
        f"/organizations/{w.cast.tenant.uuid}/documents/",
        {"type": "IDENTITY"},
    ),
    "documents": lambda w: (f"/documents/?organization={w.cast.tenant.uuid}", {}),
    "document": lambda w: (f"/documents/{w.document.uuid}/", {}),
    "document_content": lambda w: (f"/documents/{w.document.uuid}/content/", {}),
    "ask_delete_document": lambda w: (f"/documents/{w.document.uuid}/delete/", {}),
    "delete_document": lambda w: (f"/documents/{w.document.uuid}/delete/now/", {}),
    "people": lambda w: (f"/people/?organization={w.cast.tenant.uuid}", {}),
    "roles": lambda w: ("/people/roles/", {}),
    "person": lambda w: (f"/people/{w.member.uuid}/", {}),
    "change_role": lambda w: (f"/people/{w.member.uuid}/role/", {"role": "FINANCE"}),
    "ask_end_membership": lambda w: (f"/people/{w.member.uuid}/end/", {}),
    "end_membership": lambda w: (f"/people/{w.member.uuid}/end/now/", {}),
    "open_invitations": lambda w: (
        f"/people/invitations/?organization={w.cast.tenant.uuid}",
        {},
    ),
    "resend_invitation": lambda w: (f"/people/invitations/{w.invitation.uuid}/resend/", {}),
    "withdraw_invitation": lambda w: (f"/people/invitations/{w.invitation.uuid}/withdraw/", {}),
    "claim": lambda w: (f"/offers/{w.offer.uuid}/claim/", {}),
    "rates": lambda w: ("/rates/", {}),
    "enter_rate": lambda w: (
        "/rates/enter/",
        {"base": "eur", "rate": "1.0843", "quote": "usd", "valid_from": "2026-11-20"},
    ),
    "paste_rates": lambda w: ("/rates/paste/", {"lines": "GBP,USD,1.27,2026-11-20,Bank"}),
    "carriers": lambda w: ("/carriers/", {}),
    "new_carrier_account": lambda w: ("/carriers/new/?carrier=telnyx", {}),
    "connect_carrier_account": lambda w: (
        "/carriers/connect/",
        {"carrier": "telnyx", "name": "Second", "api_key": "KEY", "public_key": "PUB"},
    ),
    "carrier_account": lambda w: (f"/carriers/{w.account.uuid}/", {}),
    "check_carrier_account": lambda w: (f"/carriers/{w.account.uuid}/check/", {}),
    "ask_pause_carrier_account": lambda w: (f"/carriers/{w.account.uuid}/pause/", {}),
    "pause_carrier_account": lambda w: (
        f"/carriers/{w.account.uuid}/pause/now/",
        {"reason": "Invoices are wrong"},
    ),
    "resume_carrier_account": lambda w: (f"/carriers/{w.paused.uuid}/resume/", {}),
    "enter_fee": lambda w: (
        f"/carriers/{w.account.uuid}/fees/enter/",
        {"what": "CHANNEL", "monthly": "1.50", "currency": "USD", "valid_from": "2026-11-20"},
    ),
    "warn_carrier_account": lambda w: (f"/carriers/{w.account.uuid}/warn/", {"below": "25"}),
    "write_balance": lambda w: (
        f"/carriers/{w.account.uuid}/balance/",
        {"amount": "120.50", "currency": "USD", "at": "2026-11-20"},
    ),
    "carrier_credentials": lambda w: (f"/carriers/{w.account.uuid}/credentials/", {}),
    "replace_credentials": lambda w: (
        f"/carriers/{w.account.uuid}/credentials/replace/",
        {"api_key": "KEY", "public_key": "PUB"},
    ),
    "new_quote": lambda w: (f"/carriers/{w.account.uuid}/quote/", {}),
    "requirements": lambda w: (f"/carriers/{w.account.uuid}/requirements/", {}),
    "edit_requirements": lambda w: (
        f"/carriers/{w.account.uuid}/requirements/edit/?country=GB&type=LOCAL",
        {},
    ),
    "keep_requirements": lambda w: (
        f"/carriers/{w.account.uuid}/requirements/keep/",
        {"country": "GB", "type": "LOCAL", "name_0": "Tax number", "asks_0": "TEXT"},
    ),
    "forget_requirements": lambda w: (
        f"/carriers/{w.account.uuid}/requirements/forget/",
        {"country": "GB", "type": "LOCAL"},
    ),
    "enter_quote": lambda w: (
        f"/carriers/{w.account.uuid}/quote/enter/",
        {
            "numbers": "+441617150001; 2.00; 0.50",
            "country": "gb",
            "type": "LOCAL",
            "currency": "gbp",
            "until": "2099-01-01",
            "capabilities": "VOICE",
        },
    ),
    "want_second": lambda w: (f"/carriers/{w.account.uuid}/second/", {"wanted": "yes"}),
    "ask_promote": lambda w: (f"/carriers/{w.account.uuid}/interface/?carrier=telnyx", {}),
    "promote": lambda w: (
        f"/carriers/{w.account.uuid}/interface/use/",
        {"carrier": "telnyx", "api_key": "KEY", "public_key": "PUB"},
    ),
    "differences": lambda w: (f"/carriers/{w.account.uuid}/differences/", {}),
    "compare_carrier": lambda w: (f"/carriers/{w.account.uuid}/compare/", {}),
    "import_template": lambda w: ("/carriers/imports/template/", {}),
    "imports": lambda w: (f"/carriers/{w.account.uuid}/imports/", {}),
    "upload_import": lambda w: (f"/carriers/{w.account.uuid}/imports/upload/", {"file": ""}),
    "import": lambda w: (f"/imports/{w.source.uuid}/", {}),
    "check_import": lambda w: (
        f"/imports/{w.source.uuid}/check/",
        {"column_number": "0", "country": "US", "currency": "USD"},
    ),
    "apply_import": lambda w: (f"/imports/{w.source.uuid}/apply/", {}),
    "discard_import": lambda w: (f"/imports/{w.source.uuid}/discard/", {}),
    "import_verdicts": lambda w: (f"/imports/{w.source.uuid}/verdicts/", {}),
    "settle_finding": lambda w: (f"/findings/{w.finding.uuid}/settle/", {}),
    "dismiss_finding": lambda w: (
        f"/findings/{w.finding.uuid}/dismiss/",
        {"reason": "It is a test number."},
    ),
    "trunks": lambda w: ("/trunks/", {}),
    "new_trunk": lambda w: ("/trunks/new/", {}),
    "create_trunk": lambda w: (
        "/trunks/create/",
        {
            "carrier_account": str(w.account.uuid),
            "name": "East",
            "did_format": "PLUS_E164",
            "gateways": "sip.example.com:5060 UDP",
            "source_addresses": "192.0.2.77",
        },
    ),
    "new_static_trunk": lambda w: ("/trunks/by-hand/?profile=gamma-ip", {}),
    "create_static_trunk": lambda w: (
        "/trunks/by-hand/create/",
        {
            "carrier_account": str(w.account.uuid),
            "carries": "VOICE",
            "name": "Leeds",
            "carrier_reference": "4711",
            **STATIC,
        },
    ),
    "edit_static_trunk": lambda w: (f"/trunks/{w.static_trunk.uuid}/edit/", {}),
    "change_static_trunk": lambda w: (
        f"/trunks/{w.static_trunk.uuid}/change/",
        {"name": "Leeds", "carrier_reference": "MARK-REFERENCE-STATIC", **STATIC},
    ),
    "test_trunk": lambda w: (f"/trunks/{w.static_trunk.uuid}/test/", {}),
    "trunk": lambda w: (f"/trunks/{w.trunk.uuid}/", {}),
    "retry_trunk": lambda w: (f"/trunks/{w.failed_trunk.uuid}/retry/", {}),
    "pbxs": lambda w: ("/pbxs/", {}),
    "create_pbx": lambda w: ("/pbxs/create/", {"name": "West switch"}),
    "pbx": lambda w: (f"/pbxs/{w.pbx.uuid}/", {}),
    "add_target": lambda w: (
        f"/pbxs/{w.pbx.uuid}/targets/",
        {
            "name": "b",
            "address": "sip:192.0.2.51:5060",
            "set": "1",
            "priority": "10",
            "weight": "50",
        },
    ),
    "attach_trunk": lambda w: (f"/pbxs/{w.pbx.uuid}/trunks/", {"trunk": str(w.spare_trunk.uuid)}),
    "ask_detach_trunk": lambda w: (f"/pbxs/{w.pbx.uuid}/trunks/{w.idle_trunk.uuid}/detach/", {}),
    "detach_trunk": lambda w: (f"/pbxs/{w.pbx.uuid}/trunks/{w.idle_trunk.uuid}/detach/now/", {}),
    "tasks": lambda w: ("/tasks/", {}),
    "task": lambda w: (f"/tasks/{w.task.uuid}/", {}),
    "take_task": lambda w: (f"/tasks/{w.task.uuid}/take/", {}),
    "give_task_back": lambda w: (f"/tasks/{w.task.uuid}/give-back/", {}),
    "complete_task": lambda w: (f"/tasks/{w.task.uuid}/complete/", {"note": "Pointed by hand."}),
    "abandon_task": lambda w: (f"/tasks/{w.task.uuid}/abandon/", {"reason": "It is gone."}),
    "wait_for_carrier": lambda w: (f"/tasks/{w.task.uuid}/wait/", {"reference": "INC-1"}),
    "go_on_with_task": lambda w: (f"/tasks/{w.task.uuid}/go-on/", {}),
    "set_task_urgency": lambda w: (f"/tasks/{w.task.uuid}/urgency/", {"urgent": "yes"}),
    "attach_to_task": lambda w: (
        f"/tasks/{w.task.uuid}/attach/",
        {"document": str(w.document.uuid)},
    ),
    "write_outcomes_down": lambda w: (f"/tasks/{w.task.uuid}/outcomes/", {"rest": "BOUGHT"}),
    "comment_task": lambda w: (f"/tasks/{w.task.uuid}/comment/", {"text": "I asked them."}),
    "journal": lambda w: ("/journal/", {}),
    "export_journal": lambda w: ("/journal/export/", {"touches": "CALLS"}),
    "switch": lambda w: ("/acting/?q=o", {}),
    "take_seat": lambda w: ("/acting/seat/", {"seat": str(w.member.uuid)}),
    "act_for": lambda w: (f"/acting/{w.cast.tenant.uuid}/", {}),
    "stop_acting": lambda w: ("/acting/stop/", {}),
    "your_sign_in": lambda w: ("/your-sign-in/", {}),
    "disconnect_issuer": lambda w: ("/your-sign-in/disconnect/", {}),
    "kept_form": lambda w: ("/kept/", {}),
    "end_sessions": lambda w: ("/your-sign-in/sessions/end/", {}),
}


class Visitor:
    """Somebody with a browser, signed in or not."""

    def __init__(self, member: Membership | None = None, *, checks_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=checks_csrf)
        if member:
            self.client.force_login(member.user)

    def get(self, path: str) -> Any:
        """Look at a page."""
        return whole(self.client.get(path))

    def post(self, path: str, **form: str | list[str]) -> Any:
        """Send a form."""
        return whole(self.client.post(path, form))

    def ask(self, endpoint: Endpoint, world: World) -> Any:
        """Send the request of a page."""
        path, form = REQUESTS[endpoint.name](world)
        return self.get(path) if endpoint.method == "GET" else self.post(path, **form)


def whole(answer: Any) -> Any:
    """Give an answer that comes in pieces as one, to be looked through like any other."""
    if not answer.streaming:
        return answer
    headers = dict(answer.items())
    return HttpResponse(answer.getvalue(), status=answer.status_code, headers=headers)


def visitor_of(organization: Organization, role: Role = Role.OWNER) -> Visitor:
    """Give a member of an organization."""
    return Visitor(make_member(organization=organization, role=role))

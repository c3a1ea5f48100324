"""One request for every endpoint, against the world; the generated tests send them all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dids.tests.words import BRAND_WORDS, CAMPAIGN_WORDS, VERIFICATION_WORDS
from portal.tests.api.caller import SentFile
from portal.tests.api.world import (
    DEALER_STOCK,
    LEAVING,
    LOOSE,
    OFFERED,
    PAPER,
    RANGE,
    STOCK,
    TENANT_NUMBER,
    World,
)

Sent = tuple[str, Any]
"""Path below /api/v1/ and body."""

STATIC = {
    "hosts": [{"host": "sip.carrier.example"}],
    "source_addresses": ["192.0.2.79"],
    "credentials": {"username": "static", "password": "PASS"},
}
"""A trunk that somebody made by hand."""

REQUESTS: dict[str, Callable[[World], Sent]] = {
    "me.get": lambda w: ("me", None),
    "attention.get": lambda w: ("attention", None),
    "number-tallies.get": lambda w: ("number-tallies?days=7", None),
    "account.get": lambda w: ("account", None),
    "organizations.list": lambda w: ("organizations", None),
    "organizations.get": lambda w: (f"organizations/{w.cast.tenant.uuid}", None),
    "organizations.change": lambda w: (
        f"organizations/{w.cast.tenant.uuid}",
        {"name": "Oak Street Smiles", "number_limit": 12},
    ),
    "organizations.suspend": lambda w: (
        f"organizations/{w.cast.tenant.uuid}/suspend",
        {"reason": "Unpaid"},
    ),
    "organizations.resume": lambda w: (f"organizations/{w.halted.uuid}/resume", {}),
    "organizations.account": lambda w: (f"organizations/{w.cast.tenant.uuid}/account", None),
    "organizations.account.open": lambda w: (
        f"organizations/{w.halted.uuid}/account",
        {"currency": "USD", "credit_limit": "20"},
    ),
    "organizations.account.change": lambda w: (
        f"organizations/{w.cast.tenant.uuid}/account",
        {"credit_limit": "250"},
    ),
    "organizations.account.credit": lambda w: (
        f"organizations/{w.cast.tenant.uuid}/account/credit",
        {"amount": "10", "reason": "Bank transfer"},
    ),
    "exchange-rates.list": lambda w: ("exchange-rates?quote=USD", None),
    "exchange-rates.enter": lambda w: (
        "exchange-rates",
        {"rates": [{"base": "EUR", "quote": "USD", "rate": "1.0843", "valid_from": "2026-11-20"}]},
    ),
    "tenants.list": lambda w: ("tenants", None),
    "tenants.create": lambda w: (
        "tenants",
        {
            "name": "Elm Street Cafe",
            "country": "US",
            "time_zone": "America/Chicago",
            "sip_domain": "elm.example.com",
            "pbx": str(w.pbx.uuid),
            "number_limit": 3,
            "owner_email": "elm@example.com",
            "parent": str(w.cast.dealer.uuid),
        },
    ),
    "dealers.list": lambda w: ("dealers", None),
    "dealers.create": lambda w: (
        "dealers",
        {
            "name": "Bay Phones",
            "country": "US",
            "currency": "USD",
            "time_zone": "America/Chicago",
            "credit_limit": "50",
            "owner_email": "bay@example.com",
            "parent": str(w.cast.dealer.uuid),
        },
    ),
    "memberships.list": lambda w: ("memberships", None),
    "memberships.change": lambda w: (f"memberships/{w.member.uuid}", {"role": "FINANCE"}),
    "memberships.end": lambda w: (f"memberships/{w.member.uuid}", None),
    "invitations.list": lambda w: ("invitations", None),
    "invitations.create": lambda w: (
        "invitations",
        {
            "email": "new@example.com",
            "role": "VIEWER",
            "organization": str(w.cast.tenant.uuid),
        },
    ),
    "invitations.resend": lambda w: (f"invitations/{w.invitation.uuid}/resend", {}),
    "invitations.withdraw": lambda w: (f"invitations/{w.invitation.uuid}/withdraw", {}),
    "api-clients.list": lambda w: ("api-clients", None),
    "api-clients.create": lambda w: (
        "api-clients",
        {
            "name": "Sync",
            "scopes": ["VIEW_NUMBERS"],
            "organization": str(w.cast.tenant.uuid),
        },
    ),
    "api-clients.get": lambda w: (f"api-clients/{w.client.uuid}", None),
    "api-clients.renew": lambda w: (f"api-clients/{w.client.uuid}/renew", {"overlap_hours": 1}),
    "api-clients.revoke": lambda w: (f"api-clients/{w.client.uuid}", None),
    "carriers.list": lambda w: ("carriers", None),
    "carrier-accounts.get": lambda w: (f"carrier-accounts/{w.account.uuid}", None),
    "fees.list": lambda w: (f"carrier-accounts/{w.account.uuid}/fees", None),
    "fees.create": lambda w: (
        f"carrier-accounts/{w.account.uuid}/fees",
        {"what": "CHANNEL", "monthly": "1.50", "currency": "USD", "valid_from": "2026-11-20"},
    ),
    "quotes.create": lambda w: (
        f"carrier-accounts/{w.account.uuid}/quotes",
        {
            "numbers": [{"number": "+441617150001", "setup": "2.00", "monthly": "0.50"}],
            "currency": "GBP",
            "until": "2099-01-01T00:00:00Z",
        },
    ),
    "requirements.list": lambda w: (f"carrier-accounts/{w.account.uuid}/requirements", None),
    "requirements.keep": lambda w: (
        f"carrier-accounts/{w.account.uuid}/requirements/GB/LOCAL",
        {"requirements": [{"name": "Tax number", "asks": "TEXT"}]},
    ),
    "requirements.forget": lambda w: (
        f"carrier-accounts/{w.account.uuid}/requirements/GB/LOCAL",
        None,
    ),
    "requirement-suggestions.list": lambda w: ("requirement-suggestions", None),
    "carrier-accounts.second-person": lambda w: (
        f"carrier-accounts/{w.account.uuid}/second-person",
        {"wanted": True},
    ),
    "carrier-accounts.interface": lambda w: (
        f"carrier-accounts/{w.account.uuid}/interface",
        {"carrier": "telnyx", "credentials": {"api_key": "KEY", "public_key": "PUB"}},
    ),
    "carrier-accounts.list": lambda w: ("carrier-accounts", None),
    "carrier-accounts.create": lambda w: (
        "carrier-accounts",
        {
            "carrier": "twilio",
            "name": "Second",
            "credentials": {"account_sid": "AC" + "0" * 32, "auth_token": "MARK-SECRET-TOKEN"},
        },
    ),
    "carrier-accounts.check": lambda w: (f"carrier-accounts/{w.account.uuid}/check", {}),
    "carrier-accounts.pause": lambda w: (
        f"carrier-accounts/{w.account.uuid}/pause",
        {"reason": "Contract under review"},
    ),
    "carrier-accounts.resume": lambda w: (f"carrier-accounts/{w.paused.uuid}/resume", {}),
    "carrier-accounts.credentials": lambda w: (
        f"carrier-accounts/{w.account.uuid}/credentials",
        {"credentials": {"api_key": "MARK-SECRET-NEW-KEY", "public_key": "MARK-SECRET-PUBLIC"}},
    ),
    "carrier-accounts.warning": lambda w: (
        f"carrier-accounts/{w.account.uuid}/warning",
        {"below": "25.00"},
    ),
    "carrier-accounts.balance": lambda w: (
        f"carrier-accounts/{w.account.uuid}/balance",
        {"amount": "120.50", "currency": "USD"},
    ),
    "carrier-accounts.health": lambda w: (f"carrier-accounts/{w.account.uuid}/health", None),
    "audits.list": lambda w: (f"carrier-accounts/{w.account.uuid}/audits", None),
    "audits.create": lambda w: (f"carrier-accounts/{w.account.uuid}/audits", {}),
    "imports.list": lambda w: (f"carrier-accounts/{w.account.uuid}/imports", None),
    "imports.create": lambda w: (
        f"carrier-accounts/{w.account.uuid}/imports",
        {"file_name": "more.csv", "content": "number,city\n+14155550177,San Francisco\n"},
    ),
    "imports.get": lambda w: (f"imports/{w.source.uuid}", None),
    "imports.rows": lambda w: (f"imports/{w.source.uuid}/rows?verdict=NEW", None),
    "imports.check": lambda w: (f"imports/{w.source.uuid}/check", {"country": "US"}),
    "imports.apply": lambda w: (f"imports/{w.source.uuid}/apply", {}),
    "imports.discard": lambda w: (f"imports/{w.source.uuid}/discard", {}),
    "findings.list": lambda w: (f"findings?carrier_account={w.account.uuid}", None),
    "findings.settle": lambda w: (f"findings/{w.finding.uuid}/settle", {}),
    "findings.dismiss": lambda w: (
        f"findings/{w.finding.uuid}/dismiss",
        {"reason": "It is a test number."},
    ),
    "trunks.list": lambda w: ("trunks", None),
    "trunks.create": lambda w: (
        "trunks",
        {
            "carrier_account": str(w.account.uuid),
            "name": "Another",
            "did_format": "PLUS_E164",
            "gateways": [{"host": "198.51.100.8"}],
            "source_addresses": ["192.0.2.12"],
        },
    ),
    "trunks.get": lambda w: (f"trunks/{w.static_trunk.uuid}", None),
    "trunks.test": lambda w: (f"trunks/{w.static_trunk.uuid}/test", {}),
    "static-trunks.create": lambda w: (
        "static-trunks",
        {"carrier_account": str(w.account.uuid), "name": "Leeds", "carrier_reference": "4711"}
        | STATIC,
    ),
    "static-trunks.change": lambda w: (
        f"static-trunks/{w.static_trunk.uuid}",
        {"name": "Leeds", "carrier_reference": "MARK-REFERENCE-STATIC"} | STATIC,
    ),
    "trunk-profiles.list": lambda w: ("trunk-profiles", None),
    "trunks.retry": lambda w: (f"trunks/{w.failed_trunk.uuid}/retry", {}),
    "pbxs.list": lambda w: ("pbxs", None),
    "pbxs.create": lambda w: ("pbxs", {"name": "Second switch"}),
    "pbxs.nodes": lambda w: (f"pbxs/{w.pbx.uuid}/nodes", None),
    "pbxs.targets": lambda w: (f"pbxs/{w.pbx.uuid}/targets", None),
    "pbxs.targets.create": lambda w: (
        f"pbxs/{w.pbx.uuid}/targets",
        {"name": "b", "address": "sip:192.0.2.51:5060"},
    ),
    "pbxs.trunks.attach": lambda w: (
        f"pbxs/{w.pbx.uuid}/trunks",
        {"trunk": str(w.spare_trunk.uuid)},
    ),
    "pbxs.trunks": lambda w: (f"pbxs/{w.pbx.uuid}/trunks", None),
    "pbxs.trunks.detach": lambda w: (f"pbxs/{w.pbx.uuid}/trunks/{w.idle_trunk.uuid}", None),
    "pbxs.route": lambda w: (f"pbxs/{w.pbx.uuid}/routes/{TENANT_NUMBER}", None),
    "coverage.list": lambda w: ("coverage", None),
    "searches.create": lambda w: ("searches", {"country": "US", "area_code": "312"}),
    "searches.get": lambda w: (f"searches/{w.search.uuid}", None),
    "back-orders.list": lambda w: ("back-orders", None),
    "back-orders.create": lambda w: (
        "back-orders",
        {
            "wanted": {"country": "US", "area_code": "224"},
            "quantity": 2,
            "when_found": "OFFER",
            "until": (timezone.now() + timedelta(days=7)).isoformat(),
        },
    ),
    "back-orders.get": lambda w: (f"back-orders/{w.back_order.uuid}", None),
    "back-orders.look-now": lambda w: (f"back-orders/{w.back_order.uuid}/look-now", {}),
    "back-orders.cancel": lambda w: (f"back-orders/{w.back_order.uuid}/cancel", {}),
    "orders.list": lambda w: ("orders", None),
    "searches.pick": lambda w: (
        f"searches/{w.search.uuid}/pick",
        {"count": 3, "holder": str(w.cast.dealer.uuid)},
    ),
    "holds.list": lambda w: ("holds", None),
    "holds.create": lambda w: ("holds", {"offers": [str(w.found.uuid)]}),
    "holds.get": lambda w: (f"holds/{w.hold.uuid}", None),
    "holds.let-go": lambda w: (f"holds/{w.hold.uuid}/let-go", {}),
    "orders.create": lambda w: (
        "orders",
        {
            "lines": [
                {
                    "offer": str(w.found.uuid),
                    "holder": str(w.cast.tenant.uuid),
                    "label": "Fax",
                    "destination": {"kind": "EXTENSION", "value": "102"},
                }
            ]
        },
    ),
    "orders.get": lambda w: (f"orders/{w.order.uuid}", None),
    "orders.submit": lambda w: (f"orders/{w.order.uuid}/submit", {}),
    "orders.discard": lambda w: (f"orders/{w.order.uuid}/discard", {}),
    "orders.replace": lambda w: (
        f"orders/{w.failed_line.order.uuid}/replace",
        {"lines": [{"line": str(w.failed_line.uuid), "offer": str(w.found.uuid)}]},
    ),
    "numbers.list": lambda w: ("numbers", None),
    "numbers.allot-many": lambda w: (
        "numbers/allot",
        {"numbers": [DEALER_STOCK, OFFERED], "to": str(w.cast.tenant.uuid)},
    ),
    "numbers.offer-many": lambda w: (
        "numbers/offer",
        {"numbers": [DEALER_STOCK], "to": str(w.cast.tenant.uuid)},
    ),
    "numbers.withdraw-many": lambda w: ("numbers/withdraw-offers", {"numbers": [OFFERED]}),
    "numbers.recall-many": lambda w: ("numbers/recall", {"numbers": [LOOSE]}),
    "numbers.give-back-many": lambda w: ("numbers/give-back", {"numbers": [LOOSE]}),
    "numbers.reclaim-many": lambda w: ("numbers/reclaim", {"numbers": [LOOSE]}),
    "numbers.assign-many": lambda w: (
        "numbers/assign",
        {"assignments": [{"number": LOOSE, "destination": {"kind": "EXTENSION", "value": "101"}}]},
    ),
    "numbers.unassign-many": lambda w: ("numbers/unassign", {"numbers": [TENANT_NUMBER]}),
    "numbers.get": lambda w: (f"numbers/{TENANT_NUMBER}", None),
    "numbers.change": lambda w: (f"numbers/{TENANT_NUMBER}", {"label": "Desk"}),
    "numbers.allot": lambda w: (f"numbers/{DEALER_STOCK}/allot", {"to": str(w.cast.tenant.uuid)}),
    "numbers.offer": lambda w: (f"numbers/{DEALER_STOCK}/offer", {"to": str(w.cast.tenant.uuid)}),
    "numbers.give-back": lambda w: (f"numbers/{LOOSE}/give-back", {}),
    "numbers.recall": lambda w: (f"numbers/{LOOSE}/recall", {}),
    "numbers.reclaim": lambda w: (f"numbers/{LOOSE}/reclaim", {"label": "Desk"}),
    "numbers.binding": lambda w: (f"numbers/{TENANT_NUMBER}/binding", None),
    "numbers.binding.change": lambda w: (
        f"numbers/{TENANT_NUMBER}/binding",
        {"trunk": str(w.spare_trunk.uuid)},
    ),
    "numbers.caller-name": lambda w: (f"numbers/{TENANT_NUMBER}/caller-name", None),
    "numbers.caller-name.change": lambda w: (
        f"numbers/{TENANT_NUMBER}/caller-name",
        {"text": "Oak Dental", "shows_callers": True},
    ),
    "numbers.messages": lambda w: (f"numbers/{TENANT_NUMBER}/messages", None),
    "numbers.messages.change": lambda w: (f"numbers/{TENANT_NUMBER}/messages", {"to": "OFF"}),
    "numbers.verification": lambda w: (f"numbers/{TENANT_NUMBER}/verification", None),
    "numbers.verification.change": lambda w: (
        f"numbers/{TENANT_NUMBER}/verification",
        VERIFICATION_WORDS,
    ),
    "numbers.verification.end": lambda w: (f"numbers/{TENANT_NUMBER}/verification/end", {}),
    "numbers.campaign": lambda w: (f"numbers/{TENANT_NUMBER}/campaign", None),
    "numbers.campaign.change": lambda w: (
        f"numbers/{TENANT_NUMBER}/campaign",
        {"campaign": str(w.campaign.uuid)},
    ),
    "brands.list": lambda w: ("brands", None),
    "brands.create": lambda w: ("brands", {**BRAND_WORDS, "name": "Oak Eyes"}),
    "brands.get": lambda w: (f"brands/{w.brand.uuid}", None),
    "brands.correct": lambda w: (f"brands/{w.brand.uuid}", BRAND_WORDS),
    "brands.end": lambda w: (f"brands/{w.brand.uuid}/end", {}),
    "campaigns.list": lambda w: ("campaigns", None),
    "campaigns.create": lambda w: (
        "campaigns",
        {**CAMPAIGN_WORDS, "name": "News", "brand": str(w.brand.uuid)},
    ),
    "campaigns.get": lambda w: (f"campaigns/{w.campaign.uuid}", None),
    "campaigns.correct": lambda w: (f"campaigns/{w.campaign.uuid}", CAMPAIGN_WORDS),
    "campaigns.end": lambda w: (f"campaigns/{w.campaign.uuid}/end", {}),
    "numbers.holdings": lambda w: (f"numbers/{LOOSE}/holdings", None),
    "numbers.exchanges": lambda w: (f"numbers/{TENANT_NUMBER}/exchanges", None),
    "numbers.release": lambda w: (f"numbers/{STOCK}/release", {"on": None}),
    "numbers.release.cancel": lambda w: (f"numbers/{LEAVING}/release/cancel", {}),
    "numbers.assign": lambda w: (
        f"numbers/{LOOSE}/assignment",
        {"destination": {"kind": "EXTENSION", "value": "101"}, "label": "Desk"},
    ),
    "numbers.unassign": lambda w: (f"numbers/{TENANT_NUMBER}/assignment", None),
    "numbers.swap": lambda w: (f"numbers/{TENANT_NUMBER}/swap", {"other": LOOSE}),
    "tags.list": lambda w: ("tags", None),
    "tags.change": lambda w: ("tags", {"numbers": [TENANT_NUMBER], "add": ["Head office"]}),
    "number-blocks.list": lambda w: ("number-blocks", None),
    "number-blocks.create": lambda w: (
        "number-blocks",
        {"first": RANGE[0], "last": RANGE[1], "divisible": False},
    ),
    "number-blocks.get": lambda w: (f"number-blocks/{w.block.uuid}", None),
    "number-blocks.dissolve": lambda w: (f"number-blocks/{w.block.uuid}/dissolve", {}),
    "number-blocks.release": lambda w: (f"number-blocks/{w.block.uuid}/release", {"on": None}),
    "number-blocks.release.cancel": lambda w: (
        f"number-blocks/{w.leaving_block.uuid}/release/cancel",
        {},
    ),
    "numbers.events": lambda w: (f"numbers/{TENANT_NUMBER}/events", None),
    "offers.list": lambda w: ("offers", None),
    "offers.claim": lambda w: (
        f"offers/{w.offer.uuid}/claim",
        {"destination": {"kind": "EXTENSION", "value": "103"}, "label": "Sales"},
    ),
    "offers.withdraw": lambda w: (f"offers/{w.offer.uuid}/withdraw", {}),
    "emergency-locations.list": lambda w: ("emergency-locations", None),
    "emergency-locations.create": lambda w: (
        "emergency-locations",
        {
            "label": "Main office",
            "name": "Oak Street Dental",
            "house_number": "100",
            "street": "Main St",
            "city": "Chicago",
            "state": "IL",
            "postal_code": "60601",
            "country": "US",
        },
    ),
    "emergency-locations.get": lambda w: (f"emergency-locations/{w.location.uuid}", None),
    "emergency-locations.change": lambda w: (
        f"emergency-locations/{w.location.uuid}",
        {"contacts": ["front@oak.example"]},
    ),
    "emergency-locations.retire": lambda w: (f"emergency-locations/{w.branch.uuid}", None),
    "emergency-locations.check": lambda w: (f"emergency-locations/{w.bad_place.uuid}/check", {}),
    "emergency-locations.accept": lambda w: (f"emergency-locations/{w.bad_place.uuid}/accept", {}),
    "emergency-locations.default": lambda w: (f"emergency-locations/{w.branch.uuid}/default", {}),
    "emergency-locations.test": lambda w: (f"emergency-locations/{w.location.uuid}/test", {}),
    "emergency-locations.extensions.place": lambda w: (
        f"emergency-locations/{w.location.uuid}/extensions/101",
        {},
    ),
    "emergency-locations.extensions.take": lambda w: (
        f"emergency-locations/{w.location.uuid}/extensions/101",
        None,
    ),
    "numbers.emergency": lambda w: (f"numbers/{TENANT_NUMBER}/emergency", None),
    "numbers.emergency.choose": lambda w: (
        f"numbers/{TENANT_NUMBER}/emergency",
        {"location": str(w.branch.uuid)},
    ),
    "numbers.emergency.waive": lambda w: (
        f"numbers/{TENANT_NUMBER}/emergency/waiver",
        {"kind": "INBOUND_ONLY", "reason": "A fax machine"},
    ),
    "numbers.emergency.unwaive": lambda w: (f"numbers/{LOOSE}/emergency/waiver", None),
    "events.list": lambda w: ("events", None),
    "personal-values.erase": lambda w: ("personal-values/erase", {"value": "Ada@example.com"}),
    "numbers.waiting": lambda w: (f"numbers/{TENANT_NUMBER}/waiting", None),
    "orders.waiting": lambda w: (f"orders/{w.order.uuid}/waiting", None),
    "filings.list": lambda w: (f"filings?organization={w.cast.tenant.uuid}", None),
    "filings.get": lambda w: (f"filings/{w.filing.uuid}", None),
    "filings.answer": lambda w: (
        f"filings/{w.filing.uuid}/answers",
        {"key": "company", "text": "Oak Street Dental"},
    ),
    "orders.cancel": lambda w: (f"orders/{w.order.uuid}/cancel", {}),
    "documents.list": lambda w: (f"documents?organization={w.cast.tenant.uuid}", None),
    "documents.create": lambda w: (
        "documents",
        {
            "organization": str(w.cast.tenant.uuid),
            "type": "ADDRESS",
            "file": SentFile("bill.pdf", PAPER),
            "expires_on": "2099-01-01",
        },
    ),
    "documents.get": lambda w: (f"documents/{w.document.uuid}", None),
    "documents.delete": lambda w: (f"documents/{w.document.uuid}", None),
    "documents.content": lambda w: (f"documents/{w.document.uuid}/content", None),
    "tasks.list": lambda w: ("tasks", None),
    "tasks.get": lambda w: (f"tasks/{w.task.uuid}", None),
    "tasks.take": lambda w: (f"tasks/{w.task.uuid}/take", {}),
    "tasks.give-back": lambda w: (f"tasks/{w.task.uuid}/give-back", {}),
    "tasks.complete": lambda w: (f"tasks/{w.task.uuid}/complete", {"note": "Pointed by hand."}),
    "tasks.abandon": lambda w: (f"tasks/{w.task.uuid}/abandon", {"reason": "It is gone."}),
    "tasks.wait": lambda w: (f"tasks/{w.task.uuid}/wait", {"reference": "INC-1"}),
    "tasks.go-on": lambda w: (f"tasks/{w.task.uuid}/go-on", {}),
    "tasks.urgency": lambda w: (f"tasks/{w.task.uuid}/urgency", {"urgent": True}),
    "tasks.attach": lambda w: (
        f"tasks/{w.task.uuid}/documents",
        {"document": str(w.document.uuid)},
    ),
    "tasks.outcomes": lambda w: (
        f"tasks/{w.task.uuid}/outcomes",
        {"numbers": [{"number": LOOSE, "status": "BOUGHT"}]},
    ),
    "tasks.comment": lambda w: (f"tasks/{w.task.uuid}/comments", {"text": "I asked them."}),
}

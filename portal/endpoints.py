"""
Every endpoint with the right that opens it and the columns that it may hide.

The list is kept apart from the views on purpose: generated tests hold one against the other, so
that neither a new address nor a weakened guard slips in unseen.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.permissions import FieldGroup, Permission

P = Permission
CARRIER = frozenset({FieldGroup.CARRIER})
COST = frozenset({FieldGroup.COST})
BOTH = CARRIER | COST


@dataclass(frozen=True)
class Endpoint:
    """
    One method at one address.

    :param path: as Django's routes write it, without the leading slash
    :param permission: None lets in everyone who is signed in
    :param groups: field groups whose columns are absent for those who may not see them
    """

    name: str
    method: str
    path: str
    permission: Permission | None
    groups: frozenset[FieldGroup] = frozenset()


_V1 = "api/v1/"
_NUMBER = "numbers/<e164:e164>"
_WAIVER = f"{_NUMBER}/emergency/waiver"
_LOCATION = "emergency-locations/<uuid:location>"
_STANDS = f"{_LOCATION}/extensions/<str:extension>"
_BLOCK = "number-blocks/<uuid:block>"
_REQUIREMENTS = "carrier-accounts/<uuid:account>/requirements/<str:country>/<str:kind>"


def _api(
    name: str,
    method: str,
    path: str,
    permission: Permission | None,
    groups: frozenset[FieldGroup] = frozenset(),
) -> Endpoint:
    return Endpoint(name, method, _V1 + path, permission, groups)


API = (
    _api("me.get", "GET", "me", None),
    _api("attention.get", "GET", "attention", None, BOTH),
    _api("number-tallies.get", "GET", "number-tallies", P.VIEW_NUMBERS, CARRIER),
    _api("account.get", "GET", "account", P.VIEW_MONEY),
    _api("organizations.list", "GET", "organizations", P.VIEW_ORGANIZATIONS),
    _api("organizations.get", "GET", "organizations/<uuid:organization>", P.VIEW_ORGANIZATIONS),
    _api(
        "organizations.change",
        "PATCH",
        "organizations/<uuid:organization>",
        P.MANAGE_TENANTS,
    ),
    _api(
        "organizations.suspend",
        "POST",
        "organizations/<uuid:organization>/suspend",
        P.HALT_ORGANIZATIONS,
    ),
    _api(
        "organizations.resume",
        "POST",
        "organizations/<uuid:organization>/resume",
        P.HALT_ORGANIZATIONS,
    ),
    _api("organizations.account", "GET", "organizations/<uuid:organization>/account", P.VIEW_MONEY),
    _api(
        "organizations.account.open",
        "POST",
        "organizations/<uuid:organization>/account",
        P.MANAGE_MONEY,
    ),
    _api(
        "organizations.account.change",
        "PATCH",
        "organizations/<uuid:organization>/account",
        P.MANAGE_MONEY,
    ),
    _api(
        "organizations.account.credit",
        "POST",
        "organizations/<uuid:organization>/account/credit",
        P.MANAGE_MONEY,
    ),
    _api("exchange-rates.list", "GET", "exchange-rates", P.MANAGE_RATES),
    _api("exchange-rates.enter", "POST", "exchange-rates", P.MANAGE_RATES),
    _api("tenants.list", "GET", "tenants", P.VIEW_ORGANIZATIONS),
    _api("tenants.create", "POST", "tenants", P.MANAGE_TENANTS),
    _api("dealers.list", "GET", "dealers", P.VIEW_ORGANIZATIONS),
    _api("dealers.create", "POST", "dealers", P.MANAGE_DEALERS),
    _api("memberships.list", "GET", "memberships", P.MANAGE_PEOPLE),
    _api("memberships.change", "PATCH", "memberships/<uuid:membership>", P.MANAGE_PEOPLE),
    _api("memberships.end", "DELETE", "memberships/<uuid:membership>", P.MANAGE_PEOPLE),
    _api("invitations.list", "GET", "invitations", P.MANAGE_PEOPLE),
    _api("invitations.create", "POST", "invitations", P.MANAGE_PEOPLE),
    _api("invitations.resend", "POST", "invitations/<uuid:invitation>/resend", P.MANAGE_PEOPLE),
    _api("invitations.withdraw", "POST", "invitations/<uuid:invitation>/withdraw", P.MANAGE_PEOPLE),
    _api("api-clients.list", "GET", "api-clients", P.MANAGE_API_CLIENTS),
    _api("api-clients.create", "POST", "api-clients", P.MANAGE_API_CLIENTS),
    _api("api-clients.get", "GET", "api-clients/<uuid:client>", P.MANAGE_API_CLIENTS),
    _api("api-clients.renew", "POST", "api-clients/<uuid:client>/renew", P.MANAGE_API_CLIENTS),
    _api("api-clients.revoke", "DELETE", "api-clients/<uuid:client>", P.MANAGE_API_CLIENTS),
    _api("emergency-locations.list", "GET", "emergency-locations", P.VIEW_NUMBERS, CARRIER),
    _api("emergency-locations.create", "POST", "emergency-locations", P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.get", "GET", _LOCATION, P.VIEW_NUMBERS, CARRIER),
    _api("emergency-locations.change", "PATCH", _LOCATION, P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.retire", "DELETE", _LOCATION, P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.check", "POST", f"{_LOCATION}/check", P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.accept", "POST", f"{_LOCATION}/accept", P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.default", "POST", f"{_LOCATION}/default", P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.test", "POST", f"{_LOCATION}/test", P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.extensions.place", "PUT", _STANDS, P.ASSIGN_NUMBERS, CARRIER),
    _api("emergency-locations.extensions.take", "DELETE", _STANDS, P.ASSIGN_NUMBERS, CARRIER),
    _api("numbers.emergency", "GET", f"{_NUMBER}/emergency", P.VIEW_NUMBERS, CARRIER),
    _api("numbers.emergency.choose", "PUT", f"{_NUMBER}/emergency", P.ASSIGN_NUMBERS, CARRIER),
    _api(
        "numbers.emergency.waive", "PUT", f"{_NUMBER}/emergency/waiver", P.ASSIGN_NUMBERS, CARRIER
    ),
    _api(
        "numbers.emergency.unwaive",
        "DELETE",
        f"{_NUMBER}/emergency/waiver",
        P.ASSIGN_NUMBERS,
        CARRIER,
    ),
    _api("carriers.list", "GET", "carriers", P.MANAGE_CARRIERS),
    _api(
        "carrier-accounts.get",
        "GET",
        "carrier-accounts/<uuid:account>",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api("carrier-accounts.list", "GET", "carrier-accounts", P.MANAGE_CARRIERS, COST),
    _api("carrier-accounts.create", "POST", "carrier-accounts", P.MANAGE_CARRIERS, COST),
    _api("fees.list", "GET", "carrier-accounts/<uuid:account>/fees", P.MANAGE_CARRIERS, COST),
    _api("fees.create", "POST", "carrier-accounts/<uuid:account>/fees", P.MANAGE_CARRIERS, COST),
    _api("quotes.create", "POST", "carrier-accounts/<uuid:account>/quotes", P.MANAGE_CARRIERS),
    _api(
        "carrier-accounts.second-person",
        "PUT",
        "carrier-accounts/<uuid:account>/second-person",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "carrier-accounts.interface",
        "PUT",
        "carrier-accounts/<uuid:account>/interface",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "carrier-accounts.check",
        "POST",
        "carrier-accounts/<uuid:account>/check",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "carrier-accounts.pause",
        "POST",
        "carrier-accounts/<uuid:account>/pause",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "carrier-accounts.resume",
        "POST",
        "carrier-accounts/<uuid:account>/resume",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "carrier-accounts.credentials",
        "PUT",
        "carrier-accounts/<uuid:account>/credentials",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "carrier-accounts.warning",
        "PUT",
        "carrier-accounts/<uuid:account>/warning",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "carrier-accounts.health",
        "GET",
        "carrier-accounts/<uuid:account>/health",
        P.MANAGE_CARRIERS,
        COST,
    ),
    _api(
        "requirements.list",
        "GET",
        "carrier-accounts/<uuid:account>/requirements",
        P.MANAGE_CARRIERS,
    ),
    _api("requirements.keep", "PUT", _REQUIREMENTS, P.MANAGE_CARRIERS),
    _api("requirements.forget", "DELETE", _REQUIREMENTS, P.MANAGE_CARRIERS),
    _api("requirement-suggestions.list", "GET", "requirement-suggestions", P.MANAGE_CARRIERS),
    _api("audits.list", "GET", "carrier-accounts/<uuid:account>/audits", P.MANAGE_CARRIERS),
    _api("audits.create", "POST", "carrier-accounts/<uuid:account>/audits", P.MANAGE_CARRIERS),
    _api("imports.list", "GET", "carrier-accounts/<uuid:account>/imports", P.MANAGE_CARRIERS),
    _api("imports.create", "POST", "carrier-accounts/<uuid:account>/imports", P.MANAGE_CARRIERS),
    _api("imports.get", "GET", "imports/<uuid:source>", P.MANAGE_CARRIERS),
    _api("imports.rows", "GET", "imports/<uuid:source>/rows", P.MANAGE_CARRIERS, COST),
    _api("imports.check", "POST", "imports/<uuid:source>/check", P.MANAGE_CARRIERS),
    _api("imports.apply", "POST", "imports/<uuid:source>/apply", P.MANAGE_CARRIERS),
    _api("imports.discard", "POST", "imports/<uuid:source>/discard", P.MANAGE_CARRIERS),
    _api("findings.list", "GET", "findings", P.MANAGE_CARRIERS),
    _api("findings.settle", "POST", "findings/<uuid:finding>/settle", P.MANAGE_CARRIERS),
    _api("findings.dismiss", "POST", "findings/<uuid:finding>/dismiss", P.MANAGE_CARRIERS),
    _api("trunks.list", "GET", "trunks", P.MANAGE_CARRIERS),
    _api("trunks.create", "POST", "trunks", P.MANAGE_CARRIERS),
    _api("trunks.get", "GET", "trunks/<uuid:trunk>", P.MANAGE_CARRIERS),
    _api("trunks.test", "POST", "trunks/<uuid:trunk>/test", P.MANAGE_CARRIERS),
    _api("static-trunks.create", "POST", "static-trunks", P.MANAGE_CARRIERS),
    _api("static-trunks.change", "PUT", "static-trunks/<uuid:trunk>", P.MANAGE_CARRIERS),
    _api("trunk-profiles.list", "GET", "trunk-profiles", P.MANAGE_CARRIERS),
    _api("trunks.retry", "POST", "trunks/<uuid:trunk>/retry", P.MANAGE_CARRIERS),
    _api("pbxs.list", "GET", "pbxs", P.VIEW_ORGANIZATIONS),
    _api("pbxs.create", "POST", "pbxs", P.MANAGE_PBXS),
    _api("pbxs.nodes", "GET", "pbxs/<uuid:pbx>/nodes", P.MANAGE_PBXS),
    _api("pbxs.targets", "GET", "pbxs/<uuid:pbx>/targets", P.MANAGE_PBXS),
    _api("pbxs.targets.create", "POST", "pbxs/<uuid:pbx>/targets", P.MANAGE_PBXS),
    _api("pbxs.trunks.attach", "POST", "pbxs/<uuid:pbx>/trunks", P.MANAGE_PBXS),
    _api("pbxs.trunks", "GET", "pbxs/<uuid:pbx>/trunks", P.MANAGE_PBXS),
    _api("pbxs.trunks.detach", "DELETE", "pbxs/<uuid:pbx>/trunks/<uuid:trunk>", P.MANAGE_PBXS),
    _api("pbxs.route", "GET", "pbxs/<uuid:pbx>/routes/<e164:e164>", P.MANAGE_PBXS),
    _api("coverage.list", "GET", "coverage", P.VIEW_NUMBERS, BOTH),
    _api("searches.create", "POST", "searches", P.SEARCH_NUMBERS),
    _api("searches.get", "GET", "searches/<uuid:search>", P.SEARCH_NUMBERS, BOTH),
    _api("searches.pick", "POST", "searches/<uuid:search>/pick", P.ORDER_NUMBERS, BOTH),
    _api("holds.list", "GET", "holds", P.ORDER_NUMBERS, CARRIER),
    _api("holds.create", "POST", "holds", P.ORDER_NUMBERS, CARRIER),
    _api("holds.get", "GET", "holds/<uuid:hold>", P.ORDER_NUMBERS, CARRIER),
    _api("holds.let-go", "POST", "holds/<uuid:hold>/let-go", P.ORDER_NUMBERS, CARRIER),
    _api("back-orders.list", "GET", "back-orders", P.ORDER_NUMBERS, COST),
    _api("back-orders.create", "POST", "back-orders", P.ORDER_NUMBERS, COST),
    _api("back-orders.get", "GET", "back-orders/<uuid:back_order>", P.ORDER_NUMBERS, COST),
    _api(
        "back-orders.look-now",
        "POST",
        "back-orders/<uuid:back_order>/look-now",
        P.ORDER_NUMBERS,
        COST,
    ),
    _api(
        "back-orders.cancel", "POST", "back-orders/<uuid:back_order>/cancel", P.ORDER_NUMBERS, COST
    ),
    _api("orders.list", "GET", "orders", P.ORDER_NUMBERS, BOTH),
    _api("orders.create", "POST", "orders", P.ORDER_NUMBERS, BOTH),
    _api("orders.get", "GET", "orders/<uuid:order>", P.ORDER_NUMBERS, BOTH),
    _api("orders.submit", "POST", "orders/<uuid:order>/submit", P.ORDER_NUMBERS, BOTH),
    _api("orders.discard", "POST", "orders/<uuid:order>/discard", P.ORDER_NUMBERS, BOTH),
    _api("orders.cancel", "POST", "orders/<uuid:order>/cancel", P.ORDER_NUMBERS, BOTH),
    _api("orders.replace", "POST", "orders/<uuid:order>/replace", P.ORDER_NUMBERS, BOTH),
    _api("numbers.list", "GET", "numbers", P.VIEW_NUMBERS, BOTH),
    _api("numbers.allot-many", "POST", "numbers/allot", P.ALLOT_NUMBERS),
    _api("numbers.offer-many", "POST", "numbers/offer", P.ALLOT_NUMBERS),
    _api("numbers.withdraw-many", "POST", "numbers/withdraw-offers", P.ALLOT_NUMBERS),
    _api("numbers.recall-many", "POST", "numbers/recall", P.ALLOT_NUMBERS),
    _api("numbers.give-back-many", "POST", "numbers/give-back", P.GIVE_BACK_NUMBERS),
    _api("numbers.reclaim-many", "POST", "numbers/reclaim", P.CLAIM_NUMBERS),
    _api("numbers.assign-many", "POST", "numbers/assign", P.ASSIGN_NUMBERS),
    _api("numbers.unassign-many", "POST", "numbers/unassign", P.ASSIGN_NUMBERS),
    _api("numbers.get", "GET", _NUMBER, P.VIEW_NUMBERS, BOTH),
    _api("numbers.change", "PATCH", _NUMBER, P.ASSIGN_NUMBERS, BOTH),
    _api("numbers.allot", "POST", f"{_NUMBER}/allot", P.ALLOT_NUMBERS, BOTH),
    _api("numbers.offer", "POST", f"{_NUMBER}/offer", P.ALLOT_NUMBERS),
    _api("numbers.give-back", "POST", f"{_NUMBER}/give-back", P.GIVE_BACK_NUMBERS),
    _api("numbers.recall", "POST", f"{_NUMBER}/recall", P.ALLOT_NUMBERS, BOTH),
    _api("numbers.reclaim", "POST", f"{_NUMBER}/reclaim", P.CLAIM_NUMBERS, BOTH),
    _api("numbers.binding", "GET", f"{_NUMBER}/binding", P.MANAGE_CARRIERS),
    _api("numbers.binding.change", "PUT", f"{_NUMBER}/binding", P.MANAGE_CARRIERS),
    _api("numbers.caller-name", "GET", f"{_NUMBER}/caller-name", P.VIEW_NUMBERS, CARRIER),
    _api("numbers.caller-name.change", "PUT", f"{_NUMBER}/caller-name", P.ASSIGN_NUMBERS, CARRIER),
    _api("numbers.messages", "GET", f"{_NUMBER}/messages", P.VIEW_NUMBERS, CARRIER),
    _api("numbers.messages.change", "PUT", f"{_NUMBER}/messages", P.ASSIGN_NUMBERS, CARRIER),
    _api("numbers.verification", "GET", f"{_NUMBER}/verification", P.VIEW_NUMBERS, CARRIER),
    _api(
        *("numbers.verification.change", "PUT", f"{_NUMBER}/verification"),
        P.ASSIGN_NUMBERS,
        CARRIER,
    ),
    _api(
        *("numbers.verification.end", "POST", f"{_NUMBER}/verification/end"),
        P.ASSIGN_NUMBERS,
        CARRIER,
    ),
    _api("numbers.campaign", "GET", f"{_NUMBER}/campaign", P.VIEW_NUMBERS, CARRIER),
    _api("numbers.campaign.change", "PUT", f"{_NUMBER}/campaign", P.ASSIGN_NUMBERS, CARRIER),
    _api("brands.list", "GET", "brands", P.VIEW_NUMBERS, CARRIER),
    _api("brands.create", "POST", "brands", P.ASSIGN_NUMBERS, CARRIER),
    _api("brands.get", "GET", "brands/<uuid:brand>", P.VIEW_NUMBERS, CARRIER),
    _api("brands.correct", "PUT", "brands/<uuid:brand>", P.ASSIGN_NUMBERS, CARRIER),
    _api("brands.end", "POST", "brands/<uuid:brand>/end", P.ASSIGN_NUMBERS, CARRIER),
    _api("campaigns.list", "GET", "campaigns", P.VIEW_NUMBERS, CARRIER),
    _api("campaigns.create", "POST", "campaigns", P.ASSIGN_NUMBERS, CARRIER),
    _api("campaigns.get", "GET", "campaigns/<uuid:campaign>", P.VIEW_NUMBERS, CARRIER),
    _api("campaigns.correct", "PUT", "campaigns/<uuid:campaign>", P.ASSIGN_NUMBERS, CARRIER),
    _api("campaigns.end", "POST", "campaigns/<uuid:campaign>/end", P.ASSIGN_NUMBERS, CARRIER),
    _api("numbers.holdings", "GET", f"{_NUMBER}/holdings", P.VIEW_NUMBERS),
    _api("numbers.exchanges", "GET", f"{_NUMBER}/exchanges", P.MANAGE_CARRIERS, COST),
    _api("numbers.release", "POST", f"{_NUMBER}/release", P.RELEASE_NUMBERS, BOTH),
    _api("numbers.release.cancel", "POST", f"{_NUMBER}/release/cancel", P.RELEASE_NUMBERS, BOTH),
    _api("numbers.assign", "PUT", f"{_NUMBER}/assignment", P.ASSIGN_NUMBERS, BOTH),
    _api("numbers.unassign", "DELETE", f"{_NUMBER}/assignment", P.ASSIGN_NUMBERS, BOTH),
    _api("numbers.swap", "POST", f"{_NUMBER}/swap", P.ASSIGN_NUMBERS, BOTH),
    _api("tags.list", "GET", "tags", P.VIEW_NUMBERS),
    _api("tags.change", "POST", "tags", P.ASSIGN_NUMBERS),
    _api("number-blocks.list", "GET", "number-blocks", P.VIEW_NUMBERS, CARRIER),
    _api("number-blocks.create", "POST", "number-blocks", P.MANAGE_CARRIERS, CARRIER),
    _api("number-blocks.get", "GET", _BLOCK, P.VIEW_NUMBERS, CARRIER),
    _api("number-blocks.dissolve", "POST", f"{_BLOCK}/dissolve", P.MANAGE_CARRIERS, CARRIER),
    _api("number-blocks.release", "POST", f"{_BLOCK}/release", P.RELEASE_NUMBERS, CARRIER),
    _api(
        "number-blocks.release.cancel",
        "POST",
        f"{_BLOCK}/release/cancel",
        P.RELEASE_NUMBERS,
        CARRIER,
    ),
    _api("numbers.events", "GET", f"{_NUMBER}/events", P.VIEW_JOURNAL, CARRIER),
    _api("offers.list", "GET", "offers", P.VIEW_NUMBERS),
    _api("offers.claim", "POST", "offers/<uuid:offer>/claim", P.CLAIM_NUMBERS, BOTH),
    _api("offers.withdraw", "POST", "offers/<uuid:offer>/withdraw", P.ALLOT_NUMBERS),
    _api("personal-values.erase", "POST", "personal-values/erase", P.MANAGE_PEOPLE),
    _api("events.list", "GET", "events", P.VIEW_JOURNAL, CARRIER),
    _api("numbers.waiting", "GET", f"{_NUMBER}/waiting", P.VIEW_NUMBERS, CARRIER),
    _api("orders.waiting", "GET", "orders/<uuid:order>/waiting", P.ORDER_NUMBERS),
    _api("filings.list", "GET", "filings", P.KEEP_DOCUMENTS, CARRIER),
    _api("filings.get", "GET", "filings/<uuid:filing>", P.KEEP_DOCUMENTS, CARRIER),
    _api("filings.answer", "POST", "filings/<uuid:filing>/answers", P.KEEP_DOCUMENTS, CARRIER),
    _api("documents.list", "GET", "documents", P.KEEP_DOCUMENTS),
    _api("documents.create", "POST", "documents", P.KEEP_DOCUMENTS),
    _api("documents.get", "GET", "documents/<uuid:document>", P.KEEP_DOCUMENTS),
    _api("documents.delete", "DELETE", "documents/<uuid:document>", P.KEEP_DOCUMENTS),
    _api("documents.content", "GET", "documents/<uuid:document>/content", P.KEEP_DOCUMENTS),
    _api("tasks.list", "GET", "tasks", P.DO_TASKS, CARRIER),
    _api("tasks.get", "GET", "tasks/<uuid:task>", P.DO_TASKS, CARRIER),
    _api("tasks.take", "POST", "tasks/<uuid:task>/take", P.DO_TASKS, CARRIER),
    _api("tasks.give-back", "POST", "tasks/<uuid:task>/give-back", P.DO_TASKS, CARRIER),
    _api("tasks.complete", "POST", "tasks/<uuid:task>/complete", P.DO_TASKS, CARRIER),
    _api("tasks.abandon", "POST", "tasks/<uuid:task>/abandon", P.DO_TASKS, CARRIER),
    _api("tasks.wait", "POST", "tasks/<uuid:task>/wait", P.DO_TASKS, CARRIER),
    _api("tasks.go-on", "POST", "tasks/<uuid:task>/go-on", P.DO_TASKS, CARRIER),
    _api("tasks.urgency", "PUT", "tasks/<uuid:task>/urgency", P.DO_TASKS, CARRIER),
    _api("tasks.attach", "POST", "tasks/<uuid:task>/documents", P.KEEP_DOCUMENTS, CARRIER),
    _api("tasks.outcomes", "POST", "tasks/<uuid:task>/outcomes", P.DO_TASKS, CARRIER),
    _api("tasks.comment", "POST", "tasks/<uuid:task>/comments", P.DO_TASKS, CARRIER),
)

_PLACE = "emergency/<uuid:location>/"
_PAGE = "numbers/<str:e164>/"
_BRAND = "messaging/brands/<uuid:brand>/"
_CAMPAIGN = "messaging/campaigns/<uuid:campaign>/"

_BELOW = "organizations/<uuid:organization>/"

PAGES = (
    Endpoint("home", "GET", "", None, BOTH),
    Endpoint("attention", "GET", "attention/", None, BOTH),
    Endpoint("find", "GET", "find/", None),
    Endpoint("numbers", "GET", "numbers/", P.VIEW_NUMBERS),
    Endpoint("numbers_on_paper", "GET", "numbers/print/", P.VIEW_NUMBERS),
    Endpoint("numbers_over_time", "GET", "numbers/over-time/", P.VIEW_NUMBERS, CARRIER),
    Endpoint("save_view", "POST", "views/save/", P.VIEW_NUMBERS),
    Endpoint("delete_view", "POST", "views/<uuid:view>/delete/", P.VIEW_NUMBERS),
    Endpoint("export_numbers", "POST", "numbers/export/", P.VIEW_NUMBERS, BOTH),
    Endpoint("bulk", "GET", "numbers/bulk/", P.VIEW_NUMBERS),
    Endpoint("bulk_done", "GET", "numbers/bulk/done/", P.VIEW_NUMBERS),
    Endpoint("bulk_allot", "POST", "numbers/bulk/allot/", P.ALLOT_NUMBERS),
    Endpoint("bulk_offer", "POST", "numbers/bulk/offer/", P.ALLOT_NUMBERS),
    Endpoint("bulk_offer-to-all", "POST", "numbers/bulk/offer-to-all/", P.ALLOT_NUMBERS),
    Endpoint("bulk_withdraw", "POST", "numbers/bulk/withdraw/", P.ALLOT_NUMBERS),
    Endpoint("bulk_recall", "POST", "numbers/bulk/recall/", P.ALLOT_NUMBERS),
    Endpoint("bulk_assign", "POST", "numbers/bulk/assign/", P.ASSIGN_NUMBERS),
    Endpoint("bulk_tag", "POST", "numbers/bulk/tag/", P.ASSIGN_NUMBERS),
    Endpoint("bulk_give-back", "POST", "numbers/bulk/give-back/", P.GIVE_BACK_NUMBERS),
    Endpoint("bulk_reclaim", "POST", "numbers/bulk/reclaim/", P.CLAIM_NUMBERS),
    Endpoint("number", "GET", _PAGE, P.VIEW_NUMBERS, CARRIER),
    Endpoint("assign", "POST", f"{_PAGE}assign/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("unassign", "POST", f"{_PAGE}unassign/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("label_number", "POST", f"{_PAGE}label/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("tag_number", "POST", f"{_PAGE}tag/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("hand_on", "GET", f"{_PAGE}hand-on/", P.ALLOT_NUMBERS),
    Endpoint("allot", "POST", f"{_PAGE}allot/", P.ALLOT_NUMBERS, CARRIER),
    Endpoint("offer_number", "POST", f"{_PAGE}offer/", P.ALLOT_NUMBERS, CARRIER),
    Endpoint("offer_number_to_all", "POST", f"{_PAGE}offer-to-all/", P.ALLOT_NUMBERS, CARRIER),
    Endpoint("recall", "POST", f"{_PAGE}recall/", P.ALLOT_NUMBERS, CARRIER),
    Endpoint("ask_give_back", "GET", f"{_PAGE}give-back/ask/", P.GIVE_BACK_NUMBERS),
    Endpoint("reclaim", "POST", f"{_PAGE}reclaim/", P.CLAIM_NUMBERS, CARRIER),
    Endpoint("ask_release", "GET", f"{_PAGE}release/ask/", P.RELEASE_NUMBERS, COST),
    Endpoint("release", "POST", f"{_PAGE}release/", P.RELEASE_NUMBERS, COST),
    Endpoint("cancel_release", "POST", f"{_PAGE}release/cancel/", P.RELEASE_NUMBERS, CARRIER),
    Endpoint("delivery", "GET", f"{_PAGE}delivery/", P.MANAGE_CARRIERS, CARRIER),
    Endpoint("deliver", "POST", f"{_PAGE}delivery/change/", P.MANAGE_CARRIERS, CARRIER),
    Endpoint("features", "GET", f"{_PAGE}features/", P.VIEW_NUMBERS, CARRIER),
    Endpoint("name_callers", "POST", f"{_PAGE}features/caller-name/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("join_campaign", "POST", f"{_PAGE}features/campaign/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("route_messages", "POST", f"{_PAGE}features/messages/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint(
        *("verify_number", "POST", f"{_PAGE}features/verification/"), P.ASSIGN_NUMBERS, CARRIER
    ),
    Endpoint(
        *("end_verification", "POST", f"{_PAGE}features/verification/end/"),
        P.ASSIGN_NUMBERS,
        CARRIER,
    ),
    Endpoint("messaging", "GET", "messaging/", P.VIEW_NUMBERS),
    Endpoint("new_brand", "GET", "messaging/brands/new/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("create_brand", "POST", "messaging/brands/create/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("brand", "GET", _BRAND, P.VIEW_NUMBERS, CARRIER),
    Endpoint("correct_brand", "POST", f"{_BRAND}correct/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("end_brand", "POST", f"{_BRAND}end/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("new_campaign", "GET", f"{_BRAND}campaigns/new/", P.ASSIGN_NUMBERS),
    Endpoint("create_campaign", "POST", f"{_BRAND}campaigns/create/", P.ASSIGN_NUMBERS),
    Endpoint("campaign", "GET", _CAMPAIGN, P.VIEW_NUMBERS, CARRIER),
    Endpoint("correct_campaign", "POST", f"{_CAMPAIGN}correct/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("end_campaign", "POST", f"{_CAMPAIGN}end/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("number_exchanges", "GET", f"{_PAGE}exchanges/", P.MANAGE_CARRIERS),
    Endpoint("withdraw_offer", "POST", "offers/<uuid:offer>/withdraw/", P.ALLOT_NUMBERS, CARRIER),
    Endpoint("give_back", "POST", f"{_PAGE}give-back/", P.GIVE_BACK_NUMBERS, CARRIER),
    Endpoint("buy", "GET", "buy/", P.SEARCH_NUMBERS, CARRIER),
    Endpoint("coverage", "GET", "buy/coverage/", P.VIEW_NUMBERS, BOTH),
    Endpoint("begin_search", "POST", "buy/search/", P.SEARCH_NUMBERS, CARRIER),
    Endpoint("search", "GET", "buy/<uuid:search>/", P.SEARCH_NUMBERS, BOTH),
    Endpoint("order_offers", "POST", "buy/<uuid:search>/order/", P.ORDER_NUMBERS, BOTH),
    Endpoint(
        "replace_lines",
        "POST",
        "buy/<uuid:search>/replace/<uuid:order>/",
        P.ORDER_NUMBERS,
        BOTH,
    ),
    Endpoint("new_back_order", "GET", "buy/<uuid:search>/keep-looking/", P.ORDER_NUMBERS),
    Endpoint("create_back_order", "POST", "buy/<uuid:search>/keep-looking/now/", P.ORDER_NUMBERS),
    Endpoint("back_orders", "GET", "back-orders/", P.ORDER_NUMBERS),
    Endpoint("back_order", "GET", "back-orders/<uuid:back_order>/", P.ORDER_NUMBERS, COST),
    Endpoint("look_now", "POST", "back-orders/<uuid:back_order>/look-now/", P.ORDER_NUMBERS, COST),
    Endpoint(
        "cancel_back_order", "POST", "back-orders/<uuid:back_order>/cancel/", P.ORDER_NUMBERS, COST
    ),
    Endpoint("orders", "GET", "orders/", P.ORDER_NUMBERS, COST),
    Endpoint("order", "GET", "orders/<uuid:order>/", P.ORDER_NUMBERS, BOTH),
    Endpoint("submit_order", "POST", "orders/<uuid:order>/submit/", P.ORDER_NUMBERS, BOTH),
    Endpoint("discard_order", "POST", "orders/<uuid:order>/discard/", P.ORDER_NUMBERS, BOTH),
    Endpoint("cancel_order", "POST", "orders/<uuid:order>/cancel/", P.ORDER_NUMBERS, BOTH),
    Endpoint("search_again", "POST", "orders/<uuid:order>/search-again/", P.ORDER_NUMBERS, BOTH),
    Endpoint("organizations", "GET", "organizations/", P.VIEW_ORGANIZATIONS),
    Endpoint("organization", "GET", _BELOW, P.VIEW_ORGANIZATIONS),
    Endpoint("edit_organization", "GET", f"{_BELOW}edit/", P.MANAGE_TENANTS),
    Endpoint("change_organization", "POST", f"{_BELOW}change/", P.MANAGE_TENANTS),
    Endpoint("organization_money", "GET", f"{_BELOW}money/", P.MANAGE_MONEY),
    Endpoint("open_account", "POST", f"{_BELOW}money/open/", P.MANAGE_MONEY),
    Endpoint("set_credit_limit", "POST", f"{_BELOW}money/limit/", P.MANAGE_MONEY),
    Endpoint("credit_account", "POST", f"{_BELOW}money/credit/", P.MANAGE_MONEY),
    Endpoint("new_tenant", "GET", f"{_BELOW}tenants/new/", P.MANAGE_TENANTS),
    Endpoint("create_tenant", "POST", f"{_BELOW}tenants/", P.MANAGE_TENANTS),
    Endpoint("new_dealer", "GET", f"{_BELOW}dealers/new/", P.MANAGE_DEALERS),
    Endpoint("create_dealer", "POST", f"{_BELOW}dealers/", P.MANAGE_DEALERS),
    Endpoint("new_invitation", "GET", f"{_BELOW}invite/new/", P.MANAGE_PEOPLE),
    Endpoint("invite", "POST", f"{_BELOW}invite/", P.MANAGE_PEOPLE),
    Endpoint("ask_to_suspend", "GET", f"{_BELOW}suspend/ask/", P.HALT_ORGANIZATIONS),
    Endpoint("suspend_organization", "POST", f"{_BELOW}suspend/", P.HALT_ORGANIZATIONS),
    Endpoint("resume_organization", "POST", f"{_BELOW}resume/", P.HALT_ORGANIZATIONS),
    Endpoint("new_api_client", "GET", f"{_BELOW}api-clients/new/", P.MANAGE_API_CLIENTS),
    Endpoint("issue_api_client", "POST", f"{_BELOW}api-clients/", P.MANAGE_API_CLIENTS),
    Endpoint("api_clients", "GET", "api-clients/", P.MANAGE_API_CLIENTS),
    Endpoint("api_client", "GET", "api-clients/<uuid:client>/", P.MANAGE_API_CLIENTS),
    Endpoint(
        "ask_renew_api_client", "GET", "api-clients/<uuid:client>/renew/", P.MANAGE_API_CLIENTS
    ),
    Endpoint(
        "renew_api_client", "POST", "api-clients/<uuid:client>/renew/now/", P.MANAGE_API_CLIENTS
    ),
    Endpoint(
        "ask_revoke_api_client", "GET", "api-clients/<uuid:client>/revoke/", P.MANAGE_API_CLIENTS
    ),
    Endpoint(
        "revoke_api_client", "POST", "api-clients/<uuid:client>/revoke/now/", P.MANAGE_API_CLIENTS
    ),
    Endpoint("new_document", "GET", f"{_BELOW}documents/new/", P.KEEP_DOCUMENTS),
    Endpoint("store_document", "POST", f"{_BELOW}documents/", P.KEEP_DOCUMENTS),
    Endpoint("emergency", "GET", "emergency/", P.VIEW_NUMBERS),
    Endpoint("new_emergency_location", "GET", "emergency/new/", P.ASSIGN_NUMBERS),
    Endpoint("create_emergency_location", "POST", "emergency/create/", P.ASSIGN_NUMBERS),
    Endpoint("emergency_location", "GET", _PLACE, P.VIEW_NUMBERS, CARRIER),
    Endpoint("edit_emergency_location", "GET", f"{_PLACE}edit/", P.ASSIGN_NUMBERS),
    Endpoint("change_emergency_location", "POST", f"{_PLACE}change/", P.ASSIGN_NUMBERS),
    Endpoint("check_emergency_location", "POST", f"{_PLACE}check/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("accept_emergency_location", "POST", f"{_PLACE}accept/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("default_emergency_location", "POST", f"{_PLACE}default/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("test_emergency_location", "POST", f"{_PLACE}test/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("place_extension", "POST", f"{_PLACE}extensions/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("take_extension", "POST", f"{_PLACE}extensions/take/", P.ASSIGN_NUMBERS, CARRIER),
    Endpoint("ask_retire_emergency_location", "GET", f"{_PLACE}retire/", P.ASSIGN_NUMBERS),
    Endpoint("retire_emergency_location", "POST", f"{_PLACE}retire/now/", P.ASSIGN_NUMBERS),
    Endpoint("number_emergency", "GET", f"{_PAGE}emergency/", P.VIEW_NUMBERS, CARRIER),
    Endpoint(
        "choose_emergency_location", "POST", f"{_PAGE}emergency/choose/", P.ASSIGN_NUMBERS, CARRIER
    ),
    Endpoint(
        "waive_emergency_location", "POST", f"{_PAGE}emergency/waive/", P.ASSIGN_NUMBERS, CARRIER
    ),
    Endpoint(
        "end_emergency_waiver", "POST", f"{_PAGE}emergency/end-waiver/", P.ASSIGN_NUMBERS, CARRIER
    ),
    Endpoint("filing", "GET", "filings/<uuid:filing>/", P.KEEP_DOCUMENTS, CARRIER),
    Endpoint("answer_filing", "POST", "filings/<uuid:filing>/answer/", P.KEEP_DOCUMENTS, CARRIER),
    Endpoint("documents", "GET", "documents/", P.KEEP_DOCUMENTS),
    Endpoint("document", "GET", "documents/<uuid:document>/", P.KEEP_DOCUMENTS),
    Endpoint("document_content", "GET", "documents/<uuid:document>/content/", P.KEEP_DOCUMENTS),
    Endpoint("ask_delete_document", "GET", "documents/<uuid:document>/delete/", P.KEEP_DOCUMENTS),
    Endpoint("delete_document", "POST", "documents/<uuid:document>/delete/now/", P.KEEP_DOCUMENTS),
    Endpoint("people", "GET", "people/", P.MANAGE_PEOPLE),
    Endpoint("roles", "GET", "people/roles/", None),
    Endpoint("person", "GET", "people/<uuid:membership>/", P.MANAGE_PEOPLE),
    Endpoint("change_role", "POST", "people/<uuid:membership>/role/", P.MANAGE_PEOPLE),
    Endpoint("ask_end_membership", "GET", "people/<uuid:membership>/end/", P.MANAGE_PEOPLE),
    Endpoint("end_membership", "POST", "people/<uuid:membership>/end/now/", P.MANAGE_PEOPLE),
    Endpoint("open_invitations", "GET", "people/invitations/", P.MANAGE_PEOPLE),
    Endpoint(
        "resend_invitation", "POST", "people/invitations/<uuid:invitation>/resend/", P.MANAGE_PEOPLE
    ),
    Endpoint(
        "withdraw_invitation",
        "POST",
        "people/invitations/<uuid:invitation>/withdraw/",
        P.MANAGE_PEOPLE,
    ),
    Endpoint("claim", "POST", "offers/<uuid:offer>/claim/", P.CLAIM_NUMBERS),
    Endpoint("rates", "GET", "rates/", P.MANAGE_RATES),
    Endpoint("enter_rate", "POST", "rates/enter/", P.MANAGE_RATES),
    Endpoint("paste_rates", "POST", "rates/paste/", P.MANAGE_RATES),
    Endpoint("carriers", "GET", "carriers/", P.MANAGE_CARRIERS, COST),
    Endpoint("new_carrier_account", "GET", "carriers/new/", P.MANAGE_CARRIERS),
    Endpoint("connect_carrier_account", "POST", "carriers/connect/", P.MANAGE_CARRIERS),
    Endpoint("carrier_account", "GET", "carriers/<uuid:account>/", P.MANAGE_CARRIERS, COST),
    Endpoint("check_carrier_account", "POST", "carriers/<uuid:account>/check/", P.MANAGE_CARRIERS),
    Endpoint(
        "ask_pause_carrier_account", "GET", "carriers/<uuid:account>/pause/", P.MANAGE_CARRIERS
    ),
    Endpoint(
        "pause_carrier_account", "POST", "carriers/<uuid:account>/pause/now/", P.MANAGE_CARRIERS
    ),
    Endpoint(
        "resume_carrier_account", "POST", "carriers/<uuid:account>/resume/", P.MANAGE_CARRIERS
    ),
    Endpoint(
        "carrier_credentials", "GET", "carriers/<uuid:account>/credentials/", P.MANAGE_CARRIERS
    ),
    Endpoint(
        "replace_credentials",
        "POST",
        "carriers/<uuid:account>/credentials/replace/",
        P.MANAGE_CARRIERS,
    ),
    Endpoint("enter_fee", "POST", "carriers/<uuid:account>/fees/enter/", P.MANAGE_CARRIERS),
    Endpoint("warn_carrier_account", "POST", "carriers/<uuid:account>/warn/", P.MANAGE_CARRIERS),
    Endpoint("new_quote", "GET", "carriers/<uuid:account>/quote/", P.MANAGE_CARRIERS),
    Endpoint("enter_quote", "POST", "carriers/<uuid:account>/quote/enter/", P.MANAGE_CARRIERS),
    Endpoint("requirements", "GET", "carriers/<uuid:account>/requirements/", P.MANAGE_CARRIERS),
    Endpoint(
        "edit_requirements", "GET", "carriers/<uuid:account>/requirements/edit/", P.MANAGE_CARRIERS
    ),
    Endpoint(
        "keep_requirements",
        "POST",
        "carriers/<uuid:account>/requirements/keep/",
        P.MANAGE_CARRIERS,
    ),
    Endpoint(
        "forget_requirements",
        "POST",
        "carriers/<uuid:account>/requirements/forget/",
        P.MANAGE_CARRIERS,
    ),
    Endpoint("want_second", "POST", "carriers/<uuid:account>/second/", P.MANAGE_CARRIERS),
    Endpoint("ask_promote", "GET", "carriers/<uuid:account>/interface/", P.MANAGE_CARRIERS),
    Endpoint("promote", "POST", "carriers/<uuid:account>/interface/use/", P.MANAGE_CARRIERS),
    Endpoint("differences", "GET", "carriers/<uuid:account>/differences/", P.MANAGE_CARRIERS),
    Endpoint("compare_carrier", "POST", "carriers/<uuid:account>/compare/", P.MANAGE_CARRIERS),
    Endpoint("import_template", "POST", "carriers/imports/template/", P.MANAGE_CARRIERS),
    Endpoint("imports", "GET", "carriers/<uuid:account>/imports/", P.MANAGE_CARRIERS),
    Endpoint("upload_import", "POST", "carriers/<uuid:account>/imports/upload/", P.MANAGE_CARRIERS),
    Endpoint("import", "GET", "imports/<uuid:source>/", P.MANAGE_CARRIERS, COST),
    Endpoint("check_import", "POST", "imports/<uuid:source>/check/", P.MANAGE_CARRIERS, COST),
    Endpoint("apply_import", "POST", "imports/<uuid:source>/apply/", P.MANAGE_CARRIERS, COST),
    Endpoint("discard_import", "POST", "imports/<uuid:source>/discard/", P.MANAGE_CARRIERS, COST),
    Endpoint("import_verdicts", "POST", "imports/<uuid:source>/verdicts/", P.MANAGE_CARRIERS, COST),
    Endpoint("settle_finding", "POST", "findings/<uuid:finding>/settle/", P.MANAGE_CARRIERS),
    Endpoint("dismiss_finding", "POST", "findings/<uuid:finding>/dismiss/", P.MANAGE_CARRIERS),
    Endpoint("trunks", "GET", "trunks/", P.MANAGE_CARRIERS),
    Endpoint("new_trunk", "GET", "trunks/new/", P.MANAGE_CARRIERS),
    Endpoint("create_trunk", "POST", "trunks/create/", P.MANAGE_CARRIERS),
    Endpoint("new_static_trunk", "GET", "trunks/by-hand/", P.MANAGE_CARRIERS),
    Endpoint("create_static_trunk", "POST", "trunks/by-hand/create/", P.MANAGE_CARRIERS),
    Endpoint("edit_static_trunk", "GET", "trunks/<uuid:trunk>/edit/", P.MANAGE_CARRIERS),
    Endpoint("change_static_trunk", "POST", "trunks/<uuid:trunk>/change/", P.MANAGE_CARRIERS),
    Endpoint("test_trunk", "POST", "trunks/<uuid:trunk>/test/", P.MANAGE_CARRIERS),
    Endpoint("trunk", "GET", "trunks/<uuid:trunk>/", P.MANAGE_CARRIERS),
    Endpoint("retry_trunk", "POST", "trunks/<uuid:trunk>/retry/", P.MANAGE_CARRIERS),
    Endpoint("pbxs", "GET", "pbxs/", P.MANAGE_PBXS),
    Endpoint("create_pbx", "POST", "pbxs/create/", P.MANAGE_PBXS),
    Endpoint("pbx", "GET", "pbxs/<uuid:pbx>/", P.MANAGE_PBXS),
    Endpoint("add_target", "POST", "pbxs/<uuid:pbx>/targets/", P.MANAGE_PBXS),
    Endpoint("attach_trunk", "POST", "pbxs/<uuid:pbx>/trunks/", P.MANAGE_PBXS),
    Endpoint(
        "ask_detach_trunk", "GET", "pbxs/<uuid:pbx>/trunks/<uuid:trunk>/detach/", P.MANAGE_PBXS
    ),
    Endpoint(
        "detach_trunk", "POST", "pbxs/<uuid:pbx>/trunks/<uuid:trunk>/detach/now/", P.MANAGE_PBXS
    ),
    Endpoint("tasks", "GET", "tasks/", P.DO_TASKS, CARRIER),
    Endpoint("task", "GET", "tasks/<uuid:task>/", P.DO_TASKS, CARRIER),
    Endpoint("take_task", "POST", "tasks/<uuid:task>/take/", P.DO_TASKS, CARRIER),
    Endpoint("give_task_back", "POST", "tasks/<uuid:task>/give-back/", P.DO_TASKS, CARRIER),
    Endpoint("complete_task", "POST", "tasks/<uuid:task>/complete/", P.DO_TASKS, CARRIER),
    Endpoint("abandon_task", "POST", "tasks/<uuid:task>/abandon/", P.DO_TASKS, CARRIER),
    Endpoint("wait_for_carrier", "POST", "tasks/<uuid:task>/wait/", P.DO_TASKS, CARRIER),
    Endpoint("go_on_with_task", "POST", "tasks/<uuid:task>/go-on/", P.DO_TASKS, CARRIER),
    Endpoint("set_task_urgency", "POST", "tasks/<uuid:task>/urgency/", P.DO_TASKS, CARRIER),
    Endpoint("attach_to_task", "POST", "tasks/<uuid:task>/attach/", P.KEEP_DOCUMENTS, CARRIER),
    Endpoint("write_outcomes_down", "POST", "tasks/<uuid:task>/outcomes/", P.DO_TASKS, CARRIER),
    Endpoint("comment_task", "POST", "tasks/<uuid:task>/comment/", P.DO_TASKS, CARRIER),
    Endpoint("journal", "GET", "journal/", P.VIEW_JOURNAL, CARRIER),
    Endpoint("export_journal", "POST", "journal/export/", P.VIEW_JOURNAL, CARRIER),
    Endpoint("switch", "GET", "acting/", None),
    Endpoint("take_seat", "POST", "acting/seat/", None),
    Endpoint("act_for", "POST", "acting/<uuid:organization>/", P.ACT_FOR),
    Endpoint("stop_acting", "POST", "acting/stop/", None),
    Endpoint("your_sign_in", "GET", "your-sign-in/", None),
    Endpoint("disconnect_issuer", "POST", "your-sign-in/disconnect/", None),
    Endpoint("kept_form", "GET", "kept/", None),
    Endpoint("end_sessions", "POST", "your-sign-in/sessions/end/", None),
)
"""The pages, named as their addresses are."""

OPEN = frozenset(
    {
        "invitations/<str:token>/",
        "parts/",
        "demo/mail/",
        "demo/mail/<int:pk>/",
        "api/v1/openapi.yaml",
        "api/<path:rest>",
        "webhooks/<uuid:account>",
        "livez",
        "readyz",
    }
)
"""Addresses that need no sign-in: they show nothing of anybody's, or prove themselves otherwise."""

"""Applications, what locations do with messages, and `tnoptions`, which switch a number's."""

from __future__ import annotations

import uuid
from xml.etree.ElementTree import Element

from sandbox.bandwidth import errors, numbers, peers
from sandbox.bandwidth.base import (
    BandwidthBase,
    account_id,
    answer,
    document,
    moment,
    numbers_in,
    site_id,
)
from sandbox.store import Record
from sandbox.wire import Answer, Call
from trunks.xml import Content

APPLICATIONS, SETTINGS, OPTIONS = (
    "bandwidth.applications",
    "bandwidth.messaging",
    "bandwidth.options",
)
ROOT = "ApplicationProvisioningResponse"
CAMPAIGNS = ("CA1SHOP", "CA2NEWS")


def create_application(carrier: BandwidthBase, call: Call) -> Answer:
    """Make an application; of messages alone."""
    body = document(call.request, "Application")
    url = body.findtext("InboundCallbackUrl") or ""
    if not url.startswith("http") or not body.findtext("AppName"):
        raise errors.invalid(12802, "AppName and a callback URL are required.", root=ROOT)
    if body.findtext("ServiceType") not in ("Messaging", "Messaging-V2"):
        raise errors.invalid(12801, "The ServiceType is invalid.", root=ROOT)
    row: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "name": body.findtext("AppName"),
        "url": url,
    }
    carrier.world.store.put(APPLICATIONS, row["id"], row)
    return answer(ROOT, [("Application", _application(row))], status=201)


def list_applications(carrier: BandwidthBase, call: Call) -> Answer:
    """List the applications."""
    rows: Content = [
        ("Application", _application(row))
        for row in carrier.world.store.table(APPLICATIONS).values()
        if row["account"] == call.account.id
    ]
    return answer(ROOT, [("ApplicationList", rows)])


def settings(carrier: BandwidthBase, call: Call) -> Answer:
    """Show which application a location has; empty where none."""
    return _settings(_of_peer(carrier, call))


def link(carrier: BandwidthBase, call: Call) -> Answer:
    """Give a location an application, or take it off; messages must be let in first."""
    body = document(call.request, "ApplicationsSettings")
    row = _of_peer(carrier, call)
    application = body.findtext("HttpMessagingV2AppId") or ""
    if (body.text or "").strip() != "REMOVE":
        there = carrier.world.store.get(APPLICATIONS, application)
        if there is None or there["account"] != call.account.id or not row["sms"]:
            words = "The application does not exist, or the location takes no messages."
            raise errors.invalid(12806, words, root="ApplicationsSettingsResponse")
    row |= {"application": application}
    carrier.world.store.put(SETTINGS, row["id"], row)
    return _settings(row)


def feature(carrier: BandwidthBase, call: Call) -> Answer:
    """Show whether a location takes messages."""
    row = _of_peer(carrier, call)
    if not row["sms"]:
        raise errors.missing("The feature is not enabled.", root="SipPeerSmsFeatureResponse")
    return _feature(row)


def enable(carrier: BandwidthBase, call: Call) -> Answer:
    """Let a location take messages."""
    body = document(call.request, "SipPeerSmsFeature")
    if body.findtext("SipPeerSmsFeatureSettings/Protocol") != "HTTP":
        raise errors.invalid(12670, "The protocol is invalid.", root="SipPeerSmsFeatureResponse")
    row = _of_peer(carrier, call) | {"sms": True}
    carrier.world.store.put(SETTINGS, row["id"], row)
    return _feature(row, status=201)


def count(carrier: BandwidthBase, call: Call) -> Answer:
    """Count the numbers of a location."""
    peer = _of_peer(carrier, call)["peer"]
    rows = carrier.world.store.table(numbers.TABLE).values()
    there = [row for row in rows if (row["account"], row["peer"]) == (call.account.id, peer)]
    name = "SipPeerTelephoneNumbersCount"
    return answer(f"{name}Response", [(name, [(name, str(len(there)))])])


def order(carrier: BandwidthBase, call: Call) -> Answer:
    """Take an order for options of numbers; only messages are understood here."""
    body = document(call.request, "TnOptionOrder")
    group = body.find("TnOptionGroups/TnOptionGroup")
    word = "" if group is None else group.findtext("Sms") or ""
    settings = None if group is None else group.find("A2pSettings")
    if group is None or (settings is None and word not in ("on", "off")):
        raise errors.of_order("TnOptionOrderResponse", 5078, "No valid options are given.")
    row: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "numbers": numbers_in(group.find("TelephoneNumbers")),
        "sms": word,
        "campaign": None if settings is None else _campaign_in(settings),
        "status": "RECEIVED",
        "trouble": [],
        "created": moment(carrier.world.now()),
        "due": carrier.world.clock() + carrier.order_seconds,
    }
    carrier.world.store.put(OPTIONS, row["id"], row)
    shown = [("TnOptionOrder", _order(call, row))]
    return answer("TnOptionOrderResponse", shown, status=201)


def list_orders(carrier: BandwidthBase, call: Call) -> Answer:
    """List the orders about a number, with what they say."""
    rows: list[tuple[str, Content]] = [
        ("TnOptionOrder", _order(call, row))
        for row in carrier.world.store.table(OPTIONS).values()
        if row["account"] == call.account.id and call.query.get("tn") in row["numbers"]
    ]
    if call.query.get("orderDetails") != "true":
        raise errors.invalid(5001, "Only whole orders are listed here.")
    listed: Content = [("TotalCount", str(len(rows))), *rows]
    return answer("TnOptionOrderReportResponse", [("TnOptionOrders", listed)])


def settle(carrier: BandwidthBase) -> None:
    """Decide every order whose time has come, the oldest first."""
    for row in list(carrier.world.store.table(OPTIONS).values()):
        if row["status"] == "RECEIVED" and row["due"] <= carrier.world.clock():
            carrier.world.store.put(OPTIONS, row["id"], _decided(carrier, row))


def _decided(carrier: BandwidthBase, row: Record) -> Record:
    trouble = []
    for number in row["numbers"]:
        there = carrier.world.store.get(numbers.TABLE, number)
        if there is None or there["account"] != row["account"]:
            trouble.append(number)
        else:
            messages = {"sms": row["sms"] == "on"} if row["sms"] else {}
            sends = {} if row["campaign"] is None else {"campaign": row["campaign"]}
            carrier.world.store.put(numbers.TABLE, number, there | messages | sends)
    some = "PARTIAL" if len(trouble) < len(row["numbers"]) else "FAILED"
    return row | {"trouble": trouble, "status": some if trouble else "COMPLETE"}


def _of_peer(carrier: BandwidthBase, call: Call) -> Record:
    peer = peers.chosen(carrier, call.account, call.parts["peer"])
    if peer is None or call.parts["site"] != site_id(call.account):
        raise errors.missing("The location does not exist.", root="SipPeerResponse")
    id_ = f"{call.account.id} {peer}"
    kept = carrier.world.store.get(SETTINGS, id_)
    return kept or {"id": id_, "peer": peer, "application": "", "sms": False}


def _application(row: Record) -> Content:
    return [
        ("ApplicationId", row["id"]),
        ("ServiceType", "Messaging-V2"),
        ("AppName", row["name"]),
        ("MsgCallbackUrl", row["url"]),
        ("InboundCallbackUrl", row["url"]),
    ]


def _settings(row: Record) -> Answer:
    linked = [("HttpMessagingV2AppId", row["application"])] if row["application"] else []
    return answer("ApplicationsSettingsResponse", [("ApplicationsSettings", linked)])


def _feature(row: Record, *, status: int = 200) -> Answer:
    del row
    kept: Content = [("TollFree", "true"), ("Protocol", "HTTP"), ("Zone1", "true")]
    inside: Content = [("SipPeerSmsFeatureSettings", kept)]
    return answer("SipPeerSmsFeatureResponse", [("SipPeerSmsFeature", inside)], status=status)


def list_campaigns(carrier: BandwidthBase, call: Call) -> Answer:
    """List the campaigns that somebody imported: two, which every account has here."""
    rows: Content = [
        (
            "MessagingA2pCampaign",
            [
                ("CampaignId", id_),
                ("Description", "Imported"),
                ("AccountId", account_id(call.account)),
                ("MessageClass", "Campaign-A"),
                ("Status", "Active"),
            ],
        )
        for id_ in CAMPAIGNS
    ]
    return answer("MessagingA2pCampaignsResponse", [("MessagingA2pCampaigns", rows)])


def _campaign_in(settings: Element) -> str:
    """Read for which campaign a number shall send; empty for none."""
    action = settings.findtext("Action") or "asSpecified"
    told = settings.findtext("CampaignId") or ""
    if action == "delete" and not told:
        return ""
    if action != "asSpecified" or told not in CAMPAIGNS or not settings.findtext("MessageClass"):
        raise errors.of_order("TnOptionOrderResponse", 5078, "The A2pSettings are invalid.")
    return told


def _options(row: Record) -> list[tuple[str, Content]]:
    if row["campaign"] is None:
        return [("Sms", row["sms"])]
    settings = (
        [("CampaignId", row["campaign"]), ("Action", "asSpecified")]
        if row["campaign"]
        else [("Action", "delete")]
    )
    return [("A2pSettings", settings)]


def _order(call: Call, row: Record) -> Content:
    words = "The telephone number is not in service on the account."
    complaints = [errors.listed(5076, words, number) for number in row["trouble"]]
    listed: Content = [("TelephoneNumber", number) for number in row["numbers"]]
    group: Content = [*_options(row), ("TelephoneNumbers", listed)]
    return [
        ("OrderCreateDate", row["created"]),
        ("AccountId", account_id(call.account)),
        ("OrderId", row["id"]),
        ("LastModifiedDate", row["created"]),
        ("ProcessingStatus", row["status"]),
        ("TnOptionGroups", [("TnOptionGroup", group)]),
        ("ErrorList", complaints),
    ]

"""
Trust Hub: customer profiles and trust products, which Twilio reviews before it registers a brand.

What is handed in (people, papers) is not looked at: a profile is approved when it is asked for,
except one whose address for mail begins with "refused", of which the registry minds the tax id.
Products that list names are reviewed before the next request (`namings`).
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, namings, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.wire import Answer, Call, as_json

TABLE = "twilio.profiles"
STATUSES = ("draft", "pending-review", "in-review", "twilio-rejected", "twilio-approved")
CREATE: dict[str, Any] = {
    "FriendlyName": str,
    "Email": str,
    "PolicySid": "RN",
    "StatusCallback": parameters.URL,
}
UPDATE: dict[str, Any] = {
    "Status": STATUSES,
    "FriendlyName": str,
    "Email": str,
    "StatusCallback": parameters.URL,
}
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "Status": STATUSES,
    "FriendlyName": str,
    "PolicySid": "RN",
}


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Make a profile, which nobody reviews yet."""
    asked = parameters.form(call.request, CREATE, required=("FriendlyName", "Email", "PolicySid"))
    profile: Record = {
        "sid": new_sid("BU"),
        "account_sid": call.account.id,
        "policy_sid": asked["PolicySid"],
        "friendly_name": asked["FriendlyName"],
        "email": asked["Email"],
        "status": "draft",
        "status_callback": asked.get("StatusCallback"),
        "valid_until": None,
        "errors": None,
        "date_created": carrier.stamp_iso(),
        "date_updated": carrier.stamp_iso(),
        "links": {},
        "_kind": _kind(call),
    }
    return _kept(carrier, call, profile, status=201)


def update(carrier: TwilioBase, call: Call) -> Answer:
    """Change a profile; one that is handed in is approved at once."""
    profile = _owned(carrier, call)
    asked = parameters.form(call.request, UPDATE)
    for name, field in (("FriendlyName", "friendly_name"), ("Email", "email")):
        profile[field] = asked.get(name, profile[field])
    if "Status" in asked:
        if asked["Status"] not in ("draft", "pending-review"):
            raise errors.invalid("Invalid parameter: Status")
        is_asked_for = asked["Status"] == "pending-review"
        waits = profile["policy_sid"] == namings.POLICY
        at_once = "pending-review" if waits else "twilio-approved"
        profile |= {"status": at_once if is_asked_for else "draft", "errors": None}
    return _kept(carrier, call, profile)


def retrieve(carrier: TwilioBase, call: Call) -> Answer:
    """Show a profile."""
    return as_json(_shown(call, _owned(carrier, call)))


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List the profiles of one kind."""
    asked = parameters.query(call.request, LIST)
    rows = [
        _shown(call, profile)
        for profile in carrier.world.store.table(TABLE).values()
        if (profile["account_sid"], profile["_kind"]) == (call.account.id, _kind(call))
        and asked.get("Status", profile["status"]) == profile["status"]
        and asked.get("FriendlyName", profile["friendly_name"]) == profile["friendly_name"]
        and asked.get("PolicySid", profile["policy_sid"]) == profile["policy_sid"]
    ]
    return parameters.paged_by_meta(call.request, "results", rows, LIST)


def approved(carrier: TwilioBase, call: Call, sid: str, kind: str) -> Record:
    """
    Find a profile that a brand may be registered from.

    :raises Refusal: if there is none that is approved
    """
    profile = carrier.world.store.get(TABLE, sid)
    if (
        profile is None
        or (profile["account_sid"], profile["_kind"]) != (call.account.id, kind)
        or profile["status"] != "twilio-approved"
    ):
        raise errors.refused(21717, f"The bundle {sid} is not an approved one")
    return profile


def is_minded(carrier: TwilioBase, sid: str) -> bool:
    """Tell whether the registry does not believe what a profile says."""
    profile = carrier.world.store.get(TABLE, sid) or {}
    return str(profile.get("email", "")).startswith("refused")


def _kind(call: Call) -> str:
    return call.request.path.partition("/v1/")[2].partition("/")[0]


def _owned(carrier: TwilioBase, call: Call) -> Record:
    profile = carrier.world.store.get(TABLE, call.parts["sid"])
    if profile is None or profile["account_sid"] != call.account.id:
        raise errors.not_found(call.request.path)
    return profile


def _kept(carrier: TwilioBase, call: Call, profile: Record, *, status: int = 200) -> Answer:
    profile["date_updated"] = carrier.stamp_iso()
    carrier.world.store.put(TABLE, profile["sid"], profile)
    return as_json(_shown(call, profile), status=status)


def _shown(call: Call, profile: Record) -> Record:
    root = call.request.path.partition("/v1/")[0]
    url = f"{call.request.base}{root}/v1/{profile['_kind']}/{profile['sid']}"
    return {**shown(profile), "url": url}

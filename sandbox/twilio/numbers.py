"""`IncomingPhoneNumbers`: bought at once, one a call, without any order to ask for later."""

from __future__ import annotations

import re
from typing import Any

from sandbox.faults import Kind, Place
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.twilio import emergency, errors, parameters, regulation, stock
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.twilio.parameters import METHOD, URL
from sandbox.wire import Answer, Call, Refusal, Request, as_json
from sandbox.world import Account

TABLE = "twilio.numbers"
TRUNKS = "twilio.trunks"
SETTINGS: dict[str, Any] = {
    "ApiVersion": str,
    "FriendlyName": str,
    "SmsApplicationSid": "AP",
    "SmsFallbackMethod": METHOD,
    "SmsFallbackUrl": URL,
    "SmsMethod": METHOD,
    "SmsUrl": URL,
    "StatusCallback": URL,
    "StatusCallbackMethod": METHOD,
    "VoiceApplicationSid": "AP",
    "VoiceCallerIdLookup": bool,
    "VoiceFallbackMethod": METHOD,
    "VoiceFallbackUrl": URL,
    "VoiceMethod": METHOD,
    "VoiceUrl": URL,
    "EmergencyStatus": ("Active", "Inactive"),
    "EmergencyAddressSid": "AD",
    "TrunkSid": "TK",
    "IdentitySid": "RI",
    "AddressSid": "AD",
    "VoiceReceiveMode": ("voice", "fax"),
    "BundleSid": "BU",
}
CREATE: dict[str, Any] = {**SETTINGS, "PhoneNumber": str, "AreaCode": str}
UPDATE: dict[str, Any] = {**SETTINGS, "AccountSid": "AC"}
LIST: dict[str, Any] = {
    **parameters.PAGE,
    "Beta": bool,
    "FriendlyName": str,
    "PhoneNumber": str,
    "Origin": str,
}


def list_operation(request: Request) -> str:
    """Name a list call: with a number it is the only way to look for a purchase."""
    return "find" if any(name == "PhoneNumber" for name, _ in request.query) else "list"


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Buy one number: it is the account's, and live, when the call returns."""
    asked = parameters.form(call.request, CREATE)
    article = _chosen(carrier, asked)
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise errors.insufficient_balance()
    if fault:
        carrier.world.take(carrier.slug, article.number, by="")
    if carrier.buyable(article.number) is None:
        raise _unavailable(article.number)
    if stock.address_requirements(article) != "none" and not asked.get("AddressSid"):
        message = "Phone Number Requires an Address but the 'AddressSid' parameter was empty."
        raise errors.refused(21631, message)
    _check_references(carrier, call.account, asked)
    sid = asked.get("BundleSid", "")
    regulation.require(carrier, call.account, article.country, article.kind, sid)
    price = stock.price(article)
    if price > carrier.world.balance(call.account):
        raise errors.insufficient_balance()
    carrier.world.charge(call.account, price)
    carrier.world.take(carrier.slug, article.number, by=call.account.id)
    carrier.world.count_purchase(article.number)
    number = _new(carrier, call.account, article)
    _apply(number, asked)
    carrier.world.store.put(TABLE, number["sid"], number)
    return as_json(shown(number), status=201)


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List the account's numbers, newest first. `PhoneNumber` may be a pattern."""
    asked = parameters.query(call.request, LIST)
    pattern = _pattern(asked.get("PhoneNumber", ""))
    name = asked.get("FriendlyName")
    rows = [
        shown(number)
        for number in reversed(carrier.world.store.table(TABLE).values())
        if number["account_sid"] == call.account.id
        and pattern.search(number["phone_number"])
        and name in (None, number["friendly_name"])
        and asked.get("Origin", "twilio") == "twilio"
    ]
    path = f"/2010-04-01/Accounts/{call.account.id}/IncomingPhoneNumbers.json"
    return parameters.paged_by_uri(call.request, "incoming_phone_numbers", rows, asked, path)


def retrieve(carrier: TwilioBase, call: Call) -> Answer:
    """Show one number."""
    return as_json(shown(owned(carrier, call, call.parts["sid"])))


def update(carrier: TwilioBase, call: Call) -> Answer:
    """Change a number."""
    number = owned(carrier, call, call.parts["sid"])
    asked = parameters.form(call.request, UPDATE)
    if asked.pop("AccountSid", call.account.id) not in ("", call.account.id):
        raise errors.invalid("Invalid parameter: AccountSid")
    _check_references(carrier, call.account, asked)
    if "EmergencyAddressSid" in asked:
        emergency.name(carrier, call.account, number, asked.pop("EmergencyAddressSid"))
    _apply(number, asked)
    save(carrier, number)
    return as_json(shown(number))


def delete(carrier: TwilioBase, call: Call) -> Answer:
    """Release a number: it is on sale again at once."""
    number = owned(carrier, call, call.parts["sid"])
    if number["emergency_address_status"] != "unregistered":
        raise errors.invalid("Remove the emergency address of the number first")
    carrier.world.store.remove(TABLE, number["sid"])
    carrier.world.give_back(carrier.slug, number["phone_number"])
    return Answer(204)


def owned(carrier: TwilioBase, call: Call, sid: str) -> Record:
    """
    Find a number of the account.

    :raises Refusal: if it has none of that SID
    """
    number = carrier.world.store.get(TABLE, sid)
    if number is None or number["account_sid"] != call.account.id:
        base = f"/2010-04-01/Accounts/{call.account.id}/IncomingPhoneNumbers"
        raise errors.not_found(f"{base}/{sid}.json")
    return number


def by_number(carrier: TwilioBase, phone_number: str) -> Record | None:
    """Find a number by itself."""
    for number in carrier.world.store.table(TABLE).values():
        if number["phone_number"] == phone_number:
            return number
    return None


def bind(carrier: TwilioBase, number: Record, trunk_sid: str | None) -> None:
    """Set or clear the trunk; setting it takes the voice application away (API description)."""
    number["trunk_sid"] = trunk_sid
    if trunk_sid:
        number["voice_application_sid"] = None
    save(carrier, number)


def save(carrier: TwilioBase, number: Record) -> None:
    """Store a changed number."""
    number["date_updated"] = carrier.stamp_mail()
    number["_updated"] = carrier.stamp_iso()
    carrier.world.store.put(TABLE, number["sid"], number)


def _chosen(carrier: TwilioBase, asked: dict[str, Any]) -> Article:
    wanted, code = asked.get("PhoneNumber"), asked.get("AreaCode")
    if wanted:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", wanted):
            raise errors.refused(21421, f"PhoneNumber is invalid: {wanted}")
        article = carrier.shelf.articles.get(wanted)
        if article is None:
            raise _unavailable(wanted)
        return article
    if not code:
        raise errors.refused(21450, "PhoneNumber or AreaCode is required")
    if not re.fullmatch(r"\d{3}", code):
        raise errors.refused(21451, f"Invalid AreaCode: {code}")
    for article in carrier.for_sale(kind="local", code=code):
        if article.country in ("US", "CA"):
            return article
    raise errors.refused(21452, f"No phone numbers found in area code {code}")


def _unavailable(number: str) -> Refusal:
    return errors.refused(21422, f"{number} is not available.")


def _check_references(carrier: TwilioBase, account: Account, asked: dict[str, Any]) -> None:
    trunk_sid = asked.get("TrunkSid")
    if trunk_sid:
        trunk = carrier.world.store.get(TRUNKS, trunk_sid)
        if trunk is None or trunk["account_sid"] != account.id:
            raise errors.invalid(f"TrunkSid {trunk_sid} was not found")
    if asked.get("AddressSid") and not emergency.is_owned(carrier, account, asked["AddressSid"]):
        raise errors.refused(21628, f"Address {asked['AddressSid']} could not be validated")
    if len(asked.get("FriendlyName", "")) > 64:
        raise errors.invalid("FriendlyName must be at most 64 characters")


def _apply(number: Record, asked: dict[str, Any]) -> None:
    for name, value in asked.items():
        if name in ("PhoneNumber", "AreaCode"):
            continue
        field = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        number[field] = (value or None) if field.endswith("_sid") else value
    # Whichever is set takes the other away (API description of TrunkSid).
    if asked.get("TrunkSid"):
        number["voice_application_sid"] = None
    elif asked.get("VoiceApplicationSid"):
        number["trunk_sid"] = None


def _new(carrier: TwilioBase, account: Account, article: Article) -> Record:
    sid = new_sid("PN")
    urls = ("sms_url", "sms_fallback_url", "voice_url", "voice_fallback_url", "status_callback")
    return {
        "sid": sid,
        "account_sid": account.id,
        "phone_number": article.number,
        "friendly_name": stock.friendly(article),
        "type": article.kind,
        "status": "in-use",
        "origin": "twilio",
        "beta": False,
        "api_version": "2010-04-01",
        "capabilities": stock.capabilities(article),
        "address_requirements": stock.address_requirements(article),
        "date_created": carrier.stamp_mail(),
        "date_updated": carrier.stamp_mail(),
        **dict.fromkeys(urls, ""),
        **{name.replace("_url", "_method"): "POST" for name in urls if name.endswith("_url")},
        "status_callback_method": "POST",
        "sms_application_sid": None,
        "voice_application_sid": None,
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
        "trunk_sid": None,
        "address_sid": None,
        "bundle_sid": None,
        "identity_sid": None,
        "emergency_address_sid": None,
        "emergency_status": "Inactive",
        "emergency_address_status": "unregistered",
        "uri": f"/2010-04-01/Accounts/{account.id}/IncomingPhoneNumbers/{sid}.json",
        "_created": carrier.stamp_iso(),
        "_updated": carrier.stamp_iso(),
    }


def _pattern(text: str) -> re.Pattern[str]:
    """Read the filter of the list: digits anywhere, `*` for any digit, a plus ties to the start."""
    digits = re.escape(text.removeprefix("+")).replace(r"\*", r"\d")
    return re.compile(rf"^\+{digits}" if text.startswith("+") else digits)

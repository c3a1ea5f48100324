"""Twilio: its door, its paths, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Callable, Mapping
from functools import partial

from sandbox.carrier import Delivery, Gateway
from sandbox.store import Record
from sandbox.twilio import (
    access_lists,
    campaigns,
    emergency,
    errors,
    events,
    namings,
    numbers,
    origination,
    regulation,
    search,
    services,
    stock,
    toll_free,
    trunk_numbers,
    trunks,
    trust,
)
from sandbox.twilio.base import TwilioBase, new_sid
from sandbox.wire import Answer, Call, Request, Route, as_json, route
from sandbox.world import Account, World

ACCOUNT = "/api/2010-04-01/Accounts/{account}"
TRUNKS = "/trunking/v1/Trunks"
MESSAGING = "/messaging/v1"
TRUST = "/trusthub/v1"
PRICES = "/pricing/v1/PhoneNumbers/Countries"

Operation = str | Callable[[Request], str]


class Twilio(TwilioBase):
    """The carrier. Its products have a host each; here they have a first path segment each."""

    def __init__(self, world: World, *, seed: int, order_seconds: float) -> None:
        """
        Set up shop.

        :param order_seconds: how long a bundle is being reviewed
        """
        self.order_seconds = order_seconds
        super().__init__(world, stock.shelf(seed))

    def routes(self) -> tuple[Route, ...]:
        """List the paths below `/twilio`."""
        return tuple(
            route(method, path, operation, partial(answer, self))
            for part in (_api, _trunking, _messaging, _trust, _regulation)
            for method, path, operation, answer in part()
        )

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account from `account_sid` and `auth_token`."""
        if unknown := sorted(set(credentials) - {"account_sid", "auth_token"}):
            raise ValueError(f"Twilio has no credential {unknown[0]}")
        sid = credentials.get("account_sid") or new_sid("AC")
        if not re.fullmatch(r"AC[0-9a-fA-F]{32}", sid):
            raise ValueError("account_sid must be AC and 32 hexadecimal digits")
        return Account(
            self.slug, sid, credentials.get("auth_token") or uuid.uuid4().hex, webhook_url
        )

    def credentials(self, account: Account) -> dict[str, str]:
        """Give the account SID and its token, which also signs webhooks."""
        return {"account_sid": account.id, "auth_token": account.secret}

    def admit(self, request: Request) -> Account:
        """Check user and password, and that a path with an account names the user's own."""
        sid, token = request.signed_in()
        account = self.world.account(self.slug, sid)
        if account is None or not hmac.compare_digest(account.secret.encode(), token.encode()):
            raise errors.unauthenticated()
        named = re.match(r"/twilio/api/2010-04-01/Accounts/([^/.]+)", request.path)
        if named and named[1] != account.id:
            raise errors.unauthenticated()
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer with 20404."""
        return errors.not_found(request.path.removeprefix("/twilio/api")).answer

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer with 20004."""
        return errors.error(405, 20004, "Method not allowed")

    def rate_limited(self, seconds: float) -> Answer:
        """Answer with 20429: what is answered so was never processed."""
        hint = {"Retry_After": str(max(1, round(seconds)))} if seconds else {}
        return errors.error(429, 20429, "Too Many Requests", **hint)

    def refused_credentials(self) -> Answer:
        """Answer with 20003."""
        return errors.unauthenticated().answer

    def page_of(self, call: Call) -> int:
        """Read `Page`, which counts from zero."""
        number = call.query.get("Page", "0")
        return int(number) + 1 if number.isdigit() else 0

    def settle(self) -> None:
        """Decide about what is under way: addresses, brands, verifications, bundles, names."""
        emergency.settle(self)
        campaigns.settle(self)
        toll_free.settle(self)
        regulation.settle(self)
        namings.settle(self)

    def delivery(self, number: str) -> Delivery:
        """Follow number, trunk and origination URLs."""
        owned = numbers.by_number(self, number)
        if owned is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        if not owned["trunk_sid"]:
            return Delivery(delivered=False, reason="The number is on no trunk.")
        urls = origination.of_trunk(self, owned["trunk_sid"])
        gateways = tuple(sorted(map(_gateway, filter(_enabled, urls)), key=_rank))
        if not gateways:
            return Delivery(delivered=False, reason="The trunk has no enabled origination URL.")
        return Delivery(delivered=True, request_user=number, gateways=gateways)

    def call_ended(self, number: str) -> bool:
        """Send the status callback of a number that somebody owns."""
        owned = numbers.by_number(self, number)
        account = self.world.account(self.slug, owned["account_sid"]) if owned else None
        if owned is None or account is None:
            return False
        events.call_ended(self, account, owned)
        return True


Answerer = Callable[[TwilioBase, Call], Answer]


def _api() -> tuple[tuple[str, str, Operation, Answerer], ...]:
    sale = f"{ACCOUNT}/AvailablePhoneNumbers"
    owned = f"{ACCOUNT}/IncomingPhoneNumbers"
    lists = f"{ACCOUNT}/SIP/IpAccessControlLists"
    return (
        ("GET", f"{sale}.json", "search", search.countries),
        ("GET", f"{sale}/{{country}}.json", "search", search.country),
        ("GET", f"{sale}/{{country}}/{{kind}}.json", "search", search.search),
        ("POST", f"{owned}.json", "order", numbers.create),
        ("GET", f"{owned}.json", numbers.list_operation, numbers.listing),
        ("GET", f"{owned}/{{sid}}.json", "binding", numbers.retrieve),
        ("POST", f"{owned}/{{sid}}.json", emergency.operation, numbers.update),
        ("DELETE", f"{owned}/{{sid}}.json", "release", numbers.delete),
        ("POST", f"{ACCOUNT}/Addresses.json", "address", emergency.create),
        ("GET", f"{ACCOUNT}/Addresses.json", "address", emergency.listing),
        ("GET", f"{ACCOUNT}/Addresses/{{sid}}.json", "address", emergency.retrieve),
        ("DELETE", f"{ACCOUNT}/Addresses/{{sid}}.json", "address", emergency.delete),
        ("GET", f"{ACCOUNT}/Balance.json", "balance", _balance),
        ("POST", f"{lists}.json", "trunk", access_lists.create),
        ("GET", f"{lists}.json", "trunk", access_lists.listing),
        ("GET", f"{lists}/{{sid}}.json", "trunk", access_lists.retrieve),
        ("DELETE", f"{lists}/{{sid}}.json", "trunk", access_lists.delete),
        ("POST", f"{lists}/{{list}}/IpAddresses.json", "trunk", access_lists.add_address),
        ("GET", f"{lists}/{{list}}/IpAddresses.json", "trunk", access_lists.list_addresses),
        (
            *("DELETE", f"{lists}/{{list}}/IpAddresses/{{sid}}.json", "trunk"),
            access_lists.remove_address,
        ),
        ("GET", PRICES, "prices", search.price_countries),
        ("GET", f"{PRICES}/{{country}}", "prices", search.prices),
    )


def _trunking() -> tuple[tuple[str, str, Operation, Answerer], ...]:
    one = f"{TRUNKS}/{{trunk}}"
    urls, bound, lists = (
        f"{one}/OriginationUrls",
        f"{one}/PhoneNumbers",
        f"{one}/IpAccessControlLists",
    )
    return (
        ("POST", TRUNKS, "trunk", trunks.create),
        ("GET", TRUNKS, "trunk", trunks.listing),
        ("GET", one, "trunk", trunks.retrieve),
        ("POST", one, "trunk", trunks.update),
        ("DELETE", one, "trunk", trunks.delete),
        ("POST", urls, "trunk", origination.create),
        ("GET", urls, "trunk", origination.listing),
        ("GET", f"{urls}/{{sid}}", "trunk", origination.retrieve),
        ("POST", f"{urls}/{{sid}}", "trunk", origination.update),
        ("DELETE", f"{urls}/{{sid}}", "trunk", origination.delete),
        ("POST", bound, "bind", trunk_numbers.add_number),
        ("GET", bound, "binding", trunk_numbers.list_numbers),
        ("GET", f"{bound}/{{sid}}", "binding", trunk_numbers.retrieve_number),
        ("DELETE", f"{bound}/{{sid}}", "bind", trunk_numbers.remove_number),
        ("POST", lists, "trunk", trunk_numbers.add_list),
        ("GET", lists, "trunk", trunk_numbers.list_lists),
        ("GET", f"{lists}/{{sid}}", "trunk", trunk_numbers.retrieve_list),
        ("DELETE", f"{lists}/{{sid}}", "trunk", trunk_numbers.remove_list),
    )


def _messaging() -> tuple[tuple[str, str, Operation, Answerer], ...]:
    brands, all_ = f"{MESSAGING}/a2p/BrandRegistrations", f"{MESSAGING}/Services"
    one = f"{all_}/{{service}}"
    members, compliance = f"{one}/PhoneNumbers", f"{one}/Compliance/Usa2p"
    verifications = f"{MESSAGING}/Tollfree/Verifications"
    return (
        ("POST", verifications, "register", toll_free.create),
        ("GET", verifications, "standing", toll_free.listing),
        ("GET", f"{verifications}/{{sid}}", "standing", toll_free.retrieve),
        ("POST", f"{verifications}/{{sid}}", "register", toll_free.update),
        ("DELETE", f"{verifications}/{{sid}}", "register", toll_free.delete),
        ("POST", brands, "register", campaigns.create_brand),
        ("GET", brands, "standing", campaigns.list_brands),
        ("GET", f"{brands}/{{sid}}", "standing", campaigns.retrieve_brand),
        ("POST", f"{brands}/{{sid}}", "register", campaigns.update_brand),
        ("POST", all_, "texts", services.create),
        ("GET", all_, "texts", services.listing),
        ("DELETE", one, "texts", services.delete),
        ("POST", members, "texts", services.add_number),
        ("GET", f"{members}/{{sid}}", "texts", services.retrieve_number),
        ("DELETE", f"{members}/{{sid}}", "texts", services.remove_number),
        ("POST", compliance, "register", campaigns.create_campaign),
        ("GET", compliance, "standing", campaigns.list_campaigns),
        ("GET", f"{compliance}/{{sid}}", "standing", campaigns.retrieve_campaign),
        ("POST", f"{compliance}/{{sid}}", "register", campaigns.update_campaign),
        ("DELETE", f"{compliance}/{{sid}}", "register", campaigns.delete_campaign),
    )


def _trust() -> tuple[tuple[str, str, Operation, Answerer], ...]:
    kinds = (f"{TRUST}/CustomerProfiles", f"{TRUST}/TrustProducts")
    return tuple(
        row
        for all_ in kinds
        for row in (
            ("POST", all_, "papers", trust.create),
            ("GET", all_, "papers", trust.listing),
            ("GET", f"{all_}/{{sid}}", "papers", trust.retrieve),
            ("POST", f"{all_}/{{sid}}", "papers", trust.update),
            *namings.endpoints(f"{all_}/{{bundle}}/ChannelEndpointAssignments"),
        )
    ) + namings.rows(TRUST)


def _regulation() -> tuple[tuple[str, str, Operation, Answerer], ...]:
    root, uploads = regulation.NUMBERS, regulation.UPLOADS
    bundle, one = f"{root}/Bundles/{{sid}}", f"{root}/Bundles/{{bundle}}"
    return (
        ("GET", f"{root}/Regulations", "papers", regulation.list_regulations),
        ("GET", f"{root}/Regulations/{{sid}}", "filing", regulation.regulation),
        ("GET", f"{root}/EndUsers", "filing", regulation.list_people),
        ("POST", f"{root}/EndUsers", "filing", regulation.add_person),
        ("GET", f"{root}/SupportingDocuments", "filing", regulation.list_papers),
        ("POST", f"{root}/SupportingDocuments", "filing", regulation.add_paper),
        ("POST", f"{uploads}/SupportingDocuments", "filing", regulation.upload),
        ("GET", f"{root}/SupportingDocuments/{{sid}}", "filing", regulation.paper),
        ("GET", f"{root}/Bundles", "filing", regulation.list_bundles),
        ("POST", f"{root}/Bundles", "filing", regulation.add_bundle),
        ("GET", bundle, "filing", regulation.bundle),
        ("POST", bundle, "filing", regulation.change_bundle),
        ("DELETE", bundle, "filing", regulation.delete_bundle),
        ("GET", f"{one}/ItemAssignments", "filing", regulation.list_items),
        ("POST", f"{one}/ItemAssignments", "filing", regulation.add_item),
        ("DELETE", f"{one}/ItemAssignments/{{sid}}", "filing", regulation.remove_item),
        ("POST", f"{one}/Evaluations", "filing", regulation.evaluate),
    )


def _balance(carrier: TwilioBase, call: Call) -> Answer:
    balance = str(carrier.world.balance(call.account))
    return as_json({"account_sid": call.account.id, "balance": balance, "currency": "USD"})


def _enabled(url: Record) -> bool:
    return bool(url["enabled"])


def _rank(gateway: Gateway) -> int:
    return gateway.priority


def _gateway(url: Record) -> Gateway:
    match = origination.SIP_URL.fullmatch(url["sip_url"])
    if match is None:
        raise ValueError(f"no SIP URL: {url['sip_url']}")
    secure = url["sip_url"].startswith("sips:")
    transport = re.search(r";transport=(\w+)", match["parameters"], re.IGNORECASE)
    return Gateway(
        host=match["host"],
        port=int(match["port"] or (5061 if secure else 5060)),
        transport="tls" if secure else transport[1].lower() if transport else "udp",
        priority=url["priority"],
        weight=url["weight"],
    )

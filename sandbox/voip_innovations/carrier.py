"""VoIP Innovations: its door, its one address, and where its calls go."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Callable, Mapping

from sandbox.carrier import Delivery, Gateway
from sandbox.voip_innovations import emergency, names, numbers, soap, stock
from sandbox.voip_innovations.base import VoipInnovationsBase, groups_of
from sandbox.wire import Answer, Call, Refusal, Request, Route
from sandbox.world import Account, World

PATH = "/Services/APIService.asmx"
PBX = Gateway("127.0.0.1", 5060, "udp", priority=1, weight=1)


class VoipInnovations(VoipInnovationsBase):
    """The carrier."""

    def __init__(self, world: World, *, seed: int) -> None:
        """Set up shop."""
        super().__init__(world, stock.shelf(seed))

    def routes(self) -> tuple[Route, ...]:
        """Give the one path; a header names the method."""
        return (Route("POST", re.compile(re.escape(PATH)), _operation, self._do),)

    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """Make an account; its endpoint groups follow from the login."""
        login = credentials.get("login") or f"api-{uuid.uuid4().hex[:12]}"
        account = Account(
            self.slug, login, credentials.get("secret") or uuid.uuid4().hex, webhook_url
        )
        for name, value in credentials.items():
            if self.credentials(account).get(name) != value:
                raise ValueError(f"{name} is none of VoIP Innovations, or not that of {login}")
        return account

    def credentials(self, account: Account) -> dict[str, str]:
        """Give the API user, and the endpoint group that delivers nowhere."""
        group, _ = groups_of(account)
        return {"login": account.id, "secret": account.secret, "endpoint_group": group}

    def admit(self, request: Request) -> Account:
        """Check login and secret, which stand in the body."""
        body = soap.asked(request)
        account = self.world.account(self.slug, body.findtext("login") or "")
        secret = (body.findtext("secret") or "").encode()
        if account is None or not hmac.compare_digest(account.secret.encode(), secret):
            raise Refusal(soap.answer(soap.method_of(request), soap.NO_ACCESS))
        return account

    def not_found(self, request: Request) -> Answer:
        """Answer with a page's status."""
        return Answer(404)

    def method_not_allowed(self, request: Request) -> Answer:
        """Answer with the status alone."""
        return Answer(405)

    def rate_limited(self, seconds: float) -> Answer:
        """Answer as the proxy in front of the service."""
        hint = (("Retry-After", str(max(1, round(seconds)))),) if seconds else ()
        return Answer(429, b"", hint)

    def refused_credentials(self) -> Answer:
        """Answer with 902 and a good status."""
        return soap.answer("login", soap.NO_ACCESS)

    def page_of(self, call: Call) -> int:
        """Give the only page that there is."""
        return 1

    def delivery(self, number: str) -> Delivery:
        """Follow number and endpoint group."""
        row = self.world.store.get(numbers.TABLE, number.removeprefix("+1"))
        account = self.world.account(self.slug, row["account"]) if row else None
        if row is None or account is None:
            return Delivery(delivered=False, reason="Nobody has bought the number.")
        if row["group"] != groups_of(account)[1]:
            return Delivery(delivered=False, reason="The endpoint group has no endpoint.")
        return Delivery(delivered=True, request_user=number.removeprefix("+"), gateways=(PBX,))

    def _do(self, call: Call) -> Answer:
        method = soap.method_of(call.request)
        if method == "GetPrepaidBalance":
            amount = str(self.world.balance(call.account))
            return soap.answer(method, soap.SUCCESS, [("Amount", amount)])
        if method not in METHODS:
            return soap.fault(f"Server did not recognize the value of SOAPAction: {method}.")
        return METHODS[method](self, call)


METHODS: dict[str, Callable[[VoipInnovationsBase, Call], Answer]] = {
    "getDIDs": numbers.search,
    "queryDID": numbers.query,
    "auditDIDs": numbers.audit,
    "reserveDID": numbers.reserve,
    "assignDID": numbers.assign,
    "configDID": numbers.config,
    "releaseDID": numbers.release,
    "validate911": emergency.validate,
    "insert911": emergency.insert,
    "update911": emergency.update,
    "query911": emergency.query,
    "remove911": emergency.remove,
    "GetCNAMDisplay": names.read,
    "UpdateCNAMDisplay": names.update,
    "RemoveCNAM": names.remove,
}
OPERATIONS = {
    "getDIDs": "search",
    "queryDID": "find",
    "auditDIDs": "list",
    "reserveDID": "hold",
    "assignDID": "order",
    "configDID": "bind",
    "releaseDID": "release",
    "GetPrepaidBalance": "balance",
    "validate911": "address",
    "query911": "address",
    "insert911": "emergency",
    "update911": "emergency",
    "remove911": "emergency",
    "GetCNAMDisplay": "find",
    "UpdateCNAMDisplay": "caller_name",
    "RemoveCNAM": "caller_name",
}


def _operation(request: Request) -> str:
    return OPERATIONS.get(soap.method_of(request), "find")

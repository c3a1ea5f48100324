"""What the storms blow through: carriers, a PBX, a dealer and its tenant, made over the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from portal.journey.setting_up import DEALER_SCOPES, FORMATS, SOURCES
from portal.journey.tenant import OFFICE
from portal.journey.world import CARRIERS
from portal.tests.storms.callers import Caller, Record
from portal.tests.storms.stage import Stage, wait_for

DOMAIN = "storm.example"
TENANT_SCOPES = ["VIEW_NUMBERS", "CLAIM_NUMBERS", "ASSIGN_NUMBERS", "GIVE_BACK_NUMBERS"]


@dataclass(frozen=True)
class Market:
    """A portal with everybody in it, and the tokens by which they speak."""

    stage: Stage
    dealer: str
    tenant: str
    pbx: str
    trunks: dict[str, str]
    tokens: dict[str, str]

    def caller(self, who: str, record: Record) -> Caller:
        """Let somebody speak."""
        return Caller(self.stage.url, self.tokens[who], record)


def open_market(stage: Stage) -> Market:
    """Make everything that trade needs."""
    staff = Caller(stage.url, stage.token, Record())
    accounts = _connect_carriers(stage, staff)
    pbx = staff.post("pbxs", {"name": "Storm"})["id"]
    staff.post(f"pbxs/{pbx}/targets", {"name": "phones", "address": "sip:127.0.0.1:5999"})
    trunks = {slug: _trunk(staff, pbx, slug, account) for slug, account in accounts.items()}
    wait_for(
        lambda: all(row["status"] == "READY" for row in staff.every("trunks")),
        what="both trunks to be made",
    )
    dealer = staff.post("dealers", _organization("Storm Dealer"))["id"]
    dealer_token = _token(staff, dealer, DEALER_SCOPES)
    speaking = Caller(stage.url, dealer_token, Record())
    wish = {**_organization("Storm Tenant"), "sip_domain": DOMAIN, "pbx": pbx, "number_limit": 900}
    tenant = speaking.post("tenants", {k: v for k, v in wish.items() if k != "currency"})["id"]
    tokens = {
        "staff": stage.token,
        "dealer": dealer_token,
        "tenant": _token(speaking, tenant, TENANT_SCOPES),
    }
    helped = Caller(stage.url, tokens["tenant"], Record())
    _say_where_it_is(helped)
    for caller in (staff, speaking, helped):
        caller.close()
    return Market(stage, dealer, tenant, pbx, trunks, tokens)


def _say_where_it_is(tenant: Caller) -> None:
    """Enter where help is sent, without which no number rings."""
    there = tenant.post("emergency-locations", OFFICE)["id"]
    tenant.post(f"emergency-locations/{there}/check", {})
    wait_for(
        lambda: bool(tenant.get(f"emergency-locations/{there}")["is_default"]),
        what="the address to be checked",
    )


def _organization(name: str) -> dict[str, object]:
    return {
        "name": name,
        "country": "US",
        "currency": "USD",
        "time_zone": "America/Chicago",
        "owner_email": f"{name.split()[1].lower()}@{DOMAIN}",
    }


def _connect_carriers(stage: Stage, staff: Caller) -> dict[str, str]:
    found = {}
    with httpx2.Client(base_url=stage.sandbox_url, trust_env=False) as sandbox:
        for account in sandbox.get("/_control/accounts").json():
            slug = account["carrier"]
            if slug not in CARRIERS:
                continue
            wish = {
                "carrier": slug,
                "name": f"Storm {slug}",
                "credentials": account["credentials"],
                "base_url": f"{stage.sandbox_url}/{slug}",
                "rate_per_second": 100,
            }
            made = staff.post("carrier-accounts", wish)
            there = {"carrier": slug, "account": account["account"], "url": made["webhook_url"]}
            sandbox.post("/_control/webhook", json=there).raise_for_status()
            staff.post(f"carrier-accounts/{made['id']}/check")
            found[slug] = made["id"]
    return found


def _trunk(staff: Caller, pbx: str, slug: str, account: str) -> str:
    trunk = staff.post(
        "trunks",
        {
            "carrier_account": account,
            "name": f"Storm {slug}",
            "did_format": FORMATS[slug],
            "source_addresses": [SOURCES[slug]],
            "gateways": [{"host": "127.0.0.1", "port": 5998}],
        },
    )
    staff.post(f"pbxs/{pbx}/trunks", {"trunk": trunk["id"], "country": "US"})
    return str(trunk["id"])


def _token(caller: Caller, organization: str, scopes: list[str]) -> str:
    wish: dict[str, Any] = {"name": "Storm", "scopes": scopes, "organization": organization}
    return str(caller.post("api-clients", wish)["token"])

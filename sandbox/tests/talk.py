"""What customers of the sandbox carriers say most often, in few words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2


@dataclass
class Control:
    """The control endpoint."""

    client: httpx2.Client

    def post(self, path: str, **body: object) -> Any:
        """Ask for something and expect it done."""
        answer = self.client.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, **query: str) -> Any:
        """Read something."""
        answer = self.client.get(f"/_control/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def account(self, carrier: str) -> Any:
        """Give the demo account of a carrier."""
        return next(one for one in self.get("accounts") if one["carrier"] == carrier)

    def delivery(self, number: str) -> Any:
        """Ask where calls to the number go."""
        return self.get("delivery", number=number)

    def fault(self, carrier: str, operation: str, kind: str, **more: object) -> None:
        """Script a fault."""
        self.post("faults", carrier=carrier, operation=operation, kind=kind, **more)


@dataclass
class Telnyx:
    """A customer of Telnyx."""

    client: httpx2.Client

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read; brackets of a name are written with double underscores."""
        return self.client.get(f"/telnyx/v2/{path}", params=_bracketed(query))

    def post(self, path: str, body: object = None) -> httpx2.Response:
        """Create."""
        return self.client.post(f"/telnyx/v2/{path}", json=body)

    def patch(self, path: str, body: object) -> httpx2.Response:
        """Change."""
        return self.client.patch(f"/telnyx/v2/{path}", json=body)

    def delete(self, path: str) -> httpx2.Response:
        """Delete."""
        return self.client.delete(f"/telnyx/v2/{path}")

    def offered(self, count: int = 1, **query: Any) -> list[str]:
        """Search, and give the numbers found."""
        query = {"filter__country_code": "US", "filter__limit": count, **query}
        answer = self.get("available_phone_numbers", **query)
        assert answer.status_code == 200, answer.text
        return [offer["phone_number"] for offer in answer.json()["data"]]

    def order(self, *numbers: str, **more: str) -> httpx2.Response:
        """Order numbers."""
        return self.post(
            "number_orders", {"phone_numbers": [{"phone_number": n} for n in numbers], **more}
        )

    def lock(self, path: str, *, locked: bool) -> httpx2.Response:
        """Have a job lock a number against deletion, or unlock it; named by its path."""
        id_ = path.rpartition("/")[2]
        body = {"phone_numbers": [id_], "deletion_lock_enabled": locked}
        return self.post("phone_numbers/jobs/update_phone_numbers", body)

    def hold(self, *numbers: str, **more: str) -> dict[str, Any]:
        """Reserve numbers, and give the reservation."""
        lines = [{"phone_number": number} for number in numbers]
        answer = self.post("number_reservations", {"phone_numbers": lines, **more})
        assert answer.status_code == 200, answer.text
        reservation: dict[str, Any] = answer.json()["data"]
        return reservation

    def owned(self) -> list[dict[str, Any]]:
        """List the first page of owned numbers."""
        rows: list[dict[str, Any]] = self.get("phone_numbers", page__size=250).json()["data"]
        return rows

    def trunk(self, *hosts: str, **inbound: str) -> str:
        """Create a connection with its addresses, and give its id."""
        connection = self.post("ip_connections", {"connection_name": "PBX", "inbound": inbound})
        connection_id: str = connection.json()["data"]["id"]
        ranks = ("primary", "secondary", "tertiary")
        ids = {}
        for rank, host in zip(ranks, hosts, strict=False):
            ip = self.post("ips", {"connection_id": connection_id, "ip_address": host})
            ids[f"default_{rank}_ip_id"] = ip.json()["data"]["id"]
        answer = self.patch(f"ip_connections/{connection_id}", {"inbound": ids})
        assert answer.status_code == 200, answer.text
        return connection_id


@dataclass
class Twilio:
    """A customer of Twilio."""

    client: httpx2.Client
    sid: str

    def path(self, path: str) -> str:
        """Give the whole path: the other products by name, all else in the 2010 API."""
        if path.startswith(("trunking/", "pricing/", "messaging/", "trusthub/")):
            return f"/twilio/{path}"
        return f"/twilio/api/2010-04-01/Accounts/{self.sid}/{path}.json"

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(self.path(path), params=query)

    def post(self, path: str, **form: Any) -> httpx2.Response:
        """Create or change."""
        return self.client.post(self.path(path), data=form)

    def delete(self, path: str) -> httpx2.Response:
        """Delete."""
        return self.client.delete(self.path(path))

    def offered(self, count: int = 1, place: str = "US/Local", **query: Any) -> list[str]:
        """Search, and give the numbers found."""
        answer = self.get(f"AvailablePhoneNumbers/{place}", PageSize=count, **query)
        assert answer.status_code == 200, answer.text
        return [offer["phone_number"] for offer in answer.json()["available_phone_numbers"]]

    def buy(self, number: str, **form: Any) -> httpx2.Response:
        """Buy a number."""
        return self.post("IncomingPhoneNumbers", PhoneNumber=number, **form)

    def trunk(self, *sip_urls: str) -> str:
        """Create a trunk to these addresses, and give its SID."""
        sid: str = self.post("trunking/v1/Trunks", FriendlyName="PBX").json()["sid"]
        for rank, url in enumerate(sip_urls, start=1):
            answer = self.post(
                f"trunking/v1/Trunks/{sid}/OriginationUrls",
                FriendlyName=f"Gateway {rank}",
                SipUrl=url,
                Priority=rank * 10,
                Weight=10,
                Enabled="true",
            )
            assert answer.status_code == 201, answer.text
        return sid


@dataclass
class Vonage:
    """A customer of Vonage."""

    client: httpx2.Client
    key: str
    secret: str

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(f"/vonage/{path}", params=query)

    def post(self, what: str, **form: str) -> httpx2.Response:
        """Do something with a number."""
        return self.client.post(f"/vonage/number/{what}", data=form)

    def offered(self, count: int = 1, **query: Any) -> list[str]:
        """Search, and give the numbers found, without a plus."""
        answer = self.get("number/search", **{"country": "US", "size": count, **query})
        assert answer.status_code == 200, answer.text
        return [offer["msisdn"] for offer in answer.json().get("numbers", [])]

    def buy(self, msisdn: str, country: str = "US") -> httpx2.Response:
        """Buy a number."""
        return self.post("buy", country=country, msisdn=msisdn)

    def owned(self) -> list[dict[str, Any]]:
        """List the first page of owned numbers."""
        rows: list[dict[str, Any]] = self.get("account/numbers", size=100).json().get("numbers", [])
        return rows

    def balance(self) -> float:
        """Read what is left."""
        value: float = self.get("account/get-balance").json()["value"]
        return value


@dataclass
class Flowroute:
    """A customer of Flowroute."""

    client: httpx2.Client

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(f"/flowroute/v2/{path}", params=query)

    def post(self, path: str, body: object = None) -> httpx2.Response:
        """Create or buy."""
        return self.client.request("POST", f"/flowroute/v2/{path}", **_as_api_json(body))

    def patch(self, path: str, body: object) -> httpx2.Response:
        """Change."""
        return self.client.request("PATCH", f"/flowroute/v2/{path}", **_as_api_json(body))

    def delete(self, path: str) -> httpx2.Response:
        """Release or detach."""
        return self.client.delete(f"/flowroute/v2/{path}")

    def offered(self, count: int = 1, **query: Any) -> list[str]:
        """Search, and give the numbers found, without a plus."""
        answer = self.get("numbers/available", limit=count, **query)
        assert answer.status_code == 200, answer.text
        return [offer["id"] for offer in answer.json()["data"]]

    def buy(self, id_: str, body: object = None) -> httpx2.Response:
        """Buy a number."""
        return self.post(f"numbers/{id_}", body)

    def make_route(self, value: str, *, kind: str = "host", alias: str = "") -> httpx2.Response:
        """Make a route."""
        told = {"route_type": kind, "value": value, "alias": alias or value}
        return self.post("routes", {"data": {"type": "route", "attributes": told}})

    def route(self, value: str, *, alias: str = "") -> str:
        """Make a route to a host, and give its id."""
        answer = self.make_route(value, alias=alias)
        assert answer.status_code == 201, answer.text
        id_: str = answer.json()["data"]["id"]
        return id_

    def link(self, id_: str, name: str, route: str) -> httpx2.Response:
        """Point a number at a route."""
        body = {"data": {"type": "route", "id": route}}
        return self.patch(f"numbers/{id_}/relationships/{name}", body)


@dataclass
class Didww:
    """A customer of DIDWW."""

    client: httpx2.Client
    units: dict[str, str] = field(default_factory=dict)
    """As what an offered number is bought: with channels."""

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(f"/didww/v3/{path}", params=query)

    def send(self, method: str, path: str, **data: Any) -> httpx2.Response:
        """Create or change something."""
        told = {name: part for name, part in data.items() if part}
        return self.client.request(method, f"/didww/v3/{path}", **_as_api_json({"data": told}))

    def change(self, kind: str, to: str, *, id_: str = "", **data: Any) -> httpx2.Response:
        """Change something, whose body repeats which one."""
        return self.send("PATCH", f"{kind}/{to}", type=kind, id=id_ or to, **data)

    def offered(self, count: int = 1, **query: Any) -> list[dict[str, Any]]:
        """Search, and give the rows found."""
        include = "did_group.stock_keeping_units"
        answer = self.get("available_dids", **{"include": include, **query})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["data"][:count]
        linked = {row["id"]: row for row in answer.json().get("included", [])}
        for row in rows:
            group = linked[row["relationships"]["did_group"]["data"]["id"]]
            units = group["relationships"]["stock_keeping_units"]["data"]
            self.units[row["id"]] = next(
                unit["id"]
                for unit in units
                if linked[unit["id"]]["attributes"]["channels_included_count"] == 2
            )
        return rows

    def hold(self, id_: str) -> httpx2.Response:
        """Reserve a number."""
        link = {"available_did": {"data": {"type": "available_dids", "id": id_}}}
        return self.send("POST", "did_reservations", type="did_reservations", relationships=link)

    def order(
        self,
        id_: str,
        *,
        reference: str = "",
        more: Mapping[str, str | None] | None = None,
        **item: str,
    ) -> httpx2.Response:
        """Order a number that was offered; by its reservation if one is named."""
        named = {"sku_id": self.units[id_], **(item or {"available_did_id": id_})}
        items = [{"type": "did_order_items", "attributes": named}]
        attributes = {"items": items, "external_reference_id": reference, **(more or {})}
        return self.send("POST", "orders", type="orders", attributes=attributes)

    def owned(self, **query: Any) -> list[dict[str, Any]]:
        """List the first page of owned numbers."""
        rows: list[dict[str, Any]] = self.get("dids", **query).json()["data"]
        return rows

    def address(self, country: str, *, street: str = "100 Main St") -> dict[str, Any]:
        """Make somebody with an address, and give the links to both."""
        who = {"identity_type": "business", "company_name": "Oak", "phone_number": "13125550100"}
        land = {"country": {"data": {"type": "countries", "id": country}}}
        kind = "identities"
        made = self.send("POST", kind, type=kind, attributes=who, relationships=land)
        identity = {"data": {"type": kind, "id": made.json()["data"]["id"]}}
        where = {"city_name": "Chicago", "postal_code": "60601", "address": street}
        kind = "addresses"
        links = {"identity": identity, **land}
        made = self.send("POST", kind, type=kind, attributes=where, relationships=links)
        address = {"data": {"type": kind, "id": made.json()["data"]["id"]}}
        return {"identity": identity, "address": address}

    def make_trunk(self, host: str, *, name: str = "", **more: Any) -> httpx2.Response:
        """Make a trunk."""
        priority = more.pop("priority", 1)
        sip = {"username": "{DID}", "host": host, "transport_protocol_id": 1, **more}
        attributes = {
            "name": name or host,
            "priority": priority,
            "configuration": {"type": "sip_configurations", "attributes": sip},
        }
        kind = "voice_in_trunks"
        return self.send("POST", kind, type=kind, attributes=attributes)

    def trunk(self, host: str, **more: Any) -> str:
        """Make a trunk, and give its id."""
        answer = self.make_trunk(host, **more)
        assert answer.status_code == 201, answer.text
        id_: str = answer.json()["data"]["id"]
        return id_

    def group(self, *trunks: str) -> str:
        """Make a group of trunks, and give its id."""
        kind = "voice_in_trunk_groups"
        members = [{"type": "voice_in_trunks", "id": id_} for id_ in trunks]
        answer = self.send(
            "POST",
            kind,
            type=kind,
            attributes={"name": "PBX"},
            relationships={"voice_in_trunks": {"data": members}},
        )
        assert answer.status_code == 201, answer.text
        id_: str = answer.json()["data"]["id"]
        return id_


@dataclass
class Wavix:
    """A customer of Wavix."""

    client: httpx2.Client

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(f"/wavix/v1/{path}", params=query)

    def send(self, method: str, path: str, **body: object) -> httpx2.Response:
        """Write."""
        return self.client.request(method, f"/wavix/v1/{path}", json=body)

    def city(self, *, country: str = "Canada", name: str = "Toronto") -> str:
        """Go from a country to a city, and give the path of its numbers."""
        countries = self.get("buy/countries").json()["countries"]
        place = next(one for one in countries if one["name"] == country)
        country_path = f"buy/countries/{place['id']}"
        paths = [country_path]
        if place["has_provinces_or_states"]:
            regions = self.get(f"{country_path}/regions").json()["regions"]
            paths = [f"{country_path}/regions/{region['id']}" for region in regions]
        for path in paths:
            for city in self.get(f"{path}/cities").json()["cities"]:
                if city["name"] == name:
                    return f"{country_path}/cities/{city['id']}/dids"
        raise AssertionError(f"There is no {name}.")

    def offered(
        self, count: int = 1, *, country: str = "Canada", name: str = "Toronto"
    ) -> list[str]:
        """Give numbers for sale, without a plus."""
        answer = self.get(self.city(country=country, name=name), per_page=count)
        assert answer.status_code == 200, answer.text
        return [offer["number"] for offer in answer.json()["dids"]]

    def cart(self) -> list[str]:
        """Give what is in the cart."""
        return [offer["number"] for offer in self.get("buy/cart").json()["dids"]]

    def check_out(self, *numbers: str) -> httpx2.Response:
        """Put numbers into the cart and buy them."""
        self.send("PUT", "buy/cart", ids=list(numbers))
        return self.send("POST", "buy/cart/checkout", ids=list(numbers))

    def owned(self, number: str) -> dict[str, Any]:
        """Give one of our numbers."""
        (row,) = self.get("numbers", search=number).json()["items"]
        found: dict[str, Any] = row
        return found

    def buy(self, *, country: str = "Canada", name: str = "Toronto") -> dict[str, Any]:
        """Buy a number, and give its record."""
        (number,) = self.offered(country=country, name=name)
        assert self.check_out(number).status_code == 201
        return self.owned(number)

    def paper(self, id_: int, kind: str, content: bytes) -> httpx2.Response:
        """Send a document for a number."""
        return self.client.post(
            "/wavix/v1/numbers/papers",
            data={"did_ids": str(id_), "doc_id": kind},
            files={"doc_attachment": ("p.pdf", content, "application/pdf")},
        )

    def papers(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """Give the documents of a number."""
        found: list[dict[str, Any]] = self.owned(row["number"])["documents"]
        return found

    def ten_dlc(self, method: str, path: str, body: object = None) -> httpx2.Response:
        """Speak about brands and campaigns."""
        return self.client.request(method, f"/wavix/v3/10dlc/brands{path}", json=body)

    def brand(self, **more: Any) -> httpx2.Response:
        """Register a brand."""
        told = {
            "dba_name": "Oak Dental",
            "company_name": "Oak Street Dental LLC",
            "entity_type": "PRIVATE_PROFIT",
            "vertical": "HEALTHCARE",
            "ein_taxid": "12-3456789",
            "ein_taxid_country": "US",
            "first_name": "Ann",
            "last_name": "Lee",
            "phone_number": "13125550199",
            "email": "desk@oak.example",
            "street_address": "1 Oak Street",
            "city": "Chicago",
            "state_or_province": "IL",
            "country": "US",
            "zip": "60601",
            **more,
        }
        return self.ten_dlc("POST", "", told)

    def campaign(self, brand: str, **more: Any) -> httpx2.Response:
        """Register a campaign of a brand."""
        told = {
            **dict.fromkeys(("age_gated", "affiliate_marketing", "direct_lending"), False),
            **dict.fromkeys(("embedded_links", "embedded_phones", "mock"), False),
            **dict.fromkeys(("auto_renewal", "help", "optin", "optout"), True),
            **dict.fromkeys(("embedded_link_sample", "sample2", "sample3", "sample4", "sample5")),
            "description": "Reminders of appointments and answers to what patients ask.",
            "optin_workflow": "Patients tick a box on the form at their first visit.",
            "help_keywords": "HELP",
            "help_message": "Call +1 312 555 0199. Reply STOP to end.",
            "optin_keywords": "START",
            "optin_message": "You will hear from Oak Dental. Reply STOP to end.",
            "optout_keywords": "STOP",
            "optout_message": "You will hear no more from Oak Dental.",
            "name": "Appointments",
            "sample1": "Your appointment is tomorrow at 9.",
            "usecase": "CUSTOMER_CARE",
            "terms_conditions": "https://oak.example/terms",
            **more,
        }
        return self.ten_dlc("POST", f"/{brand}/campaigns", told)

    def make_trunk(
        self, method: str = "POST", path: str = "trunks", **more: Any
    ) -> httpx2.Response:
        """Make a trunk, or replace one."""
        told = {
            "label": "Main",
            "password": "4r=h;EaCB85QNtr2",
            "callerid": more.get("callerid") or self.buy()["number"],
            **dict.fromkeys(
                [
                    *("ip_restrict", "didinfo_enabled", "call_restrict", "cost_limit"),
                    *("channels_restrict", "rewrite_enabled", "transcription_enabled"),
                ],
                False,
            ),
            "transcription_threshold": 6,
            **more,
        }
        return self.send(method, path, **told)


def _as_api_json(body: object) -> dict[str, Any]:
    if body is None:
        return {}
    kind = {"Content-Type": "application/vnd.api+json"}
    return {"content": json.dumps(body).encode(), "headers": kind}


def _bracketed(query: dict[str, Any]) -> dict[str, Any]:
    named = {}
    for name, value in query.items():
        first, *rest = name.split("__")
        named[first + "".join(f"[{part}]" for part in rest)] = value
    return named


@dataclass
class VoipMs:
    """A customer of VoIP.ms."""

    client: httpx2.Client
    signed_in: dict[str, str]

    def ask(self, method: str, **form: Any) -> Any:
        """Ask for anything; HTTP says 200 whatever comes."""
        told = {**self.signed_in, "method": method, **form}
        answer = self.client.post("/voipms/rest.php", data=told)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def offered(self, count: int = 1, query: str = "206") -> list[str]:
        """Search in the United States, and give the numbers found."""
        body = self.ask("searchDIDsUSA", type="starts", query=query)
        return [offer["did"] for offer in body["dids"]][:count]

    def buy(self, did: str, **more: Any) -> str:
        """Buy a number, and give the word that comes back."""
        usual = {"routing": "sys:noservice", "pop": 11, "dialtime": 60, "cnam": 0}
        told = {**usual, "billing_type": 1, **more}
        status: str = self.ask("orderDID", did=did, **told)["status"]
        return status

    def address(self, uri: str) -> int:
        """Make a SIP address, and give its number."""
        assert self.ask("setSIPURI", uri=uri) == {"status": "success"}
        last: int = self.ask("getSIPURIs")["sipuris"][-1]["sipuri"]
        return last

    def sub_account(self, **more: Any) -> Any:
        """Ask for a sub-account, in order but for what is said otherwise."""
        usual = {
            "username": "pbx",
            "protocol": 1,
            "auth_type": 1,
            "password": "Right-Word-7",
            "device_type": 1,
            "lock_international": 1,
            "international_route": 1,
            "music_on_hold": "default",
            "allowed_codecs": "ulaw;g729",
            "dtmf_mode": "auto",
            "nat": "yes",
        }
        told = {name: value for name, value in {**usual, **more}.items() if value is not None}
        return self.ask("createSubAccount", **told)


@dataclass
class Plivo:
    """A customer of Plivo."""

    client: httpx2.Client
    account: str

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(self._at(path), params=query)

    def post(self, path: str, **body: object) -> httpx2.Response:
        """Create, buy or change."""
        return self.client.post(self._at(path), json=body)

    def delete(self, path: str) -> httpx2.Response:
        """Release."""
        return self.client.delete(self._at(path))

    def offered(self, count: int = 1, **query: Any) -> list[str]:
        """Search, and give the numbers found, without a plus."""
        answer = self.get("PhoneNumber", **{"country_iso": "US", "limit": count, **query})
        assert answer.status_code == 200, answer.text
        return [offer["number"] for offer in answer.json()["objects"]]

    def buy(self, id_: str, **told: object) -> httpx2.Response:
        """Buy a number."""
        return self.post(f"PhoneNumber/{id_}", **told)

    def trunk(self, *uris: str) -> str:
        """Make a trunk to one address or two, and give its id."""
        made = [self.post("Zentrunk/URI", uri=uri).json()["uri_uuid"] for uri in uris]
        named = dict(zip(("primary_uri_uuid", "fallback_uri_uuid"), made, strict=False))
        answer = self.post("Zentrunk/Trunk", trunk_direction="inbound", **named)
        assert answer.status_code == 201, answer.text
        id_: str = answer.json()["trunk_id"]
        return id_

    def _at(self, path: str) -> str:
        return f"/plivo/v1/Account/{self.account}/{path}/"


@dataclass
class QuestBlue:
    """A customer of QuestBlue."""

    client: httpx2.Client

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.client.get(f"/questblue/{path}", params=query)

    def send(self, method: str, path: str, **body: Any) -> httpx2.Response:
        """Change something, as the carrier's SDK does: by a body."""
        return self.client.request(method, f"/questblue/{path}", json=body)

    def offered(self, count: int = 1, mask: str = "206*") -> list[str]:
        """Search, and give the numbers found."""
        answer = self.get("did/available", type="local", mask=mask, total_list=count)
        assert answer.status_code == 200, answer.text
        found: list[str] = answer.json()["data"]
        return found

    def buy(self, did: str, **more: Any) -> httpx2.Response:
        """Buy a number."""
        return self.send("POST", "did", did=int(did), **more)

    def trunk(self, name: str, address: str = "192.0.2.1") -> str:
        """Make a static trunk, and give its name."""
        answer = self.send("POST", "siptrunk", trunk=name, ip_address=address)
        assert (answer.status_code, answer.content) == (200, b"")
        return name

"""
Everything a customer does, checked in both directions against the carriers' own descriptions.

Twilio's price list is in none of the descriptions we have; its shape is taken from the public
documentation (twilio.com/docs/phone-numbers/pricing) and not checked here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import httpx2
import pytest

from sandbox.tests.conftest import Clock
from sandbox.tests.field_map import FieldMap, field_maps
from sandbox.tests.method_table import MethodTable, method_tables
from sandbox.tests.official import Description, Deviation, descriptions
from sandbox.tests.talk import (
    Control,
    Didww,
    Flowroute,
    QuestBlue,
    Telnyx,
    Twilio,
    VoipMs,
    Vonage,
    Wavix,
)

pytestmark = pytest.mark.skipif(
    not os.environ.get("CARRIER_SPECS"), reason="CARRIER_SPECS is not set"
)


@pytest.fixture(scope="module")
def official() -> list[Description]:
    return descriptions(Path(os.environ["CARRIER_SPECS"]))


class Inspector:
    """Checks each answer of a client and counts what it checked."""

    def __init__(
        self, official: Sequence[Description | FieldMap | MethodTable], client: httpx2.Client
    ) -> None:
        self.official = official
        self.checked = 0
        self.unknown: list[str] = []
        client.event_hooks["response"].append(self.inspect)

    def inspect(self, response: httpx2.Response) -> None:
        """Hold one exchange against the description of its path."""
        response.read()
        if any(description.check(response) for description in self.official):
            self.checked += 1
        else:
            self.unknown.append(response.request.url.path)


class TestTelnyx:
    def test_speaks_as_described(
        self, official: list[Description], telnyx: Telnyx, clock: Clock, control: Control
    ) -> None:
        inspector = Inspector(official, telnyx.client)
        telnyx.get("balance")
        telnyx.get(
            "available_phone_numbers",
            filter__country_code="GB",
            filter__phone_number_type="mobile",
            **{"filter[features][]": ["voice"]},
            filter__limit=2,
        )
        numbers = telnyx.offered(3, filter__phone_number__starts_with="312")
        reservation_id = telnyx.hold(*numbers, customer_reference="r")["id"]
        telnyx.hold(numbers[0])
        telnyx.get("number_reservations", filter__customer_reference="r", page__size=5)
        telnyx.get(f"number_reservations/{reservation_id}")
        telnyx.post(f"number_reservations/{reservation_id}/actions/extend")
        connection_id = telnyx.trunk("127.0.0.1", "127.0.0.2", dnis_number_format="+e164")
        order = telnyx.order(*numbers, connection_id=connection_id, customer_reference="r")
        order_id = order.json()["data"]["id"]
        for seconds in (0, 1):
            clock.pass_by(seconds)
            telnyx.get(f"number_orders/{order_id}")
            telnyx.get("number_orders", filter__customer_reference="r", page__size=5)
            telnyx.get("phone_numbers", filter__phone_number=numbers[0][1:], page__number=1)
        row = telnyx.owned()[0]
        telnyx.get(f"phone_numbers/{row['id']}")
        telnyx.patch(f"phone_numbers/{row['id']}", {"connection_id": connection_id, "tags": ["a"]})
        telnyx.lock(f"phone_numbers/{row['id']}", locked=True)
        telnyx.delete(f"phone_numbers/{row['id']}")
        telnyx.lock(f"phone_numbers/{row['id']}", locked=False)
        telnyx.get("ip_connections", filter__connection_name__contains="PBX")
        named = telnyx.post("fqdn_connections", {"connection_name": "Names"}).json()["data"]["id"]
        place = {"connection_id": named, "fqdn": "pbx.example.net", "port": 5061}
        made = telnyx.post("fqdns", {**place, "dns_record_type": "a"}).json()["data"]["id"]
        ranked = {"inbound": {"default_primary_fqdn_id": made}}
        telnyx.patch(f"fqdn_connections/{named}", ranked)
        telnyx.get("fqdns", filter__connection_id=named)
        login = {"connection_name": "Login", "user_name": "tlogin1", "password": "x" * 16}
        for _ in range(2):
            telnyx.post("credential_connections", login)
        telnyx.get("credential_connections", filter__connection_name__contains="Login")
        telnyx.get(f"ip_connections/{connection_id}")
        ips = telnyx.get("ips", filter__connection_id=connection_id).json()["data"]
        telnyx.delete(f"ips/{ips[1]['id']}")
        for row in telnyx.owned():
            telnyx.delete(f"phone_numbers/{row['id']}")
        telnyx.delete(f"ip_connections/{connection_id}")
        assert inspector.checked > 20
        assert inspector.unknown == []

    def test_refuses_as_described(
        self, official: list[Description], telnyx: Telnyx, control: Control
    ) -> None:
        inspector = Inspector(official, telnyx.client)
        telnyx.order()
        telnyx.order("13125550100")
        telnyx.get("available_phone_numbers", filter__limit="many")
        telnyx.get("number_orders/1")
        telnyx.get("number_reservations/1")
        telnyx.post("number_reservations", {})
        telnyx.get("phone_numbers/1")
        telnyx.post("ip_connections", {"inbound": {"dnis_number_format": "test"}})
        telnyx.post("ips", {"port": 5060})
        telnyx.client.headers["Authorization"] = "Bearer nobody"
        telnyx.get("phone_numbers")
        assert inspector.checked == 10

    def test_announces_as_described(
        self, official: list[Description], telnyx: Telnyx, clock: Clock, control: Control
    ) -> None:
        order = telnyx.order(*telnyx.offered()).json()["data"]
        event = {
            "event_type": "number_order.complete",
            "id": order["id"],
            "occurred_at": order["created_at"],
            "payload": order,
            "record_type": "event",
        }
        meta = {"attempt": 1, "delivered_to": "http://portal/w"}
        schema = {"$ref": "urn:description#/components/schemas/NumberOrderWebhookEvent"}
        official[0].validate({"data": event, "meta": meta}, schema, "the webhook")
        with pytest.raises(Deviation):
            official[0].validate({"data": event}, schema, "the webhook")


class TestDescription:
    def test_notices_a_field_too_many_and_a_wrong_type(self, official: list[Description]) -> None:
        schema = {"$ref": "urn:description#/components/schemas/UserBalance"}
        official[0].validate({"balance": "1.00"}, schema, "a balance")
        for wrong in ({"balance": 1.0}, {"saldo": "1.00"}):
            with pytest.raises(Deviation):
                official[0].validate(wrong, schema, "a balance")


class TestTwilio:
    def test_speaks_as_described(
        self, official: list[Description], twilio: Twilio, control: Control
    ) -> None:
        inspector = Inspector(official, twilio.client)
        twilio.get("Balance")
        twilio.get("AvailablePhoneNumbers")
        twilio.get("AvailablePhoneNumbers/GB")
        for kind in ("Local", "Mobile", "TollFree", "National"):
            twilio.offered(2, place=f"GB/{kind}", VoiceEnabled="true")
        numbers = twilio.offered(3, AreaCode=312, Contains="555")
        trunk_sid = twilio.trunk("sip:127.0.0.1:5070;transport=udp", "sip:127.0.0.2")
        trunk = f"trunking/v1/Trunks/{trunk_sid}"
        sids = [twilio.buy(n, TrunkSid=trunk_sid, FriendlyName="x").json()["sid"] for n in numbers]
        twilio.get("IncomingPhoneNumbers", PageSize=2)
        twilio.get("IncomingPhoneNumbers", PageSize=2, Page=1, PageToken="PA1")
        twilio.get("IncomingPhoneNumbers", PhoneNumber=numbers[0])
        twilio.get(f"IncomingPhoneNumbers/{sids[0]}")
        twilio.post(f"IncomingPhoneNumbers/{sids[0]}", VoiceUrl="https://example.com/voice")
        acl = twilio.post("SIP/IpAccessControlLists", FriendlyName="PBX").json()["sid"]
        addresses = f"SIP/IpAccessControlLists/{acl}/IpAddresses"
        twilio.post(addresses, FriendlyName="x", IpAddress="192.0.2.7", CidrPrefixLength=32)
        twilio.get(addresses)
        twilio.get("SIP/IpAccessControlLists")
        twilio.get(f"SIP/IpAccessControlLists/{acl}")
        twilio.post(f"{trunk}/IpAccessControlLists", IpAccessControlListSid=acl)
        twilio.get(f"{trunk}/IpAccessControlLists")
        twilio.get(f"{trunk}/IpAccessControlLists/{acl}")
        twilio.get("trunking/v1/Trunks", PageSize=1)
        twilio.get(trunk)
        twilio.post(trunk, DomainName="ours.pstn.twilio.com", Secure="true")
        urls = twilio.get(f"{trunk}/OriginationUrls").json()["origination_urls"]
        twilio.get(f"{trunk}/OriginationUrls/{urls[0]['sid']}")
        twilio.post(f"{trunk}/OriginationUrls/{urls[0]['sid']}", Enabled="false")
        twilio.delete(f"{trunk}/OriginationUrls/{urls[0]['sid']}")
        twilio.get(f"{trunk}/PhoneNumbers")
        twilio.get(f"{trunk}/PhoneNumbers/{sids[0]}")
        twilio.delete(f"{trunk}/PhoneNumbers/{sids[0]}")
        twilio.post(f"{trunk}/PhoneNumbers", PhoneNumberSid=sids[0])
        for sid in sids:
            twilio.delete(f"IncomingPhoneNumbers/{sid}")
        twilio.delete(f"{trunk}/IpAccessControlLists/{acl}")
        twilio.delete(trunk)
        assert inspector.checked > 40
        assert inspector.unknown == []


class TestVonage:
    def test_speaks_and_refuses_as_described(
        self, official: list[Description], vonage: Vonage
    ) -> None:
        inspector = Inspector(official, vonage.client)
        vonage.balance()
        vonage.get("account/numbers")
        numbers = vonage.offered(3, type="mobile-lvn", features="SMS,MMS,VOICE", index=2)
        for msisdn in (*numbers, numbers[0]):
            vonage.buy(msisdn)
        key = {"country": "US", "msisdn": numbers[0]}
        hook = {"moHttpUrl": "https://portal.example/sms"}
        sip = {"voiceCallbackType": "sip", "voiceCallbackValue": f"sip:{numbers[0]}@192.0.2.1"}
        vonage.post("update", **key, **hook, **sip)
        vonage.get("account/numbers", pattern=numbers[0], search_pattern=0, has_application="false")
        for _ in range(2):
            vonage.post("cancel", **key)
        vonage.client.auth = httpx2.BasicAuth("00000000", "wrong")
        vonage.get("number/search", country="US")
        vonage.buy(numbers[0])
        assert inspector.checked == 13
        assert inspector.unknown == []


class TestFlowroute:
    def test_speaks_as_described(self, official: list[Description], flowroute: Flowroute) -> None:
        inspector = Inspector(official, flowroute.client)
        numbers = flowroute.offered(3, starts_with="1206", state="WA", iso_country="US")
        flowroute.buy(numbers[0])
        flowroute.buy(numbers[1], {"messaging_enabled": False})
        (silent,) = flowroute.offered(ends_with="0705")
        flowroute.buy(silent, {"messaging_enabled": True})
        route = flowroute.route("192.0.2.1:5060", alias="x")
        flowroute.make_route("192.0.2.1", alias="x")
        flowroute.get("routes", route_type="host", limit=5, offset=0)
        for name in ("primary_route", "failover_route"):
            flowroute.link(numbers[0], name, route)
            flowroute.delete(f"numbers/{numbers[0]}/relationships/{name}")
        for _ in range(2):
            flowroute.delete(f"numbers/{numbers[0]}")
        assert inspector.checked == 14
        assert inspector.unknown == []


class TestWavix:
    def test_speaks_as_described(
        self, official: list[Description], wavix: Wavix, clock: Clock
    ) -> None:
        inspector = Inspector(official, wavix.client)
        (london,) = wavix.offered(country="United Kingdom", name="London")
        numbers = wavix.offered(3)
        wavix.send("PUT", "buy/cart", ids=[*numbers, london])
        wavix.send("DELETE", "buy/cart", ids=[numbers[2]])
        wavix.cart()
        for _ in range(2):
            wavix.send("POST", "buy/cart/checkout", ids=[numbers[0], london])
        wavix.get("numbers", per_page=1, page=2)
        row = wavix.owned(numbers[0])
        wavix.paper(wavix.owned(london)["id"], "1", b"%PDF-1.7")
        wavix.papers(wavix.owned(london))
        trunk = wavix.make_trunk(host_request={"host": "192.0.2.1"}).json()
        path = f"trunks/{trunk['id']}"
        wavix.make_trunk("PUT", path, ip_restrict=True, allowed_ips=[{"ip": "192.0.2.1"}])
        wavix.get("trunks", page=1)
        wavix.get(path)
        to_trunk = {"transport": 5, "trunk_id": trunk["id"], "destination": trunk["name"]}
        to_address = {"transport": 1, "destination": "[did]@192.0.2.1:5060"}
        for n, one in enumerate((to_trunk, to_address)):
            wavix.send("PATCH", f"numbers/{row['id']}", destinations=[{**one, "priority": n}])
        wavix.get(f"numbers/{row['id']}")
        wavix.client.delete("/wavix/v1/numbers", params={"dids": numbers[0]})
        wavix.client.delete("/wavix/v1/numbers", params={"dids": numbers[0]})
        wavix.client.delete(f"/wavix/v1/{path}")
        wavix.get(path)
        wavix.get("profile/config")
        wavix.get("buy/countries/99/cities")
        self.speak_of_texts(wavix, clock)
        assert inspector.checked > 50
        assert inspector.unknown == []

    def speak_of_texts(self, wavix: Wavix, clock: Clock) -> None:
        """Register a brand and a campaign, and let a number take part."""
        id_ = wavix.brand().json()["brand_id"]
        wavix.ten_dlc("PUT", f"/{id_}", {"dba_name": "Elm"})
        wavix.ten_dlc("GET", "")
        wavix.ten_dlc("GET", f"/{id_}")
        clock.pass_by(1)
        number, path = wavix.buy()["number"], f"/{id_}/campaigns"
        there = f"{path}/{wavix.campaign(id_).json()['campaign_id']}"
        wavix.ten_dlc("PUT", there, {"help_message": "Call +1 312 555 0199. Reply STOP to end."})
        clock.pass_by(1)
        for method, what in (
            ("GET", ""),
            ("POST", f"/numbers/{number}"),
            ("GET", "/numbers"),
            ("DELETE", f"/numbers/{number}"),
            ("DELETE", f"/numbers/{number}"),
            ("DELETE", ""),
            ("GET", ""),
        ):
            wavix.ten_dlc(method, there + what)
        wavix.ten_dlc("GET", "/campaigns")
        wavix.ten_dlc("GET", path)
        wavix.ten_dlc("DELETE", f"/{id_}")
        wavix.ten_dlc("DELETE", f"/{id_}")


class TestDidww:
    def test_speaks_as_its_table_of_fields_has_it(self, didww: Didww, clock: Clock) -> None:
        inspector = Inspector(field_maps(Path(os.environ["CARRIER_SPECS"])), didww.client)
        (country,) = didww.get("countries", **{"filter[iso]": "US"}).json()["data"]
        for path in ("did_group_types", "regions", "cities", "balance"):
            didww.get(path)
        offers = didww.offered(3, **{"filter[country.id]": country["id"]})
        held = didww.hold(offers[0]["id"]).json()["data"]["id"]
        didww.get("did_reservations", include="available_did")
        didww.get(f"did_reservations/{held}", include="available_did")
        didww.order(offers[0]["id"], reference="r", did_reservation_id=held)
        order = didww.order(offers[1]["id"], reference="r").json()["data"]["id"]
        didww.hold(offers[2]["id"])
        (last,) = didww.get("did_reservations").json()["data"]
        didww.client.delete(f"/didww/v3/did_reservations/{last['id']}")
        clock.pass_by(1)
        didww.get("orders", **{"filter[external_reference_id]": "r"})
        didww.get(f"orders/{order}")
        group = didww.group(didww.trunk("192.0.2.1", port=5060))
        for path in ("voice_in_trunks", "voice_in_trunk_groups", f"voice_in_trunk_groups/{group}"):
            didww.get(path)
        include = "did_group,order,voice_in_trunk,voice_in_trunk_group"
        (mine,) = didww.owned(**{"filter[order.id]": order, "include": include})
        link = {"data": {"type": "voice_in_trunk_groups", "id": group}}
        didww.change("dids", mine["id"], relationships={"voice_in_trunk_group": link})
        self.have_it_found(didww, mine["id"], country["id"], clock)
        didww.change("dids", mine["id"], attributes={"terminated": True})
        didww.get(f"dids/{mine['id']}", include=include)
        assert inspector.checked == 36
        assert inspector.unknown == []

    def have_it_found(self, didww: Didww, number: str, country: str, clock: Clock) -> None:
        """Have emergency services told of a number, and say everything about it once."""
        rules = didww.get("emergency_requirements", **{"filter[country.id]": country}).json()
        where = didww.address(country)
        links = {name: where[name] for name in ("identity", "address")}
        rule = {"data": {"type": "emergency_requirements", "id": rules["data"][0]["id"]}}
        kind = "emergency_requirement_validations"
        didww.send("POST", kind, type=kind, relationships={"emergency_requirement": rule, **links})
        kind = "emergency_verifications"
        mine = {"dids": {"data": [{"type": "dids", "id": number}]}, "address": where["address"]}
        told = {"external_reference_id": "e"}
        review = didww.send("POST", kind, type=kind, attributes=told, relationships=mine).json()
        clock.pass_by(1)
        include = {"include": "address,dids,emergency_calling_service"}
        didww.get(kind, **{"filter[status]": "approved"})
        of = didww.get(f"{kind}/{review['data']['id']}", **include).json()["data"]["relationships"]
        kind, service = of["emergency_calling_service"]["data"].values()
        didww.get(kind, **{"filter[status]": "active"})
        didww.get(f"{kind}/{service}", include="emergency_verification,country,dids")
        didww.get(f"dids/{number}", include="emergency_calling_service,identity")
        didww.client.delete(f"/didww/v3/{kind}/{service}")


class TestQuestBlue:
    def test_speaks_as_described(self, official: list[Description], questblue: QuestBlue) -> None:
        inspector = Inspector(official, questblue.client)
        questblue.get("account/getbalance")
        first, second = questblue.offered(2)
        questblue.buy(first, note="x" * 101, cnam="off")
        trunk = questblue.trunk("pbx1")
        for _ in range(2):
            questblue.buy(second, route2trunk=trunk)
        for name in ("", trunk, "nobody"):
            questblue.send("PUT", "did", did=int(second), route2trunk=name)
        questblue.send("PUT", "siptrunk", trunk=trunk, status="off", ip_address="192.0.2.9")
        for _ in range(2):
            questblue.send("DELETE", "did", did=int(second))
        assert inspector.checked == 12
        assert inspector.unknown == []

    def test_its_bodies_are_held_against_the_names_of_the_query(
        self, official: list[Description]
    ) -> None:
        request = httpx2.Request("POST", "http://sandbox/questblue/did", json={"number": 1})
        (described,) = [one for one in official if one.prefix == "/questblue"]
        with pytest.raises(Deviation, match="takes no number"):
            described.check(httpx2.Response(200, request=request))


class TestVoipMs:
    def test_speaks_and_refuses_as_its_table_of_methods_has_it(self, voipms: VoipMs) -> None:
        inspector = Inspector(method_tables(Path(os.environ["CARRIER_SPECS"])), voipms.client)
        first, second = voipms.offered(2)
        for method, told in (
            ("getBalance", {"advanced": 1}),
            ("getServersInfo", {}),
            ("getDIDsUSA", {"state": "WA", "ratecenter": "SEATTLE"}),
            ("getDIDsCAN", {"province": "ON"}),
            ("searchDIDsCAN", {"type": "ends", "query": "0550", "province": "ON"}),
            ("searchTollFreeUSA", {"type": "starts", "query": "800"}),
        ):
            voipms.ask(method, **told)
        voipms.buy(first, note="r", failover_busy="vm:1", voicemail="1", callerid_prefix="x")
        voipms.buy(second, test=1)
        address = voipms.address("1{DID}@192.0.2.1:5060")
        voipms.ask("setDIDRouting", did=first, routing=f"sip:{address}")
        for method in ("getProtocols", "getAuthTypes", "getDeviceTypes", "getSubAccounts"):
            voipms.ask(method)
        made = voipms.sub_account(description="r")
        voipms.sub_account()
        voipms.ask("getSubAccounts")
        voipms.ask("delSubAccount", id=made["id"])
        (mine,) = voipms.ask("getDIDsInfo", did=first)["dids"]
        kept = {name: mine[name] for name in ("pop", "dialtime", "cnam", "billing_type", "note")}
        voipms.ask("setDIDInfo", did=first, routing="none:", **kept)
        for _ in range(2):
            voipms.ask("cancelDID", did=first, cancelcomment="no longer needed")
            voipms.buy(first, pop=99)
            voipms.ask("getDIDsInfo")
        assert inspector.checked == 28
        assert inspector.unknown == []

    def test_its_table_notices_what_it_does_not_have(self) -> None:
        (table,) = method_tables(Path(os.environ["CARRIER_SPECS"]))

        def check(form: dict[str, str], **answer: object) -> bool:
            url = "http://sandbox/voipms/rest.php"
            request = httpx2.Request("POST", url, data={"method": "getDIDsInfo", **form})
            body = {"status": "success", "dids": [], **answer}
            return table.check(httpx2.Response(200, json=body, request=request))

        assert check({"did": "1"}, dids=[{"did": "1", "pop": 2, "note": ""}])
        for form, answer in (
            ({"method": "getEverything"}, {}),
            ({"didd": "1"}, {}),
            ({"method": "cancelDID"}, {}),
            ({}, {"status": "done"}),
            ({}, {"numbers": []}),
            ({}, {"dids": {}}),
            ({}, {"dids": [{"did": "pbx"}]}),
            ({}, {"dids": [{"number": "1"}]}),
        ):
            with pytest.raises(Deviation):
                check(form, **answer)


class TestFieldMap:
    @pytest.mark.parametrize(
        ("status", "query", "attributes"),
        [
            (200, {"filter[colour]": "x"}, {"number": "1"}),
            (202, {}, {"number": "1"}),
            (200, {}, {"number": 1}),
            (200, {}, {"digits": "1"}),
        ],
    )
    def test_notices_what_it_does_not_have(
        self, status: int, query: dict[str, str], attributes: dict[str, object]
    ) -> None:
        (table,) = field_maps(Path(os.environ["CARRIER_SPECS"]))
        request = httpx2.Request("GET", "http://sandbox/didww/v3/available_dids", params=query)
        row = {"type": "available_dids", "id": "1", "attributes": attributes}
        good = {"type": "available_dids", "id": "1", "attributes": {"number": "1"}}

        bare = httpx2.Request("GET", "http://sandbox/didww/v3/available_dids")
        assert table.check(httpx2.Response(200, json={"data": [good]}, request=bare))
        with pytest.raises(Deviation):
            table.check(httpx2.Response(status, json={"data": [row]}, request=request))

    def test_notices_a_body_of_another_shape(self) -> None:
        (table,) = field_maps(Path(os.environ["CARRIER_SPECS"]))
        body = {"data": {"type": "orders", "attributes": {"items": [{"sku": "x"}]}}}
        request = httpx2.Request("POST", "http://sandbox/didww/v3/orders", json=body)
        with pytest.raises(Deviation, match="has no sku"):
            table.check(httpx2.Response(201, json={"data": []}, request=request))

"""Staff connect carriers, make trunks and look after PBXs on the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.tests.api.world import TENANT_NUMBER, World
from portal.tests.web.visitor import Visitor, visitor_of
from portal.web.frame import PLACES
from provisioning.models import DirtyRoute, NodeAck, PbxNode, RouteChange, RouteHead, TrunkOnPbx
from trunks.models import CarrierAccount, Trunk
from trunks.tests.carriers.sandbox import CarrierSandbox, sandboxed
from trunks.tests.factories import SANDBOX, make_carrier_account


@pytest.fixture
def staff(world: World) -> Visitor:
    """Give an owner of the provider."""
    return visitor_of(world.cast.provider)


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    """Put the sandbox carriers on the wire."""
    with sandboxed() as opened:
        yield opened


class TestAnAccount:
    def test_asks_for_what_its_carrier_wants(self, staff: Visitor) -> None:
        text = staff.get("/carriers/new/?carrier=twilio").content.decode()
        assert 'name="account_sid"' in text
        assert 'type="password" name="auth_token"' in text
        assert '<input type="hidden" name="carrier" value="twilio">' in text
        choices = staff.get("/carriers/new/").content.decode()
        assert 'href="?carrier=telnyx">Telnyx<' in choices
        assert choices.index(">Telnyx<") < choices.index("By hand") < choices.index(">Gamma<")

    def test_never_shows_a_secret_again(self, staff: Visitor) -> None:
        form = {"carrier": "twilio", "name": "", "account_sid": "AC1", "auth_token": "HUSH-HUSH"}
        answer = staff.post("/carriers/connect/", **form)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "AC1" in text
        assert "HUSH-HUSH" not in text

    def test_refuses_a_name_that_is_taken(self, staff: Visitor) -> None:
        form = {"carrier": "telnyx", "name": "MARK-ACCOUNT", "api_key": "K", "public_key": "P"}
        answer = staff.post("/carriers/connect/", **form)
        assert answer.status_code == 422
        assert "Choose another name" in answer.content.decode()

    @pytest.mark.parametrize(
        ("key", "sentence"), [("", "accepts the credentials"), ("KEYwrong", "did not succeed")]
    )
    def test_is_checked_at_its_carrier(
        self, staff: Visitor, world: World, sandbox: CarrierSandbox, key: str, sentence: str
    ) -> None:
        credentials = sandbox.account("telnyx", balance="321.50")["credentials"]
        account = CarrierAccount.objects.get(pk=world.account.pk)
        account.credentials = {**credentials, **({"api_key": key} if key else {})}
        account.base_url = f"{SANDBOX}/telnyx"
        account.save()
        there = f"/carriers/{account.uuid}/"
        assert staff.post(f"{there}check/").status_code == 302
        text = staff.get(there).content.decode()
        assert sentence in text
        assert "<rect" in text
        assert f"/webhooks/{account.uuid}" in text

    def test_is_paused_after_a_question_and_resumed(self, staff: Visitor, world: World) -> None:
        there = f"/carriers/{world.account.uuid}/"
        assert "Its numbers stay" in staff.get(f"{there}pause/").content.decode()
        staff.post(f"{there}pause/now/", reason="Invoices are wrong")
        world.account.refresh_from_db()
        assert world.account.status == "PAUSED"
        assert staff.post(f"{there}pause/now/").status_code == 409
        staff.post(f"{there}resume/")
        world.account.refresh_from_db()
        assert world.account.status == "ACTIVE"

    def test_says_when_its_balance_is_low(self, staff: Visitor, world: World) -> None:
        there = f"/carriers/{world.account.uuid}/"
        assert staff.post(f"{there}warn/", below="-4").status_code == 422
        assert staff.post(f"{there}warn/", below="40").status_code == 302
        text = staff.get(there).content.decode()
        assert 'value="40"' in text
        assert ">Undo</button>" in text
        old = re.search(r'name="seen" value="(below:[^"]+)"', text)
        assert old
        staff.post(f"{there}warn/", below="")
        answer = staff.post(f"{there}warn/", below="60", seen=old[1])
        assert answer.status_code == 409
        assert "It is empty now. Send it again" in answer.content.decode()

    def test_says_how_each_thing_is_done_at_its_carrier(self, staff: Visitor, world: World) -> None:
        there = f"/carriers/{world.account.uuid}/"
        text = staff.get(there).text
        assert "What works how" in text
        assert "Numbers are bought by its interface." in text
        CarrierAccount.objects.filter(pk=world.account.pk).update(carrier="voip_innovations")
        text = staff.get(there).text
        assert "By hand</span>" in text
        assert "sends no signed messages" in text
        assert f"/webhooks/{world.account.uuid}" not in text
        CarrierAccount.objects.filter(pk=world.account.pk).update(carrier="didww")
        text = staff.get(there).text
        assert "by signed messages" in text
        assert f"/webhooks/{world.account.uuid}" not in text

    def test_takes_new_credentials(self, staff: Visitor, world: World) -> None:
        there = f"/carriers/{world.account.uuid}/credentials/replace/"
        assert staff.post(there, api_key="NEW").status_code == 422
        assert staff.post(there, api_key="NEW", public_key="PUB").status_code == 302
        world.account.refresh_from_db()
        assert world.account.credentials == {"api_key": "NEW", "public_key": "PUB"}

    def test_takes_a_credential_that_may_be_missing(self, staff: Visitor, world: World) -> None:
        CarrierAccount.objects.filter(pk=world.account.pk).update(carrier="didww")
        there = f"/carriers/{world.account.uuid}/credentials/replace/"
        for given in ({"api_key": "K", "callback_secret": "S"}, {"api_key": "K"}):
            assert staff.post(there, **given).status_code == 302
            world.account.refresh_from_db()
            assert world.account.credentials == given


class TestATrunk:
    def form(self, world: World, **changed: str) -> dict[str, str]:
        """Give a form that is in order but for what is changed."""
        fine = {
            "carrier_account": str(world.account.uuid),
            "name": "East",
            "did_format": "E164",
            "gateways": "sip.example.com\n[2001:db8::7]:5061 tls",
            "source_addresses": "192.0.2.77\n192.0.2.78",
        }
        return {**fine, **changed}

    def test_is_made_only_where_an_interface_makes_it(self, staff: Visitor, world: World) -> None:
        by_hand = make_carrier_account(owner=world.cast.provider, carrier="gamma", credentials={})
        page = staff.get("/trunks/new/").content.decode()
        assert str(world.account.uuid) in page
        assert str(by_hand.uuid) not in page
        assert str(by_hand.uuid) in staff.get("/trunks/by-hand/").content.decode()

    def test_is_asked_for(self, staff: Visitor, world: World) -> None:
        assert staff.post("/trunks/create/", **self.form(world)).status_code == 302
        trunk = Trunk.objects.get(name="East")
        gateways = {(g.host, g.port, g.transport) for g in trunk.gateways.all()}
        assert gateways == {("sip.example.com", 5060, "UDP"), ("2001:db8::7", 5061, "TLS")}
        assert trunk.source_addresses.count() == 2
        text = staff.get(f"/trunks/{trunk.uuid}/").content.decode()
        assert "asked for at the carrier within seconds" in text
        assert "every 2s" in text

    def test_at_which_one_registers_says_how_and_never_the_password(
        self, staff: Visitor, world: World
    ) -> None:
        account = make_carrier_account(
            owner=world.cast.provider, carrier="wavix", credentials={"api_key": "k"}
        )
        password = "4r=h;EaCB85QNtr2"
        wish = {"carrier_account": str(account.uuid), "gateways": "", "password": password}
        assert staff.post("/trunks/create/", **self.form(world, **wish)).status_code == 302
        trunk = Trunk.objects.get(name="East")
        stored = {**(trunk.credentials or {}), "username": "67758"}
        Trunk.objects.filter(pk=trunk.pk).update(credentials=stored)
        text = staff.get(f"/trunks/{trunk.uuid}/").content.decode()
        assert "67758" in text
        assert "nl.wavix.net" in text
        assert password not in text

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"gateways": "sip.example.com:5060 PIGEON"}, "is no gateway"),
            ({"gateways": "sip.example.com:nine"}, "is no gateway"),
            ({"source_addresses": "somewhere"}, "as IP addresses"),
            ({"name": "MARK-TRUNK"}, "Choose another name"),
        ],
    )
    def test_is_refused_beside_the_field(
        self, staff: Visitor, world: World, changed: dict[str, str], sentence: str
    ) -> None:
        answer = staff.post("/trunks/create/", **self.form(world, **changed))
        assert answer.status_code == 422
        (field,) = changed
        assert sentence in self.beside(field, answer)

    def test_is_refused_beside_the_password_where_none_registers(
        self, staff: Visitor, world: World
    ) -> None:
        account = make_carrier_account(owner=world.cast.provider, carrier="twilio", name="Plain")
        wish = {"carrier_account": str(account.uuid), "password": "4r=h;EaCB85QNtr2"}
        answer = staff.post("/trunks/create/", **self.form(world, **wish))
        assert answer.status_code == 422
        assert "makes no trunk at which you register" in self.beside("password", answer)

    def beside(self, field: str, answer: Any) -> str:
        """Give what is said beside a field."""
        text = str(answer.content.decode())
        return text.partition(f'id="id_{field}_error">')[2].partition("</div>")[0]

    def test_is_retried_only_after_it_failed(self, staff: Visitor, world: World) -> None:
        there = f"/trunks/{world.failed_trunk.uuid}/"
        assert "Retry" in staff.get(there).content.decode()
        assert staff.post(f"{there}retry/").status_code == 302
        assert staff.post(f"/trunks/{world.trunk.uuid}/retry/").status_code == 409


class TestAPbx:
    def test_takes_trunks_and_lets_idle_ones_go(self, staff: Visitor, world: World) -> None:
        there = f"/pbxs/{world.pbx.uuid}/trunks/"
        assert staff.post(there, trunk=str(world.spare_trunk.uuid)).status_code == 302
        assert staff.post(f"{there}{world.idle_trunk.uuid}/detach/now/").status_code == 302
        on_it = set(TrunkOnPbx.objects.filter(pbx=world.pbx).values_list("trunk", flat=True))
        assert on_it == {world.trunk.pk, world.spare_trunk.pk}

    def test_keeps_a_trunk_that_delivers_numbers(self, staff: Visitor, world: World) -> None:
        answer = staff.post(f"/pbxs/{world.pbx.uuid}/trunks/{world.trunk.uuid}/detach/now/")
        assert answer.status_code in {409, 422}
        assert "have another trunk deliver them" in answer.content.decode()

    def test_refuses_a_target_beside_its_address(self, staff: Visitor, world: World) -> None:
        form = {"name": "b", "address": "not a place", "set": "1", "priority": "1", "weight": "1"}
        answer = staff.post(f"/pbxs/{world.pbx.uuid}/targets/", **form)
        assert answer.status_code == 422
        assert 'id="id_address_error"' in answer.content.decode()

    def test_says_on_the_list_which_router_is_silent(self, staff: Visitor, world: World) -> None:
        # Nobody publishes here, and the world may be minutes old.
        DirtyRoute.objects.all().delete()
        assert "Nobody is behind" in staff.get("/pbxs/").content.decode()
        now = timezone.now()
        PbxNode.objects.create(
            pbx=world.pbx,
            name="edge",
            role="ROUTER",
            address="sip:192.0.2.9:5060",
            login="edge",
            enrolled_at=now,
            created_at=now,
        )
        told = staff.get("/pbxs/").content.decode()
        assert "Router edge of Main switch has not reported yet" in told

    def test_tells_what_it_does_with_a_number(self, staff: Visitor, world: World) -> None:
        there = f"/pbxs/{world.pbx.uuid}/?number="
        text = staff.get(there + TENANT_NUMBER.replace("+", "%2B")).content.decode()
        assert "<code>c,1,101@x</code>" in text
        assert "has no route here" in staff.get(f"{there}%2B13125559999").content.decode()
        assert "is no number" in staff.get(f"{there}hello").content.decode()

    def test_tells_in_words_what_was_published(self, staff: Visitor, world: World) -> None:
        there, now = f"/pbxs/{world.pbx.uuid}/", timezone.now()
        assert "Nothing was published yet" in staff.get(there).content.decode()
        ways = [(None, "c,1,101@x"), ("c,1,101@x", "h,0,"), ("h,0,", None)]
        for version, (old, new) in enumerate(ways, start=900):
            RouteChange.objects.create(
                pbx=world.pbx,
                table="inbound",
                version=version,
                key=TENANT_NUMBER[1:],
                old=old,
                new=new,
                at=now,
            )
        shown = " ".join(staff.get(there).content.decode().split())
        assert "is new: rings at 101@x by target set 1" in shown
        assert "hangs up (before: rings at 101@x by target set 1)" in shown
        assert "is published no more (before: hangs up)" in shown
        assert shown.index("Version 902") < shown.index("Version 901") < shown.index("Version 900")

    def test_tells_which_router_is_behind_and_since_when(
        self, staff: Visitor, world: World
    ) -> None:
        now = timezone.now()
        since = now - timedelta(hours=3)
        RouteHead.objects.filter(pbx=world.pbx, table="inbound").update(version=7)
        RouteChange.objects.create(
            pbx=world.pbx, table="inbound", version=5, key="1", new="h,0,", at=since
        )
        for name, version in (("r1", 7), ("r2", 4), ("r3", None)):
            node = PbxNode.objects.create(
                pbx=world.pbx,
                name=name,
                role="ROUTER",
                address="sip:192.0.2.9:5060",
                login=name,
                created_at=now,
            )
            if version is not None:
                NodeAck.objects.create(
                    node=node,
                    table="inbound",
                    version=version,
                    rows=1,
                    mode="full",
                    ready=True,
                    seen_at=now,
                )
        text = staff.get(f"/pbxs/{world.pbx.uuid}/").content.decode()
        assert "up to date" in text
        assert f'behind by 3 changes since <time datetime="{since.isoformat()}' in text
        assert "has never read them" in text


class TestTheBox:
    def test_finds_accounts_and_trunks_by_name(self, staff: Visitor) -> None:
        text = staff.get("/find/?q=MARK-").content.decode()
        assert "/carriers/" in text
        assert "/trunks/" in text

    def test_shows_them_to_no_dealer(self, world: World) -> None:
        text = visitor_of(world.cast.dealer).get("/find/?q=MARK-").content.decode()
        assert "MARK-" not in text.replace('value="MARK-"', "").replace("“MARK-”", "")


class TestAnyPage:
    @pytest.mark.parametrize("page", ["/carriers/", "/trunks/", "/pbxs/"])
    def test_shows_the_way_to_every_place(self, staff: Visitor, page: str) -> None:
        self._shows_all(staff, page)

    def test_of_one_trunk_or_pbx_does_too(self, staff: Visitor, world: World) -> None:
        self._shows_all(staff, f"/trunks/{world.trunk.uuid}/")
        self._shows_all(staff, f"/pbxs/{world.pbx.uuid}/")

    def _shows_all(self, staff: Visitor, page: str) -> None:
        shown = staff.get(page).content.decode()
        for places in PLACES.values():
            for place in places:
                assert f'href="{reverse(place.url_name)}"' in shown, place

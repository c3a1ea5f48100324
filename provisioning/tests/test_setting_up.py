from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Event, Invitation, Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from dids.models import Assignment
from lib.e164 import DidFormat
from lib.refusals import UnableTo
from provisioning import delivery, dirty, publisher
from provisioning.models import (
    Lane,
    Pbx,
    RouteChange,
    RouteHead,
    RouterFact,
    TenantOnPbx,
    TrunkOnPbx,
)
from provisioning.refusals import UnableToDetach, UnableToRoute, UnableToSetUp
from provisioning.tests.scene import (
    SYSTEM,
    Scene,
    bind,
    make_account,
    make_numbers,
    make_pbx,
    make_trunk,
    place,
)
from provisioning.workflows import nodes, pbxs, retention, tenants, trunks
from trunks import description
from trunks.description import Carries, TrunkDescription
from trunks.models import Trunk
from trunks.offers import GatewaySpec
from trunks.workflows import static_trunks

pytestmark = pytest.mark.django_db


def publish(pbx: Pbx) -> None:
    publisher.run(pbx_id=pbx.pk, clock=timezone.now)


def facts(pbx: Pbx, table: str) -> dict[str, str]:
    return dict(RouterFact.objects.filter(pbx=pbx, table=table).values_list("key", "value"))


class TestCreatePbx:
    def test_publishes_its_settings_as_the_first_version(self, cast: Cast) -> None:
        pbx = pbxs.create(name="Core", authoritative=True, actor=cast.staff, now=NOW)
        publish(pbx)

        assert facts(pbx, "settings") == {"authoritative": "1"}
        heads = dict(RouteHead.objects.filter(pbx=pbx).values_list("table", "version"))
        assert heads == {"inbound": 0, "sources": 0, "targets": 0, "settings": 1}

    def test_changes_a_setting_in_a_new_version(self, cast: Cast) -> None:
        pbx = make_pbx()
        publish(pbx)
        pbxs.set_authoritative(pbx=pbx, authoritative=True, actor=cast.staff, now=NOW)
        publish(pbx)

        change = RouteChange.objects.get(pbx=pbx, table="settings", version=2)
        assert (change.key, change.old, change.new) == ("authoritative", "0", "1")

    @pytest.mark.parametrize("name", ["", "   ", "x" * 81])
    def test_refuses_a_name_that_is_none(self, cast: Cast, name: str) -> None:
        with pytest.raises(UnableToSetUp) as refusal:
            pbxs.create(name=name, actor=cast.staff, now=NOW)
        assert refusal.value.field == "name"

    def test_refuses_a_name_that_is_taken(self, cast: Cast) -> None:
        make_pbx(name="Core")
        with pytest.raises(UnableToSetUp, match="already"):
            pbxs.create(name="Core", actor=cast.staff, now=NOW)


class TestAddTarget:
    def test_publishes_it_in_its_set(self, cast: Cast) -> None:
        pbx = make_pbx()
        target = pbxs.add_target(
            pbx=pbx, name="a1", address="192.0.2.30:5080", set=3, actor=cast.staff, now=NOW
        )
        publish(pbx)

        wanted = {f"3:{target.pk}": "sip:192.0.2.30:5080;transport=udp,10,50"}
        assert facts(pbx, "targets") == wanted

    def test_withdraws_it_when_it_is_removed(self, cast: Cast) -> None:
        pbx = make_pbx()
        target = pbxs.add_target(
            pbx=pbx, name="a1", address="192.0.2.30", actor=cast.staff, now=NOW
        )
        publish(pbx)
        nodes.remove(node=target, actor=cast.staff, now=NOW)
        publish(pbx)

        assert facts(pbx, "targets") == {}
        assert RouteHead.objects.get(pbx=pbx, table="targets").rows == 0

    def test_refuses_an_address_that_is_none(self, cast: Cast) -> None:
        with pytest.raises(UnableToSetUp, match="not the SIP address"):
            pbxs.add_target(pbx=make_pbx(), name="a1", address="tel:+1", actor=cast.staff, now=NOW)


class TestAttachTrunk:
    def test_publishes_its_senders(self, cast: Cast) -> None:
        pbx, trunk = make_pbx(), make_trunk(make_account(), did_format="NATIONAL")
        trunks.attach(trunk=trunk, pbx=pbx, country="gb", actor=cast.staff, now=NOW)
        publish(pbx)

        assert facts(pbx, "sources") == {"192.0.2.10": f"NATIONAL,44,{trunk.uuid}"}

    def test_withdraws_them_when_it_is_detached(self, cast: Cast) -> None:
        pbx, trunk = make_pbx(), make_trunk(make_account())
        attached = trunks.attach(trunk=trunk, pbx=pbx, actor=cast.staff, now=NOW)
        publish(pbx)
        trunks.detach(attached=attached, actor=cast.staff, now=NOW)
        publish(pbx)

        assert facts(pbx, "sources") == {}

    def test_stays_while_it_delivers_numbers_that_ring_there(self, cast: Cast) -> None:
        pbx, account = make_pbx(), make_account()
        trunk = make_trunk(account)
        attached = trunks.attach(trunk=trunk, pbx=pbx, actor=cast.staff, now=NOW)
        place(cast.tenant, pbx)
        (number,) = make_numbers(account, cast.tenant, first=999_1000_0000, count=1)
        bind(number, trunk)

        with pytest.raises(UnableToDetach, match="delivers 1 numbers"):
            trunks.detach(attached=attached, actor=cast.staff, now=NOW)
        Assignment.objects.all().delete()
        trunks.detach(attached=attached, actor=cast.staff, now=NOW)
        assert not TrunkOnPbx.objects.exists()

    def test_refuses_a_national_trunk_without_its_country(self, cast: Cast) -> None:
        trunk = make_trunk(make_account(), did_format="NATIONAL")
        with pytest.raises(UnableToSetUp, match="of which country"):
            trunks.attach(trunk=trunk, pbx=make_pbx(), actor=cast.staff, now=NOW)

    def test_refuses_it_twice(self, cast: Cast) -> None:
        pbx, trunk = make_pbx(), make_trunk(make_account())
        trunks.attach(trunk=trunk, pbx=pbx, actor=cast.staff, now=NOW)
        with pytest.raises(UnableToSetUp, match="already"):
            trunks.attach(trunk=trunk, pbx=pbx, actor=cast.staff, now=NOW)

    def test_refuses_a_trunk_without_a_source_address(self, cast: Cast) -> None:
        trunk = make_trunk(make_account())
        trunk.source_addresses.all().delete()
        with pytest.raises(UnableToSetUp, match="no source address"):
            trunks.attach(trunk=trunk, pbx=make_pbx(), actor=cast.staff, now=NOW)

    def test_refuses_a_sender_that_would_be_read_in_two_ways(self, cast: Cast) -> None:
        pbx, account = make_pbx(), make_account()
        trunks.attach(trunk=make_trunk(account), pbx=pbx, actor=cast.staff, now=NOW)
        other = make_trunk(account, did_format="E164")
        with pytest.raises(UnableToSetUp, match="writes numbers differently"):
            trunks.attach(trunk=other, pbx=pbx, actor=cast.staff, now=NOW)

    def test_lets_two_trunks_share_a_sender_that_writes_alike(self, cast: Cast) -> None:
        pbx, account = make_pbx(), make_account()
        first = make_trunk(account)
        for trunk in (first, make_trunk(account)):
            trunks.attach(trunk=trunk, pbx=pbx, actor=cast.staff, now=NOW)
        publish(pbx)

        assert facts(pbx, "sources") == {"192.0.2.10": f"PLUS_E164,,{first.uuid}"}


class TestCreateTenant:
    def create(self, cast: Cast, pbx: Pbx, **changes: object) -> Organization:
        wanted = {
            "name": "Elm Florists",
            "country": "US",
            "time_zone": "America/Chicago",
            "sip_domain": "elm.pbx.example",
            "pbx": pbx,
            "number_limit": 5,
            "owner_email": "ada@elm.example",
            "parent": cast.dealer,
            "actor": cast.dealer_owner,
            "now": NOW,
        }
        return tenants.create(**{**wanted, **changes})  # type: ignore[arg-type]

    def test_places_it_and_invites_its_owner(self, cast: Cast) -> None:
        pbx = make_pbx()
        tenant = self.create(cast, pbx, sip_domain="ELM.pbx.example.")

        hosted = TenantOnPbx.objects.get(tenant=tenant)
        assert (hosted.pbx, hosted.sip_domain) == (pbx, "elm.pbx.example")
        assert Invitation.objects.get(organization=tenant).role == "OWNER"
        assert Event.objects.filter(action="provisioning.tenant.placed").exists()
        assert tenant.currency == cast.dealer.currency

    @pytest.mark.parametrize(
        "domain",
        [
            "",
            "elm",
            "elm..example",
            "-elm.example",
            "192.0.2.1",
            "elm.example/x",
            "é.example",
            "a@b.example",
            "x" * 61 + ".example",
        ],
    )
    def test_refuses_a_domain_that_is_none(self, cast: Cast, domain: str) -> None:
        with pytest.raises(UnableToSetUp) as refusal:
            self.create(cast, make_pbx(), sip_domain=domain)
        assert refusal.value.field == "sip_domain"

    def test_leaves_nothing_behind_when_the_domain_is_taken(self, cast: Cast) -> None:
        pbx = make_pbx()
        self.create(cast, pbx)
        before = Organization.objects.count()

        with pytest.raises(UnableToSetUp, match="is taken"):
            self.create(cast, make_pbx(), name="Other", owner_email="b@elm.example")

        assert Organization.objects.count() == before

    def test_leaves_nothing_behind_when_the_mail_address_is_none(self, cast: Cast) -> None:
        with pytest.raises(UnableTo) as refusal:
            self.create(cast, make_pbx(), owner_email="nobody")

        assert refusal.value.field == "email"
        assert not TenantOnPbx.objects.exists()

    def test_refuses_a_parent_out_of_reach(self, cast: Cast) -> None:
        with pytest.raises(UnableTo) as refusal:
            self.create(cast, make_pbx(), parent=cast.rival_dealer)
        assert refusal.value.field == "parent"


class TestReach:
    def test_shows_a_tenant_the_switch_it_is_on_and_no_other(
        self, scene: Scene, cast: Cast
    ) -> None:
        make_pbx()
        assert list(Pbx.objects.visible_to(cast.tenant_owner)) == [scene.pbx]
        assert list(Pbx.objects.visible_to(cast.rival_tenant_owner)) == []
        assert Pbx.objects.visible_to(cast.staff).count() == 2
        assert Pbx.objects.visible_to(SYSTEM).count() == 2

    def test_hides_places_of_others_tenants(self, scene: Scene, cast: Cast) -> None:
        places = TenantOnPbx.objects
        assert places.visible_to(cast.dealer_owner).count() == 1
        assert places.visible_to(cast.tenant_owner).count() == 1
        assert places.visible_to(cast.rival_dealer_owner).count() == 0


class TestForget:
    def test_moves_the_horizon_before_it_deletes(self, scene: Scene) -> None:
        publish(scene.pbx)
        for index in range(3):
            made = make_numbers(scene.account, scene.tenant, first=99_900_000_000 + index)
            dirty.mark_numbers(made, lane=Lane.INTERACTIVE)
            publish(scene.pbx)
        inbound = RouteChange.objects.filter(pbx=scene.pbx, table="inbound")
        inbound.filter(version__lte=2).update(at=NOW - timedelta(days=500))

        forgotten = retention.forget(now=NOW)

        head = RouteHead.objects.get(pbx=scene.pbx, table="inbound")
        assert (forgotten, head.oldest, head.version) == (2, 3, 3)
        assert list(inbound.values_list("version", flat=True)) == [3]

    def test_keeps_what_is_young(self, scene: Scene) -> None:
        publish(scene.pbx)
        assert retention.forget(now=timezone.now()) == 0


class TestAStaticTrunk:
    def describe(self, cast: Cast, scene: Scene, **words: Any) -> Trunk:
        """Describe a trunk of the scene's account."""
        known = {"name": "Static", "source_addresses": ("192.0.2.90",), "carrier_reference": "17"}
        return static_trunks.describe(
            account=scene.account,
            wish=TrunkDescription(**{**known, **words}),
            actor=cast.staff,
            now=NOW,
        )

    def change(self, trunk: Trunk, cast: Cast, **words: Any) -> None:
        """Change some of what is known of it."""
        wish = TrunkDescription(**{**vars(description.of(trunk)), **words})
        static_trunks.change(trunk=trunk, wish=wish, actor=cast.staff, now=NOW)

    def test_is_published_anew_when_its_senders_change(self, cast: Cast, scene: Scene) -> None:
        trunk = self.describe(cast, scene)
        trunks.attach(trunk=trunk, pbx=scene.pbx, actor=cast.staff, now=NOW)
        publish(scene.pbx)
        assert "192.0.2.90" in facts(scene.pbx, "sources")

        self.change(trunk, cast, source_addresses=("192.0.2.91",), did_format=DidFormat.E164)
        publish(scene.pbx)

        sources = facts(scene.pbx, "sources")
        assert "192.0.2.90" not in sources
        assert "E164" in sources["192.0.2.91"]

    def test_keeps_senders_by_which_a_switch_knows_its_calls(
        self, cast: Cast, scene: Scene
    ) -> None:
        trunk = self.describe(cast, scene)
        trunks.attach(trunk=trunk, pbx=scene.pbx, actor=cast.staff, now=NOW)

        with pytest.raises(UnableToSetUp, match="has no source address"):
            self.change(
                trunk, cast, source_addresses=(), hosts=(GatewaySpec(host="sip.carrier.example"),)
            )
        assert description.of(trunk).source_addresses == ("192.0.2.90",)

    def test_for_messages_reaches_no_switch(self, cast: Cast, scene: Scene) -> None:
        trunk = self.describe(cast, scene, carries=Carries.MESSAGING)

        with pytest.raises(UnableToSetUp, match="carries messages only"):
            trunks.attach(trunk=trunk, pbx=scene.pbx, actor=cast.staff, now=NOW)
        with pytest.raises(IntegrityError, match="carries no calls"), transaction.atomic():
            TrunkOnPbx.objects.create(trunk=trunk, pbx=scene.pbx, created_at=NOW)
        with pytest.raises(UnableToRoute):
            delivery.trunk_for(account=scene.account, holder=scene.tenant)

"""Trunks that a person made at the carrier are described whole, and change with care."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Event
from accounts.tests.cast import Cast
from lib.e164 import DidFormat
from trunks import description, registry
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.description import Auth, Carries, Codec, Header, TrunkDescription
from trunks.models import CarrierAccount, Trunk
from trunks.offers import GatewaySpec, Transport
from trunks.profiles import PROFILES
from trunks.tests.factories import make_carrier_account, make_trunk
from trunks.workflows import static_trunks, trunks
from trunks.workflows.trunk_checks import UnableToCreateTrunk

NOW = datetime(2126, 11, 23, 9, 0, tzinfo=UTC)
WHOLE = TrunkDescription(
    name="Gamma Leeds",
    auth=Auth.REGISTER,
    hosts=(
        GatewaySpec(host="sip1.carrier.example", port=5060, priority=1),
        GatewaySpec(host="sip2.carrier.example", port=5061, transport=Transport.TLS, priority=2),
    ),
    gateways=(GatewaySpec(host="192.0.2.70"),),
    source_addresses=("192.0.2.10", "2001:db8::10"),
    registered_addresses=("192.0.2.70",),
    carrier_reference="4711",
    did_format=DidFormat.E164,
    cli_format=DidFormat.NATIONAL,
    caller_id_in=(Header.FROM, Header.P_ASSERTED_IDENTITY),
    asserts_carrier_host=True,
    codecs=(Codec.PCMA, Codec.G729),
    channels=30,
    takes_emergency_calls=True,
    attestation="A for numbers of ours",
)
SECRETS = {"username": "leeds", "password": "MARK-SECRET"}


@pytest.fixture
def account(db: None) -> CarrierAccount:
    """Store an account."""
    return make_carrier_account()


def describe(account: CarrierAccount, cast: Cast, **changed: Any) -> Trunk:
    """Describe a trunk that is whole but for what is changed."""
    wish = replace(WHOLE, **{"credentials": SECRETS, **changed})
    return static_trunks.describe(account=account, wish=wish, actor=cast.staff, now=NOW)


def change(trunk: Trunk, cast: Cast, **changed: Any) -> frozenset[str]:
    """Change some of a trunk's description."""
    wish = replace(description.of(trunk), **changed)
    return static_trunks.change(trunk=trunk, wish=wish, actor=cast.staff, now=NOW)


class TestDescribe:
    def test_keeps_every_word_and_is_ready_at_once(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        trunk = Trunk.objects.get(pk=describe(account, cast).pk)

        assert (trunk.status, trunk.is_static) == (Trunk.Status.READY, True)
        assert description.of(trunk) == WHOLE
        assert trunk.credentials == SECRETS
        assert Event.objects.get(action="trunks.trunk.described").subject == trunk.subject

    def test_seals_the_credentials(self, cast: Cast, account: CarrierAccount) -> None:
        trunk = describe(account, cast)

        with connection.cursor() as cursor:
            cursor.execute("SELECT t::text FROM trunks_trunk t WHERE id = %s", [trunk.pk])
            (stored,) = cursor.fetchone() or ("",)
        assert "MARK-SECRET" not in stored
        assert not Event.objects.filter(after__icontains="MARK-SECRET").exists()

    def test_tries_hosts_in_the_order_of_their_priority(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        second, first = GatewaySpec(host="b.example", priority=9), GatewaySpec(host="a.example")
        trunk = describe(account, cast, hosts=(second, first))

        assert [(host.host, host.priority) for host in trunk.hosts.all()] == [
            ("a.example", 1),
            ("b.example", 2),
        ]

    def test_never_takes_calls_where_a_carriers_trunks_carry_messages_only(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        aire = make_carrier_account(carrier="aire_networks", credentials={})

        with pytest.raises(UnableToCreateTrunk, match="calls are never sent") as refusal:
            describe(aire, cast)

        assert refusal.value.field == "carries"
        trunk = describe(aire, cast, carries=Carries.MESSAGING)
        assert not Trunk.objects.for_calls().filter(pk=trunk.pk).exists()

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": " "}, "name"),
            ({"hosts": (GatewaySpec(host="a b"),)}, "hosts"),
            ({"hosts": (GatewaySpec(host="a"), GatewaySpec(host="a"))}, "hosts"),
            ({"hosts": ()}, "hosts"),
            ({"hosts": (), "source_addresses": (), "auth": Auth.IP}, "hosts"),
            ({"hosts": tuple(GatewaySpec(host=f"h{n}") for n in range(21))}, "hosts"),
            ({"gateways": (GatewaySpec(host="a", port=0),)}, "gateways"),
            ({"source_addresses": ("sip.carrier.example",)}, "source_addresses"),
            ({"registered_addresses": ("10.0.0.300",)}, "registered_addresses"),
            ({"credentials": None}, "username"),
            ({"credentials": {"username": "leeds"}}, "password"),
            ({"credentials": {"username": "leeds", "password": "a\nb"}}, "password"),
            ({"channels": 0}, "channels"),
            ({"carrier_reference": ""}, "carrier_reference"),
            ({"carrier_reference": "x" * 81}, "carrier_reference"),
            ({"attestation": "a\x00b"}, "attestation"),
        ],
    )
    def test_refuses_nonsense_by_its_field(
        self, cast: Cast, account: CarrierAccount, changed: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(UnableToCreateTrunk) as caught:
            describe(account, cast, **changed)

        assert caught.value.field == field
        assert not Trunk.objects.exists()

    def test_refuses_a_name_and_a_reference_that_are_taken(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        describe(account, cast)

        with pytest.raises(UnableToCreateTrunk, match="Choose another name"):
            describe(account, cast, carrier_reference="other")
        with pytest.raises(UnableToCreateTrunk, match="has the reference 4711") as caught:
            describe(account, cast, name="Other")
        assert caught.value.field == "carrier_reference"

    def test_needs_neither_hosts_nor_credentials_for_messages(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        trunk = static_trunks.describe(
            account=account,
            wish=TrunkDescription(name="SMS", carries=Carries.MESSAGING, sender_id="CLINIC"),
            actor=cast.staff,
            now=NOW,
        )

        assert trunk.carries == Carries.MESSAGING
        assert not Trunk.objects.for_calls().exists()

    def test_is_not_made_or_retried_by_workers(self, cast: Cast, account: CarrierAccount) -> None:
        describe(account, cast)

        assert trunks.due(datetime(2127, 1, 1, tzinfo=UTC)) == []


class TestChange:
    def test_says_what_is_different_and_journals_no_secret(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        trunk = describe(account, cast)

        changed = change(
            trunk,
            cast,
            hosts=WHOLE.hosts[:1],
            credentials={"username": "leeds", "password": "MARK-SECRET-2"},
        )

        assert changed == {"hosts", "credentials"}
        assert [host.host for host in trunk.hosts.all()] == ["sip1.carrier.example"]
        assert trunk.credentials["password"] == "MARK-SECRET-2"
        event = Event.objects.get(action="trunks.trunk.changed")
        assert event.after["what"] == "credentials, hosts"
        assert "MARK-SECRET" not in str(event.after)

    def test_leaves_credentials_that_are_not_entered_anew(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        trunk = describe(account, cast)

        assert change(trunk, cast, channels=10) == {"channels"}
        assert trunk.credentials == SECRETS

    def test_journals_nothing_where_nothing_is_different(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        assert change(describe(account, cast), cast) == frozenset()
        assert not Event.objects.filter(action="trunks.trunk.changed").exists()

    def test_refuses_trunks_of_the_interface_and_another_use(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        with pytest.raises(UnableToCreateTrunk, match="is not changed by hand"):
            change(make_trunk(account=account), cast, name="Other")
        with pytest.raises(UnableToCreateTrunk) as caught:
            change(describe(account, cast), cast, carries=Carries.MESSAGING)
        assert caught.value.field == "carries"


class TestTheDatabase:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"carries": "MESSAGING"},
            {"is_static": False},
            {"status": "FAILED"},
            {"carries": "FAX"},
        ],
    )
    def test_keeps_what_others_rely_on(
        self, cast: Cast, account: CarrierAccount, wrong: dict[str, Any]
    ) -> None:
        trunk = describe(account, cast)

        with pytest.raises(IntegrityError), transaction.atomic():
            Trunk.objects.filter(pk=trunk.pk).update(**wrong)

    def test_knows_no_trunk_for_messages_that_an_interface_made(
        self, account: CarrierAccount
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Trunk.objects.create(
                carrier_account=account,
                name="SMS",
                carries=Carries.MESSAGING,
                status_since=NOW,
                created_at=NOW,
            )


class TestProfiles:
    @pytest.mark.parametrize("slug", PROFILES)
    def test_only_lack_what_a_carrier_gives_each_customer(
        self, cast: Cast, account: CarrierAccount, slug: str
    ) -> None:
        profile = PROFILES[slug]
        wish = replace(
            profile.description,
            name=profile.name,
            hosts=(GatewaySpec(host="sip.carrier.example"),),
            credentials=SECRETS,
            carrier_reference="17",
        )

        trunk = static_trunks.describe(account=account, wish=wish, actor=cast.staff, now=NOW)

        assert trunk.carries == profile.description.carries
        assert profile.note.endswith(".")

    def test_of_known_carriers_have_their_slugs(self) -> None:
        assert Telnyx.slug in registry.slugs()
        assert PROFILES["voipinnovations-ip"].carrier in registry.slugs()

"""Text messages: registered first, then routed; gone before their number is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids.crafts import CRAFTS
from dids.models import (
    Brand,
    Campaign,
    MessagesTo,
    MessagingRoute,
    NumberCampaign,
    PhoneNumber,
    Task,
    TaskKind,
)
from dids.states import FeatureStatus, NumberStatus
from dids.tests.carrier import Shop
from dids.tests.factories import make_number
from dids.tests.passing_time import let_pass
from dids.tests.test_caller_names import owned
from dids.tests.words import BRAND_WORDS, CAMPAIGN_WORDS
from dids.workflows import (
    brands,
    closing,
    doing,
    features,
    features_by_hand,
    holding,
    messaging,
    release,
)
from dids.workflows.brands import UnableToRegister
from dids.workflows.messaging import UnableToMessage
from dids.workflows.standing import UnableToStandIn
from dids.workflows.task_moves import UnableToDo
from lib.redact import redact_body
from trunks import capabilities, registry
from trunks.carriers.bandwidth.adapter import Bandwidth
from trunks.models import Exchange
from trunks.operations import Operation, Way
from trunks.tests.factories import make_carrier_account

S = FeatureStatus
HERE = "https://messages.oak.example/in"


def brand_of(cast: Cast, **words: str) -> Brand:
    return brands.register_brand(
        actor=cast.staff, now=timezone.now(), words={**BRAND_WORDS, **words}
    )


def campaign_of(cast: Cast, brand: Brand, **words: Any) -> Campaign:
    return brands.register_campaign(
        brand=brand, actor=cast.staff, now=timezone.now(), words={**CAMPAIGN_WORDS, **words}
    )


def joined(market: Shop, cast: Cast) -> PhoneNumber:
    """Give a number that sends for a campaign, all of it in force."""
    number = owned(market, cast)
    campaign = campaign_of(cast, brand_of(cast))
    messaging.join(number=number, campaign=campaign, actor=cast.staff, now=timezone.now())
    let_pass(timezone.now())
    return number


def route(number: PhoneNumber, cast: Cast, to: str = "WEBHOOK") -> MessagingRoute:
    address = HERE if to == MessagesTo.WEBHOOK else ""
    return messaging.route(
        number=number, to=to, address=address, actor=cast.staff, now=timezone.now()
    )


class TestRegister:
    def test_waits_in_its_order_until_all_is_in_force(self, market: Shop, cast: Cast) -> None:
        joined(market, cast)

        assert Brand.objects.get().status == S.ACTIVE
        assert Campaign.objects.get().status == S.ACTIVE
        assert NumberCampaign.objects.get().status == S.ACTIVE

    def test_keeps_no_tax_id_and_no_address_of_a_person_in_what_was_said(
        self, market: Shop, cast: Cast
    ) -> None:
        joined(market, cast)

        said = Exchange.objects.filter(url__contains="10dlc")
        assert said.exists()
        for one in said:
            text = f"{one.request_body} {one.answer_body}"
            assert BRAND_WORDS["tax_id"] not in text
            assert BRAND_WORDS["email"] not in text

    def test_keeps_no_telephone_number_that_a_carrier_wants_without_plus(self) -> None:
        brand = Brand(**{**BRAND_WORDS, "phone": "+13125550188", "first_name": "Ann"})
        said = '{"first_name": "Ann", "phone_number": "13125550188", "phone": "+13125550188"}'

        kept = redact_body(said, "application/json", brand.hidden)

        assert "Ann" not in kept
        assert "3125550188" not in kept

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            ({"tax_id": "12"}, "tax_id"),
            ({"tax_id": ""}, "tax_id"),
            ({"website": ""}, "website"),
            ({"phone": "312 555"}, "phone"),
            ({"kind": "PUBLIC_PROFIT"}, "stock_symbol"),
            ({"kind": "CLUB"}, "kind"),
        ],
    )
    def test_names_the_field_that_the_registry_would_mind(
        self, cast: Cast, words: dict[str, str], field: str
    ) -> None:
        make_number()
        with pytest.raises(UnableToRegister) as refusal:
            brand_of(cast, **words)
        assert refusal.value.field == field
        assert not Brand.objects.exists()

    def test_asks_for_what_the_carrier_s_registry_cannot_do_without(self, cast: Cast) -> None:
        account = make_carrier_account(carrier="wavix", credentials={"api_key": "k"})
        make_number(account=account, holder=cast.provider)
        with pytest.raises(UnableToRegister) as refusal:
            brand_of(cast)
        assert refusal.value.field == "first_name"

        brand = brand_of(cast, first_name="Ann", last_name="Lee")
        with pytest.raises(UnableToRegister) as refusal:
            campaign_of(cast, brand)
        assert refusal.value.field == "opt_in_answer"

    def done_by_hand(self, cast: Cast, name: str) -> None:
        """Complete the task, with the name that the thing has there where it asks for one."""
        let_pass(timezone.now())
        task = Task.objects.open().get(kind=TaskKind.FEATURE_BY_HAND)
        assert features_by_hand.asks_name(task) is bool(name)
        self.complete(name, cast)

    def complete(self, name: str, cast: Cast) -> None:
        task = Task.objects.open().get(kind=TaskKind.FEATURE_BY_HAND)
        doing.complete(task=task, note="", reference=name, actor=cast.staff, now=timezone.now())

    def test_is_by_hand_where_only_joining_has_an_interface(self, market: Shop, cast: Cast) -> None:
        opened = market.sandbox.account("bandwidth")
        account = make_carrier_account(carrier="bandwidth", credentials=opened["credentials"])
        make_number(account=account, holder=cast.provider)
        brand = brand_of(cast)
        let_pass(timezone.now())
        with pytest.raises(UnableToDo, match="asks for no name"):
            self.complete("BR1SHOP", cast)
        self.done_by_hand(cast, "")
        campaign = campaign_of(cast, brand)
        self.done_by_hand(cast, "CA1SHOP")

        campaign.refresh_from_db()
        assert (campaign.status, campaign.carrier_reference) == (S.ACTIVE, "CA1SHOP")
        said = Event.objects.filter(action="dids.task.completed").latest("pk")
        assert said.after["reference"] == "CA1SHOP"
        link = NumberCampaign(campaign=campaign)
        assert CRAFTS["numbercampaign"].does(Bandwidth, link)

    def test_a_refused_one_names_the_field_and_is_corrected(self, market: Shop, cast: Cast) -> None:
        owned(market, cast)
        brand = brand_of(cast, tax_id="00-0000000")
        let_pass(timezone.now())
        brand.refresh_from_db()
        assert brand.status == S.REJECTED
        assert [problem["field"] for problem in brand.problems] == ["tax_id"]

        now = timezone.now()
        brands.register_brand(brand=brand, actor=cast.staff, now=now, words=BRAND_WORDS)
        let_pass(now)
        brand.refresh_from_db()
        assert (brand.status, brand.problems) == (S.ACTIVE, [])

    @pytest.mark.parametrize("kind", ["timeout_after", "garbage"])
    def test_is_never_registered_twice(self, market: Shop, cast: Cast, kind: str) -> None:
        owned(market, cast)
        brand = brand_of(cast)
        market.sandbox.fault("telnyx", "register", kind)
        let_pass(timezone.now())

        brand.refresh_from_db()
        assert brand.status == S.ACTIVE
        assert market.sandbox.seen("telnyx")["register"] == 1

    def test_what_cannot_be_found_again_is_for_a_person(self, market: Shop, cast: Cast) -> None:
        owned(market, cast)
        brand = brand_of(cast)
        market.sandbox.fault("telnyx", "register", "timeout_before")
        let_pass(timezone.now())

        brand.refresh_from_db()
        assert brand.status == S.BY_HAND
        assert market.sandbox.seen("telnyx")["register"] == 1
        task = Task.objects.open().get()
        assert task.kind == TaskKind.FEATURE_BY_HAND
        assert BRAND_WORDS["tax_id"] not in str(task.payload)
        doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        brand.refresh_from_db()
        assert brand.status == S.ACTIVE

    def test_is_ended_once_nothing_depends_on_it(self, market: Shop, cast: Cast) -> None:
        number = joined(market, cast)
        brand, campaign, now = Brand.objects.get(), Campaign.objects.get(), timezone.now()
        for row in (brand, campaign):
            with pytest.raises(UnableToRegister):
                brands.end(row=row, actor=cast.staff, now=now)

        messaging.join(number=number, campaign=None, actor=cast.staff, now=now)
        let_pass(now)
        for row in (campaign, brand):
            brands.end(row=row, actor=cast.staff, now=timezone.now())
            let_pass(timezone.now())
            row.refresh_from_db()
            assert row.status == S.OFF

    def test_holds_nothing_of_people_once_it_has_ended(self, market: Shop, cast: Cast) -> None:
        owned(market, cast)
        brand = brand_of(cast)
        let_pass(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT tax_id, email, phone FROM dids_brand")
            stored = cursor.fetchone()
        for name, text in zip(("tax_id", "email", "phone"), stored, strict=True):
            assert BRAND_WORDS[name] not in text
        brand.refresh_from_db()
        assert brand.email == BRAND_WORDS["email"]

        brands.end(row=brand, actor=cast.staff, now=timezone.now())
        let_pass(timezone.now())
        brand.refresh_from_db()
        assert (brand.status, brand.tax_id, brand.email, brand.phone) == (S.OFF, "", "", "")
        assert (brand.first_name, brand.last_name) == ("", "")

    def test_is_nobody_elses(self, cast: Cast) -> None:
        make_number()
        brand = brand_of(cast)
        for actor in (cast.tenant_owner, cast.dealer_owner):
            assert not Brand.objects.visible_to(actor).exists()
            with pytest.raises(UnableToStandIn):
                brands.end(row=brand, actor=actor, now=timezone.now())


class TestRoute:
    def test_is_gated_by_a_campaign_in_force(self, cast: Cast) -> None:
        number = make_number()
        with pytest.raises(UnableToMessage) as refusal:
            route(number, cast)
        assert "campaign" in str(refusal.value)
        PhoneNumber.objects.update(type="TOLL_FREE")
        with pytest.raises(UnableToMessage) as refusal:
            route(number, cast)
        assert "verified" in str(refusal.value)
        assert route(number, cast, "OFF").status == S.OFF

    def test_goes_where_it_should_and_is_switched_off(self, market: Shop, cast: Cast) -> None:
        number = joined(market, cast)
        row = route(number, cast)
        let_pass(timezone.now())
        row.refresh_from_db()
        assert (row.status, row.address) == (S.ACTIVE, HERE)
        with pytest.raises(UnableToMessage):
            messaging.join(number=number, campaign=None, actor=cast.staff, now=timezone.now())

        route(number, cast, "OFF")
        let_pass(timezone.now())
        row.refresh_from_db()
        assert row.status == S.OFF

    @pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "rate_limited"])
    def test_is_settled_whatever_happened_to_the_answer(
        self, market: Shop, cast: Cast, kind: str
    ) -> None:
        number = joined(market, cast)
        market.sandbox.fault("telnyx", "texts", kind)
        row = route(number, cast)
        let_pass(timezone.now())
        row.refresh_from_db()
        assert row.status == S.ACTIVE

    @pytest.mark.parametrize(
        "address",
        [
            *("http://oak.example/in", "https://127.0.0.1/in", "https://10.0.0.7/", "oak.example"),
            *("https://localhost/in", "https://pbx.local/in", "https://[::1]/", "https://a b.com"),
            *("https://user:word@oak.example/", "https://169.254.169.254/", "https://[/"),
        ],
    )
    def test_refuses_addresses_that_are_not_public(self, address: str) -> None:
        with pytest.raises(UnableToMessage) as refusal:
            messaging.checked_address("WEBHOOK", address)
        assert refusal.value.field == "address"

    def test_lets_private_addresses_in_where_a_setting_says_so(self, settings: Any) -> None:
        settings.MESSAGES_TO_PRIVATE_ADDRESSES = True
        assert messaging.checked_address("WEBHOOK", "https://10.0.0.7/") == "https://10.0.0.7/"

    def test_goes_to_the_phone_system_where_that_takes_messages(self, settings: Any) -> None:
        with pytest.raises(UnableToMessage):
            messaging.checked_address("PBX", "")
        settings.PBX_MESSAGES_URL = "https://pbx.example/messages"
        assert messaging.checked_address("PBX", "") == "https://pbx.example/messages"

    def test_may_be_carried_by_another_account_than_calls(self, market: Shop, cast: Cast) -> None:
        number, other = make_number(country="GB"), market.account("questblue")
        row = messaging.route(
            number=number,
            to="WEBHOOK",
            address=HERE,
            account=other,
            actor=cast.staff,
            now=timezone.now(),
        )
        features.see_to(kind="messagingroute", feature_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert (row.carrier_account, row.reference_there) == (other, "")
        assert row.status == S.BY_HAND


class TestAccount:
    def route(self, number: PhoneNumber, cast: Cast, **more: Any) -> MessagingRoute:
        return messaging.route(
            number=number,
            to="WEBHOOK",
            address=HERE,
            actor=cast.staff,
            now=timezone.now(),
            **more,
        )

    def test_of_a_carrier_whose_interface_routes_none_is_asked_of_a_person(
        self, market: Shop, cast: Cast
    ) -> None:
        number, other = make_number(country="GB"), market.account("didww")
        row = self.route(number, cast, account=other)
        features.see_to(kind="messagingroute", feature_id=row.pk, now=timezone.now())

        row.refresh_from_db()
        assert capabilities.way(registry.carrier("didww"), Operation.TEXTS) == Way.MANUAL
        assert (row.carrier_account, row.status) == (other, S.BY_HAND)
        assert Task.objects.open().get(kind=TaskKind.FEATURE_BY_HAND).carrier_account == other

    def test_may_be_one_whose_trunk_carries_messages_only(self, market: Shop, cast: Cast) -> None:
        other = make_carrier_account(carrier="aire_networks", name="Aire", credentials={})
        number = make_number(country="ES")
        row = self.route(number, cast, account=other)
        features.see_to(kind="messagingroute", feature_id=row.pk, now=timezone.now())

        row.refresh_from_db()
        assert (row.carrier_account, row.status) == (other, S.BY_HAND)
        task = Task.objects.open().get(kind=TaskKind.FEATURE_BY_HAND)
        assert task.carrier_account == other
        doing.complete(task=task, note="Mailed.", actor=cast.staff, now=timezone.now())
        row.refresh_from_db()
        number.refresh_from_db()
        assert (row.status, number.carrier_account == other) == (S.ACTIVE, False)

    def test_stays_where_another_address_is_wanted(self, market: Shop, cast: Cast) -> None:
        number, other = make_number(country="GB"), market.account("vonage")
        self.route(number, cast, account=other)

        assert self.route(number, cast).carrier_account == other

    def test_is_changed_once_the_one_of_before_hands_on_none(
        self, market: Shop, cast: Cast
    ) -> None:
        number, other = make_number(country="GB"), market.account("vonage")
        self.route(number, cast, account=other)
        MessagingRoute.objects.update(status=S.ACTIVE, perhaps_there=True)
        with pytest.raises(UnableToMessage, match="Switch them off"):
            self.route(number, cast, account=number.carrier_account)

        MessagingRoute.objects.update(status=S.OFF, perhaps_there=False)
        assert self.route(number, cast).carrier_account == number.carrier_account


class TestLeaving:
    def test_another_holder_has_no_claim_on_them(self, market: Shop, cast: Cast) -> None:
        number = joined(market, cast)
        route(number, cast)
        let_pass(timezone.now())

        holding.allot(number=number, to=cast.tenant, actor=cast.staff, now=timezone.now())
        let_pass(timezone.now())

        assert MessagingRoute.objects.get().status == S.OFF
        assert NumberCampaign.objects.get().status == S.OFF
        campaign = Campaign.objects.get()
        assert campaign.status == S.ACTIVE
        with pytest.raises(UnableToStandIn):
            messaging.join(
                number=number, campaign=campaign, actor=cast.tenant_owner, now=timezone.now()
            )

    def test_are_off_before_the_number_is_disconnected(self, market: Shop, cast: Cast) -> None:
        number = joined(market, cast)
        route(number, cast)
        let_pass(timezone.now())

        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        let_pass(timezone.now())

        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED
        assert {row.status for row in MessagingRoute.objects.all()} == {S.OFF}
        assert {row.status for row in NumberCampaign.objects.all()} == {S.OFF}


class TestInForce:
    def later(self, row: Any) -> datetime:
        """Give when a row is read again, and let no sweep come first."""
        row.refresh_from_db()
        assert row.next_attempt_at is not None
        at: datetime = row.next_attempt_at
        return at

    def read(self, row: Any, at: datetime) -> None:
        kind = type(row)._meta.model_name
        features.see_to(kind=kind, feature_id=row.pk, now=at)
        row.refresh_from_db()

    def told(self, market: Shop, table: str, **changes: str) -> None:
        """Have the carrier change what it keeps."""
        store = market.sandbox.world.store
        for key, row in list(store.table(f"telnyx.{table}").items()):
            store.put(f"telnyx.{table}", key, {**row, **changes})

    def test_is_read_once_a_day_and_spread(self, market: Shop, cast: Cast) -> None:
        joined(market, cast)
        began = timezone.now()
        for row in (Brand.objects.get(), Campaign.objects.get()):
            first = self.later(row)
            assert timedelta(hours=23) < first - began < timedelta(hours=26)
            self.read(row, first)
            assert row.status == S.ACTIVE
            assert self.later(row) - first >= timedelta(days=1)
        assert NumberCampaign.objects.get().next_attempt_at is None

    def test_what_the_carrier_suspends_is_known_shown_and_a_task(
        self, market: Shop, cast: Cast
    ) -> None:
        number = joined(market, cast)
        campaign = Campaign.objects.get()
        self.told(market, "campaigns", campaignStatus="TCR_SUSPENDED", failureReasons="Complaints.")
        self.read(campaign, self.later(campaign))

        assert (campaign.status, campaign.failure) == (S.REJECTED, "Complaints.")
        task = Task.objects.open().get(kind=TaskKind.FEATURE_LAPSED)
        assert task.about == campaign.subject
        assert Event.objects.filter(action="dids.feature.lapsed").count() == 1
        with pytest.raises(UnableToMessage, match="campaign"):
            route(number, cast)

        now = timezone.now()
        brands.register_campaign(
            brand=campaign.brand,
            campaign=campaign,
            actor=cast.staff,
            now=now,
            words=CAMPAIGN_WORDS,
        )
        let_pass(now)
        closing.close_tasks(now=timezone.now())
        assert not Task.objects.open().exists()

    def test_one_that_is_looked_at_once_more_is_awaited(self, market: Shop, cast: Cast) -> None:
        joined(market, cast)
        campaign = Campaign.objects.get()
        self.told(market, "campaigns", campaignStatus="TCR_PENDING")
        at = self.later(campaign)
        self.read(campaign, at)
        assert campaign.status == S.SUBMITTED

        self.told(market, "campaigns", campaignStatus="MNO_PROVISIONED")
        self.read(campaign, at)
        assert (campaign.status, campaign.problems) == (S.ACTIVE, [])

    def test_one_that_is_gone_is_registered_anew(self, market: Shop, cast: Cast) -> None:
        joined(market, cast)
        campaign = Campaign.objects.get()
        store = market.sandbox.world.store
        store.remove("telnyx.campaigns", campaign.carrier_reference)
        self.read(campaign, self.later(campaign))

        assert (campaign.status, campaign.carrier_reference) == (S.REJECTED, "")
        assert not campaign.perhaps_there

    def test_trouble_ends_nothing(self, market: Shop, cast: Cast) -> None:
        joined(market, cast)
        brand = Brand.objects.get()
        at = self.later(brand)
        market.sandbox.fault("telnyx", "standing", "error_before", times=5)
        self.read(brand, at)

        assert brand.status == S.ACTIVE
        assert self.later(brand) > at

    def test_what_a_person_set_up_has_no_name_to_ask_by(self, market: Shop, cast: Cast) -> None:
        joined(market, cast)
        Brand.objects.update(carrier_reference="")
        brand = Brand.objects.get()
        before = market.sandbox.seen("telnyx")
        self.read(brand, self.later(brand))

        assert brand.status == S.ACTIVE
        assert market.sandbox.seen("telnyx") == before

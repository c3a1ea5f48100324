"""Documents that a carrier looks at only with a number that was bought."""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone

from accounts.tests.cast import Cast
from dids.models import Filing, FilingPart, FoundOffer, NumberOrder
from dids.states import CarrierOrderStatus, FeatureStatus, OrderStatus
from dids.tests.carrier import Shop, carrier_orders, drive
from dids.tests.factories import make_document, make_order
from dids.tests.passing_time import let_pass
from dids.workflows import filing, searching, sweeps
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.regulation import Asks

F = FeatureStatus
MOBILE = Wanted(country="GB", type=NumberType.MOBILE, limit=5)
TEXTS = {"phone_number": "+44 113 496 0000"}
ADDRESS = {
    "name": "Oak Street Dental",
    "street": "1 Oak Street",
    "locality": "Leeds",
    "region": "",
    "postal_code": "LS1 1AA",
    "country": "gb",
}


def ordered(
    market: Shop,
    cast: Cast,
    carrier: str = "didww",
    wanted: Wanted = MOBILE,
) -> NumberOrder:
    now, account = timezone.now(), market.account(carrier)
    search = searching.start(
        wanted=wanted,
        accounts=[account],
        actor=cast.staff,
        now=now,
    )
    searching.ask(
        search_id=search.pk, account_ids=[account.pk], until=now.timestamp() + 60, now=now
    )
    offer = FoundOffer.objects.filter(search=search).order_by("e164")[0]
    assert offer.needs_documents
    return make_order(offers=[offer], holder=cast.tenant, actor=cast.staff, submit=True)


def complete(cast: Cast, *, bill: bytes = b"%PDF-1.7 a bill") -> None:
    for part in FilingPart.objects.select_related("filing"):
        answer(cast, part, bill=bill if part.key == "address_proof_1" else b"%PDF-1.7 a paper")


def answer(cast: Cast, part: FilingPart, *, bill: bytes) -> None:
    given: dict[str, object] = {"text": TEXTS.get(part.key, "Oak Street Dental")}
    if part.asks == Asks.DOCUMENT:
        given = {"document": make_document(organization=cast.tenant, content=bill)}
    elif part.asks == Asks.ADDRESS:
        given = {"address": ADDRESS}
    elif part.asks == Asks.DATE:
        given = {"text": "1980-02-29"}
    actor, now = cast.tenant_owner, timezone.now()
    filing.answer(filing=part.filing, key=part.key, actor=actor, now=now, **given)  # type: ignore[arg-type]


def decide() -> Filing:
    let_pass(timezone.now())
    sweeps.filings(now=timezone.now())
    return Filing.objects.get()


class TestANumberThatIsBought:
    def test_is_shown_with_what_was_handed_in(self, market: Shop, cast: Cast) -> None:
        order = ordered(market, cast)
        complete(cast)
        assert decide().status == F.ACTIVE
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.COMPLETED
        (line,) = order.lines.all()
        assert "registration" in market.sandbox.delivery(line.e164)["reason"]
        assert Filing.objects.get().status == F.WANTED
        # Whoever orders more meanwhile waits for what is said about the first.
        assert carrier_orders(ordered(market, cast))[0].status == CarrierOrderStatus.DOCUMENTS

        decide()
        assert decide().status == F.ACTIVE
        assert "registration" not in market.sandbox.delivery(line.e164)["reason"]

    def test_is_shown_again_once_what_was_refused_is_better(self, market: Shop, cast: Cast) -> None:
        order = ordered(market, cast)
        complete(cast, bill=b"%PDF-1.7 REFUSE")
        decide()
        drive(order, now=timezone.now())
        decide()
        refused = decide()
        assert refused.status == F.REJECTED
        (part,) = refused.missing()
        assert part.key == "address_proof_1"

        answer(cast, part, bill=b"%PDF-1.7 a better bill")
        decide()
        assert decide().status == F.ACTIVE
        (line,) = order.lines.all()
        assert "registration" not in market.sandbox.delivery(line.e164)["reason"]

    def test_is_shown_though_whoever_did_it_was_cut_off(self, market: Shop, cast: Cast) -> None:
        order = ordered(market, cast)
        complete(cast)
        decide()
        drive(order, now=timezone.now())
        now = timezone.now()
        # The call left and nobody knows; what was approved before says nothing of the number.
        Filing.objects.update(
            status=F.UNCERTAIN, attempt=uuid4(), call_before=now, next_attempt_at=now
        )
        decide()
        assert Filing.objects.get().status == F.ACTIVE
        (line,) = order.lines.all()
        assert "registration" not in market.sandbox.delivery(line.e164)["reason"]


class TestACarrierThatTakesDocumentsForNumbersOnly:
    def test_gets_them_once_the_number_is_bought(self, market: Shop, cast: Cast) -> None:
        london = Wanted(country="GB", area_code="20", limit=5)
        order = ordered(market, cast, "wavix", london)
        complete(cast)
        assert decide().status == F.ACTIVE
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.COMPLETED
        (line,) = order.lines.all()
        assert "documents" in market.sandbox.delivery(line.e164)["reason"]

        decide()
        assert decide().status == F.ACTIVE
        assert "documents" not in market.sandbox.delivery(line.e164)["reason"]

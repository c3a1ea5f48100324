"""Workers killed or stopped while papers are stored, scanned, erased, or handed in at a carrier."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import Member
from accounts.models import Organization
from dids.models import Document, DocumentType, Filing, FilingPart, FoundOffer, NumberOrder
from dids.states import DocumentStatus, FeatureStatus, OrderStatus
from dids.tests.carrier import drive
from dids.tests.factories import make_document, make_order
from dids.tests.test_filing import ADDRESS
from dids.tests.test_races_of_documents import groups_at_carrier
from dids.workflows import features, filing, searching, sweeps, vault
from portal.testing.workers import Workers, vault_folder
from portal.tests.races.accidents import FATES, Accidents
from portal.tests.races.stage import Stage
from portal.tests.races.uploads import PUT_IN, SCANNER, content_of
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.regulation import Asks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

F, D = FeatureStatus, DocumentStatus
STORE = ("vault.begun", "vault.written")
KEEP = {"vault.scanned": D.CLEAN, "vault.erased": D.ERASED}
HAND_IN = ("carrier.leaving", "carrier.answered", "feature.called", "feature.recording")
SHOW = ("carrier.answered", "feature.called", "feature.recording")
ARRIVES = {"DOCUMENT_ARRIVES_SECONDS": 5.0}


@pytest.fixture(autouse=True)
def vault_of_workers(settings: Any) -> Iterator[None]:
    """Have this process use the vault that workers use."""
    files = "django.core.files.storage.FileSystemStorage"
    documents = {"BACKEND": files, "OPTIONS": {"location": vault_folder()}}
    settings.STORAGES = {**settings.STORAGES, "documents": documents}
    shutil.rmtree(vault_folder(), ignore_errors=True)
    yield
    assert _names_on_disk() <= {row.stored_as for row in Document.objects.exclude(status=D.ERASED)}


class TestAPaper:
    def test_that_was_cut_off_leaves_nothing_and_can_be_put_in_again(
        self, stage: Stage, workers: Workers, settings: Any
    ) -> None:
        settings.DOCUMENT_ARRIVES_SECONDS = ARRIVES["DOCUMENT_ARRIVES_SECONDS"]
        home = stage.cast.tenant
        uploads = {blow: " at ".join(blow) for blow in product(STORE, FATES)}

        with Accidents(stage, workers) as accidents:
            for (point, fate), words in uploads.items():
                accidents.befall(
                    point,
                    fate,
                    PUT_IN,
                    partial(_is_erased, words),
                    with_settings=ARRIVES,
                    wakes_up_to="UnableToKeep",
                    organization_id=home.pk,
                    words=words,
                )
            accidents.settle()

        assert _names_on_disk() == set()
        for words in uploads.values():
            again = make_document(organization=home, content=content_of(words))
            assert vault.read(again) == content_of(words)

    def test_is_scanned_and_erased_in_the_end(
        self, stage: Stage, workers: Workers, settings: Any
    ) -> None:
        settings.DOCUMENT_SCANNER = SCANNER
        home, owner = stage.cast.tenant, stage.cast.tenant_owner
        papers = {blow: make_document(organization=home) for blow in product(KEEP, FATES)}

        with Accidents(stage, workers) as accidents:
            for (point, fate), paper in papers.items():
                if KEEP[point] == D.ERASED:
                    vault.delete(document=paper, actor=owner, now=timezone.now())
                accidents.befall(
                    point,
                    fate,
                    "dids.tasks.look_after_document",
                    partial(_has_become, paper, KEEP[point]),
                    with_settings={"DOCUMENT_SCANNER": SCANNER},
                    document_id=paper.pk,
                )
            accidents.settle()

        kept = {paper.stored_as for paper in papers.values() if paper.status == D.CLEAN}
        assert len(kept) == len(FATES)
        assert _names_on_disk() == kept


@pytest.mark.parametrize("fate", FATES)
class TestAFiling:
    def test_is_handed_in_once_and_lets_its_order_go_on(
        self, stage: Stage, workers: Workers, fate: str
    ) -> None:
        stage.market.over_the_wire("telnyx")
        asked = _ordered(stage, "telnyx", NumberType.TOLL_FREE, HAND_IN)

        with Accidents(stage, workers) as accidents:
            for point, (order, papers) in asked.items():
                accidents.befall(
                    point,
                    fate,
                    "dids.tasks.feature",
                    partial(_is_bought, order),
                    kind="filing",
                    feature_id=papers.pk,
                )
            accidents.settle(seconds=120)

        groups = [group["customer_reference"] for group in groups_at_carrier(stage.market)]
        assert sorted(groups) == sorted(str(papers.uuid) for _, papers in asked.values())
        assert list(stage.market.sandbox.purchases().values()) == [1] * len(HAND_IN)

    def test_is_shown_once_more_with_the_numbers_that_were_bought(
        self, stage: Stage, workers: Workers, fate: str
    ) -> None:
        stage.market.over_the_wire("didww")
        asked = _ordered(stage, "didww", NumberType.MOBILE, SHOW)
        for order, papers in asked.values():
            _buy(order, papers)

        with Accidents(stage, workers) as accidents:
            for point, (_, papers) in asked.items():
                accidents.befall(
                    point,
                    fate,
                    "dids.tasks.feature",
                    partial(_is_in_force, papers),
                    kind="filing",
                    feature_id=papers.pk,
                )
            accidents.settle(seconds=120)

        for order, _ in asked.values():
            delivery = stage.market.sandbox.delivery(order.lines.get().e164)
            assert "registration" not in delivery["reason"]


def _ordered(
    stage: Stage, carrier: str, kind: NumberType, points: tuple[str, ...]
) -> dict[str, tuple[NumberOrder, Filing]]:
    """Give for each point an order of a holder of its own, whose documents are handed in."""
    cast = stage.cast
    holders = (
        (cast.tenant, cast.tenant_owner),
        (cast.sub_tenant, cast.sub_tenant_owner),
        (cast.rival_tenant, cast.rival_tenant_owner),
        (cast.dealer, cast.dealer_owner),
    )
    offers = _found(stage, carrier, kind)
    asked = {}
    for point, offer, (holder, owner) in zip(points, offers, holders, strict=False):
        order = make_order(offers=[offer], holder=holder, actor=cast.staff, submit=True)
        papers = Filing.objects.get(organization=holder)
        _complete(papers, holder, owner)
        asked[point] = (order, papers)
    assert len(asked) == len(points)
    return asked


def _found(stage: Stage, carrier: str, kind: NumberType) -> list[FoundOffer]:
    now, account = timezone.now(), stage.market.account(carrier)
    search = searching.start(
        wanted=Wanted(country="GB", type=kind, limit=5),
        accounts=[account],
        actor=stage.cast.staff,
        now=now,
    )
    searching.ask(
        search_id=search.pk, account_ids=[account.pk], until=now.timestamp() + 60, now=now
    )
    return list(FoundOffer.objects.filter(search=search).order_by("e164"))


def _complete(papers: Filing, holder: Organization, owner: Member) -> None:
    for part in FilingPart.objects.filter(filing=papers):
        given: dict[str, Any] = {"text": "Oak Street Dental"}
        if part.asks == Asks.DOCUMENT:
            given = {"document": make_document(organization=holder, type=DocumentType.ADDRESS)}
        elif part.asks == Asks.ADDRESS:
            given = {"address": ADDRESS}
        elif part.asks == Asks.DATE:
            given = {"text": "1980-02-29"}
        elif part.key == "phone_number":
            given = {"text": "+44 113 496 0000"}
        filing.answer(filing=papers, key=part.key, actor=owner, now=timezone.now(), **given)


def _buy(order: NumberOrder, papers: Filing) -> None:
    """Have an order's documents approved and its number bought; then they are shown with it."""
    for _ in range(2):
        features.see_to(kind="filing", feature_id=papers.pk, now=timezone.now())
    sweeps.filings(now=timezone.now())
    drive(order, now=timezone.now())
    assert _is_bought(order)
    papers.refresh_from_db()
    assert papers.status == F.WANTED


def _is_bought(order: NumberOrder) -> bool:
    order.refresh_from_db()
    return order.status == OrderStatus.COMPLETED


def _is_in_force(papers: Filing) -> bool:
    papers.refresh_from_db(fields=["status"])
    return papers.status == F.ACTIVE


def _is_erased(words: str) -> bool:
    sha256 = hashlib.sha256(content_of(words)).hexdigest()
    return Document.objects.get(sha256=sha256).status == D.ERASED


def _has_become(paper: Document, status: DocumentStatus) -> bool:
    paper.refresh_from_db(fields=["status"])
    return paper.status == status


def _names_on_disk() -> set[str]:
    return {file.name for file in vault_folder().iterdir()} if vault_folder().exists() else set()

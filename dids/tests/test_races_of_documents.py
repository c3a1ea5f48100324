"""Two people, or two workers, at the same document or filing at the same moment."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from accounts.work import acting
from dids.models import Document, DocumentType, Filing
from dids.states import DocumentStatus, FeatureStatus
from dids.tests.carrier import Shop
from dids.tests.factories import make_document
from dids.tests.test_filing import ADDRESS, answer, ordered, part
from dids.workflows import features, filing, vault, vault_keeping
from lib.refusals import UnableTo
from lib.transitions import UnableToMove
from portal.tests.races.threads import crowd
from trunks.deadlines import Deadline
from trunks.regulation import Asks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

ROUNDS = 8


def groups_at_carrier(market: Shop) -> list[Any]:
    adapter: Any = market.sandbox.adapter_for("telnyx", dict(market.account("telnyx").credentials))
    found: list[Any] = adapter._call("GET", "requirement_groups", parse=list, deadline=Deadline(10))
    return found


class TestAFiling:
    def test_is_handed_in_once_by_two_workers(self, market: Shop, cast: Cast) -> None:
        ordered(market, cast)
        bill = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        answer(cast, Asks.DOCUMENT, document=bill)
        answer(cast, Asks.ADDRESS, address=ADDRESS)
        row = answer(cast, Asks.TEXT, text="Oak Street Dental")
        before = market.sandbox.seen("telnyx").get("filing", 0)
        hand_in = partial(features.see_to, kind="filing", feature_id=row.pk, now=timezone.now())

        with crowd() as two:
            results = two.at_once([hand_in, hand_in])

        assert sum(isinstance(result, UnableToMove) for result in results) <= 1
        assert len(groups_at_carrier(market)) == 1
        row.refresh_from_db()
        assert row.status in {FeatureStatus.SUBMITTED, FeatureStatus.ACTIVE}
        # A third message that comes late only reads.
        submitted = market.sandbox.seen("telnyx")["filing"]
        assert submitted > before
        features.see_to(kind="filing", feature_id=row.pk, now=timezone.now())
        assert len(groups_at_carrier(market)) == 1

    def test_is_wanted_once_where_two_people_give_the_last_answer(
        self, market: Shop, cast: Cast
    ) -> None:
        ordered(market, cast)
        bill = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        answer(cast, Asks.DOCUMENT, document=bill)
        answer(cast, Asks.ADDRESS, address=ADDRESS)
        one = part(Asks.TEXT)
        last = partial(
            filing.answer,
            filing=one.filing,
            key=one.key,
            actor=cast.tenant_owner,
            now=timezone.now(),
            text="Oak Street Dental",
        )

        with crowd() as two:
            results = two.at_once([last, last])

        assert sum(isinstance(result, filing.UnableToAnswer) for result in results) == 1
        assert Filing.objects.get().status == FeatureStatus.WANTED


class TestADocument:
    def test_put_in_twice_at_once_is_one(self, cast: Cast) -> None:
        with crowd() as two:
            for number in range(ROUNDS):
                put_in = partial(
                    vault.store,
                    organization=cast.tenant,
                    paper=vault.Paper(type=DocumentType.IDENTITY, name="id.pdf"),
                    content=f"%PDF-1.7 twice {number}".encode(),
                    actor=cast.tenant_owner,
                    now=timezone.now(),
                )
                results = two.at_once([put_in, put_in])
                kept = [one for one in results if isinstance(one, Document)]
                refused = [one for one in results if isinstance(one, vault.UnableToKeep)]
                assert len(kept) + len(refused) == 2
                assert len({one.pk for one in kept}) == 1
                assert Document.objects.count() == number + 1

    def test_is_used_or_deleted_and_never_both(self, cast: Cast) -> None:
        now = timezone.now()
        with crowd() as two:
            for _ in range(ROUNDS):
                paper = make_document(organization=cast.tenant)
                results = two.at_once(
                    [
                        partial(_use, paper, cast),
                        partial(vault.delete, document=paper, actor=cast.tenant_owner, now=now),
                    ]
                )
                paper.refresh_from_db()
                is_used = paper.uses.exists()
                assert is_used == (paper.status == DocumentStatus.UNSCANNED)
                assert sum(isinstance(result, UnableTo) for result in results) == 1

    def test_is_erased_once_by_two_workers(self, cast: Cast) -> None:
        paper = make_document(organization=cast.tenant)
        vault.delete(document=paper, actor=cast.tenant_owner, now=timezone.now())
        erase = partial(vault_keeping.look_after, document_id=paper.pk, now=timezone.now())

        with crowd() as two:
            results = two.at_once([erase, erase])

        assert sum(isinstance(result, UnableToMove) for result in results) <= 1
        paper.refresh_from_db()
        assert (paper.status, paper.name) == (DocumentStatus.ERASED, "")


def _use(paper: Document, cast: Cast) -> None:
    with acting(cast.tenant_owner):
        vault.use(document=paper, subject="dids.test:1", words="a test", now=timezone.now())

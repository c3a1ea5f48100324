"""What carriers ask for: answered on a page, and seen where it is waited for."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Role
from accounts.tests.cast import Cast
from dids.models import DocumentType, Filing, RequirementList
from dids.states import FeatureStatus
from dids.tests.factories import make_document, make_filing, make_found_offer, make_order
from portal.tests.web.visitor import visitor_of
from provisioning.tests.scene import make_account


def made(cast: Cast) -> Filing:
    return make_filing(make_account(), cast.tenant)


class TestThePage:
    def test_takes_answers_until_nothing_is_missing(self, cast: Cast) -> None:
        filing = made(cast)
        bill = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        visitor, path = visitor_of(cast.tenant), f"/filings/{filing.uuid}/"
        assert "2 answers are missing" in visitor.get(path).content.decode()
        visitor.post(f"{path}answer/", key="bill", document=str(bill.uuid))
        text = visitor.get(path).content.decode()
        assert "1 answer is missing" in text
        assert "paper.pdf" in text
        done = visitor.post(f"{path}answer/", key="company", text="Oak Street Dental")
        assert done["Location"] == path
        filing.refresh_from_db()
        assert filing.status == FeatureStatus.WANTED
        assert "Change the answer" not in visitor.get(path).content.decode()
        late = visitor.post(f"{path}answer/", key="company", text="Other")
        assert late.status_code == 409

    def test_says_what_is_wrong(self, cast: Cast) -> None:
        visitor, path = visitor_of(cast.tenant), f"/filings/{made(cast).uuid}/answer/"
        assert visitor.post(path, key="company", text="").status_code == 422
        assert visitor.post(path, key="bill", document="").status_code == 422
        assert visitor.post(path, key="nothing").status_code == 404

    def test_keeps_the_carrier_and_its_words_to_the_provider(self, cast: Cast) -> None:
        path = f"/filings/{made(cast).uuid}/"
        assert "MARK-CARRIER" not in visitor_of(cast.dealer).get(path).content.decode()
        assert "MARK-CARRIER" in visitor_of(cast.provider).get(path).content.decode()
        assert visitor_of(cast.rival_dealer).get(path).status_code == 404
        assert visitor_of(cast.tenant, Role.FINANCE).get(path).status_code == 403

    def test_is_led_to_from_the_documents(self, cast: Cast) -> None:
        filing = made(cast)
        text = visitor_of(cast.tenant).get("/documents/").content.decode()
        assert f"/filings/{filing.uuid}/" in text
        assert "Bill, Company still missing" in text


class TestThePreview:
    def test_says_what_will_be_asked_for_and_what_the_vault_has(self, cast: Cast) -> None:
        account = make_account()
        offer = make_found_offer(account=account, needs_documents=True)
        asked = [
            {"key": "a", "asks": "DOCUMENT", "name": "Bill", "words": "", "accepts": ["ADDRESS"]},
            {"key": "b", "asks": "TEXT", "name": "Company", "words": "", "accepts": []},
        ]
        RequirementList.objects.create(
            carrier_account=account,
            country="US",
            type="LOCAL",
            asked_at=timezone.now(),
            requirements=asked,
        )
        make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        order = make_order(offers=[offer], holder=cast.tenant, actor=cast.staff)
        visitor, path = visitor_of(cast.provider), f"/orders/{order.uuid}/"
        text = visitor.get(path).content.decode()
        assert "Bill: paper.pdf of the vault" in text
        assert "Company: to be answered once it is ordered" in text

        visitor.post(f"{path}submit/")
        text = visitor.get(path).content.decode()
        assert "Hand in what is missing" in text
        visitor.post(f"{path}cancel/")
        text = visitor.get(path).content.decode()
        assert "cancelled before it was bought" in text
        assert visitor.post(f"{path}cancel/").status_code == 409

"""Documents are put in by a form, taken out as files, and deleted after a question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Role
from accounts.tests.cast import Cast
from dids.models import Document
from dids.tests.factories import make_document
from dids.workflows import vault
from portal.tests.web.visitor import Visitor, visitor_of

PDF = b"%PDF-1.7 the deeds"


def put_in(visitor: Visitor, cast: Cast, content: bytes = PDF, **form: Any) -> Any:
    sent = {"type": "IDENTITY", "file": SimpleUploadedFile("id.pdf", content), **form}
    return visitor.client.post(f"/organizations/{cast.tenant.uuid}/documents/", sent)


class TestPuttingIn:
    def test_keeps_the_file_and_shows_it(self, cast: Cast) -> None:
        visitor = visitor_of(cast.tenant)
        answer = put_in(visitor, cast, expires_on="2099-05-01", signer="Ada Oak")
        document = Document.objects.get()
        assert answer["Location"] == f"/documents/{document.uuid}/"
        text = visitor.get(answer["Location"]).content.decode()
        for words in ("id.pdf", "Identity", "1 May 2099", "Ada Oak", "not scanned"):
            assert words in text, words
        assert "id.pdf" in visitor.get("/documents/?type=IDENTITY").content.decode()
        assert (
            "No document is of this type" in visitor.get("/documents/?type=BILL").content.decode()
        )

    def test_says_what_is_wrong_beside_the_field(self, cast: Cast) -> None:
        visitor = visitor_of(cast.tenant)
        for content, form, words in (
            (b"MZ", {}, "The file is no PDF"),
            (b"", {}, "The file is empty"),
            (PDF, {"expires_on": "2001-01-01"}, "It has expired"),
            (PDF, {"type": "SONNET"}, "Select a valid choice"),
        ):
            answer = put_in(visitor, cast, content, **form)
            assert answer.status_code == 422
            assert words in answer.content.decode()
        assert not Document.objects.exists()

    def test_says_what_fits_to_whoever_sends_too_much(self, cast: Cast) -> None:
        answer = put_in(visitor_of(cast.tenant), cast, b"%PDF-" + bytes(11 * 1024 * 1024))
        assert answer.status_code == 422
        assert "at most 10 MB" in answer.content.decode()

    def test_knows_a_file_again(self, cast: Cast) -> None:
        visitor = visitor_of(cast.tenant)
        put_in(visitor, cast)
        answer = put_in(visitor, cast)
        assert "was in the vault already" in visitor.get(answer["Location"]).content.decode()


class TestTakingOut:
    def test_gives_a_file_that_no_browser_runs(self, cast: Cast) -> None:
        document = make_document(organization=cast.tenant, content=PDF)
        answer = visitor_of(cast.dealer).get(f"/documents/{document.uuid}/content/")
        assert answer.content == PDF
        assert answer["Content-Disposition"] == 'attachment; filename="paper.pdf"'
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_is_for_those_who_keep_documents(self, cast: Cast) -> None:
        document = make_document(organization=cast.tenant)
        path = f"/documents/{document.uuid}/content/"
        assert visitor_of(cast.rival_tenant).get(path).status_code == 404
        assert visitor_of(cast.tenant, Role.VIEWER).get(path).status_code == 403
        assert visitor_of(cast.tenant, Role.OPERATOR).get(path).status_code == 200

    def test_says_why_not_while_it_is_not_scanned(self, cast: Cast, settings: Any) -> None:
        settings.DOCUMENT_SCANNER = "dids.tests.test_vault.finds_nothing"
        document = make_document(organization=cast.tenant)
        visitor = visitor_of(cast.tenant)
        answer = visitor.get(f"/documents/{document.uuid}/content/")
        assert answer.status_code == 409
        assert "has not been scanned yet" in answer.content.decode()
        assert "Download" not in visitor.get(f"/documents/{document.uuid}/").content.decode()


class TestDeleting:
    def test_asks_first_and_refuses_what_is_needed(self, cast: Cast) -> None:
        document = make_document(organization=cast.tenant)
        visitor = visitor_of(cast.tenant)
        vault.use(document=document, subject="a:1", words="the order of May", now=timezone.now())
        assert (
            "erased for good" in visitor.get(f"/documents/{document.uuid}/delete/").content.decode()
        )
        refused = visitor.post(f"/documents/{document.uuid}/delete/now/")
        assert refused.status_code == 409
        assert "the order of May" in refused.content.decode()

        vault.let_go(subject="a:1")
        done = visitor.post(f"/documents/{document.uuid}/delete/now/")
        assert done["Location"] == f"/documents/?organization={cast.tenant.uuid}"
        assert visitor.get(f"/documents/{document.uuid}/").status_code == 404


class TestTheList:
    def test_shows_how_long_each_is_valid(self, cast: Cast) -> None:
        today = timezone.now().date()
        for days in (0, 5, 100):
            make_document(organization=cast.tenant, expires_on=today + timedelta(days=days))
        Document.objects.filter(expires_on=today + timedelta(days=100)).update(
            expires_on=today - timedelta(days=1)
        )
        text = visitor_of(cast.tenant).get("/documents/").content.decode()
        for words in ("expires today", "5 days left", "expired"):
            assert words in text

    def test_teaches_where_there_is_none(self, cast: Cast) -> None:
        assert "The vault is empty" in visitor_of(cast.tenant).get("/documents/").content.decode()


class TestExpiring:
    def test_is_told_at_home_before_and_after(self, cast: Cast) -> None:
        soon = timezone.now().date() + timedelta(days=9)
        document = make_document(organization=cast.tenant, expires_on=soon)
        for organization in (cast.tenant, cast.dealer, cast.provider):
            text = visitor_of(organization).get("/attention/").content.decode()
            assert "1 document expires within 30 days" in text
        assert "document" not in visitor_of(cast.rival_dealer).get("/attention/").content.decode()

        vault.use(document=document, subject="a:1", words="a number", now=timezone.now())
        Document.objects.update(expires_on=timezone.now().date() - timedelta(days=2))
        text = visitor_of(cast.tenant).get("/attention/").content.decode()
        assert "Identity of Oak Street Dental expired on" in text
        assert f"/documents/{document.uuid}/" in text

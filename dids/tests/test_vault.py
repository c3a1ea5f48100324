"""The vault keeps papers sealed, gives them to whoever may read them, and erases them in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids import scanning
from dids.models import Document, DocumentType
from dids.states import DocumentStatus
from dids.tests.factories import make_document
from dids.workflows import reminding, sweeps, vault, vault_keeping
from lib.transitions import UnableToMove

NOW = timezone.now()
PDF = b"%PDF-1.7 the deeds of Oak Street"
CLEAN = "dids.tests.test_vault.finds_nothing"


def finds_nothing(_content: bytes) -> bool:
    return True


def finds_something(content: bytes) -> bool:
    return b"virus" not in content


def is_away(_content: bytes) -> bool:
    raise OSError("nobody listens")


def paper(name: str = "deeds.pdf", **told: Any) -> vault.Paper:
    return vault.Paper(**{"type": DocumentType.REGISTER, "name": name, **told})


def store(cast: Cast, content: bytes = PDF, **told: Any) -> Document:
    return vault.store(
        organization=cast.tenant,
        paper=paper(**told),
        content=content,
        actor=cast.tenant_owner,
        now=NOW,
    )


def look_after(document: Document, **later: float) -> None:
    vault_keeping.look_after(document_id=document.pk, now=NOW + timedelta(**later))
    document.refresh_from_db()


class TestStoring:
    def test_keeps_the_content_sealed_and_gives_it_back(self, cast: Cast) -> None:
        document = store(cast)

        with storages["documents"].open(document.stored_as) as stored:
            assert PDF not in stored.read()
        assert vault.content_of(document=document, actor=cast.tenant_owner, now=NOW) == PDF
        assert (document.media_type, document.size) == ("application/pdf", len(PDF))

    def test_knows_the_same_file_again(self, cast: Cast) -> None:
        first, again = store(cast), store(cast, name="other.pdf")
        assert first == again
        assert make_document(organization=cast.dealer, content=PDF) != first

    @pytest.mark.parametrize(
        ("content", "told", "field"),
        [
            (b"MZ a program", {"name": "innocent.pdf"}, "file"),
            (b"", {}, "file"),
            (b"%PDF-" + bytes(vault.MOST_BYTES), {}, "file"),
            (PDF, {"name": ""}, "file"),
            (PDF, {"name": "x" * 151}, "file"),
            (PDF, {"expires_on": date(2001, 1, 1)}, "expires_on"),
            (PDF, {"signed_on": date(2999, 1, 1)}, "signed_on"),
            (PDF, {"issued_on": date(2999, 1, 1)}, "issued_on"),
        ],
    )
    def test_refuses_what_proves_nothing_and_names_the_field(
        self, cast: Cast, content: bytes, told: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(vault.UnableToKeep) as refusal:
            store(cast, content, **told)
        assert refusal.value.field == field
        assert not Document.objects.exists()

    def test_takes_nothing_for_a_stranger(self, cast: Cast) -> None:
        with pytest.raises(vault.UnableToKeep):
            vault.store(
                organization=cast.rival_tenant,
                paper=paper(),
                content=PDF,
                actor=cast.dealer_owner,
                now=NOW,
            )

    def test_says_who_put_it_in_and_who_read_it(self, cast: Cast) -> None:
        document = store(cast)
        vault.content_of(document=document, actor=cast.dealer_owner, now=NOW)

        told = Event.objects.filter(subject=document.subject).order_by("pk")
        assert list(told.values_list("action", "actor")) == [
            ("dids.document.stored", cast.tenant_owner.name),
            ("dids.document.opened", cast.dealer_owner.name),
        ]

    def test_leaves_nothing_of_what_was_cut_off(self, cast: Cast, monkeypatch: Any) -> None:
        def cut_off(*_: object) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(type(storages["documents"]), "save", cut_off)
        with pytest.raises(OSError, match="full"):
            store(cast)
        (document,) = Document.objects.all()
        assert document.status == DocumentStatus.ARRIVING
        assert not Document.objects.shown().exists()
        with pytest.raises(vault.UnableToKeep, match="at this moment"):
            store(cast)

        monkeypatch.undo()
        look_after(document, minutes=5)
        assert document.status == DocumentStatus.ARRIVING
        look_after(document, minutes=11)
        look_after(document, minutes=11)
        assert document.status == DocumentStatus.ERASED
        assert store(cast) != document


class TestScanning:
    def test_gives_nothing_out_before_it_was_scanned(self, cast: Cast, settings: Any) -> None:
        settings.DOCUMENT_SCANNER = CLEAN
        document = store(cast)
        assert document.status == DocumentStatus.PENDING
        with pytest.raises(vault.UnableToOpen, match="not been scanned"):
            vault.content_of(document=document, actor=cast.tenant_owner, now=NOW)

        look_after(document)
        assert document.status == DocumentStatus.CLEAN
        assert vault.content_of(document=document, actor=cast.tenant_owner, now=NOW) == PDF

    def test_gives_nobody_what_is_infected(self, cast: Cast, settings: Any) -> None:
        settings.DOCUMENT_SCANNER = "dids.tests.test_vault.finds_something"
        document = store(cast, b"%PDF-1.7 virus")
        look_after(document)
        assert document.status == DocumentStatus.INFECTED
        with pytest.raises(vault.UnableToOpen, match="infected"):
            vault.content_of(document=document, actor=cast.tenant_owner, now=NOW)

    @pytest.mark.parametrize(
        "scanner",
        ["dids.tests.test_vault.is_away", "dids.nobody.knows", "clamd:///nowhere/at/all.sock"],
    )
    def test_tries_again_while_nobody_can_tell(
        self, cast: Cast, settings: Any, scanner: str
    ) -> None:
        settings.DOCUMENT_SCANNER = scanner
        document = store(cast)
        look_after(document)
        assert document.status == DocumentStatus.PENDING
        assert "scanner" in document.failure
        assert not sweeps.documents(now=NOW)
        assert sweeps.documents(now=NOW + timedelta(minutes=2))

        settings.DOCUMENT_SCANNER = CLEAN
        look_after(document)
        assert (document.status, document.failure) == (DocumentStatus.CLEAN, "")

    def test_looks_at_what_came_before_the_scanner(self, cast: Cast, settings: Any) -> None:
        document = store(cast)
        assert document.status == DocumentStatus.UNSCANNED
        settings.DOCUMENT_SCANNER = CLEAN
        assert vault.closed_because(document)
        assert sweeps.documents(now=NOW) == 1
        look_after(document)
        assert document.status == DocumentStatus.CLEAN

    def test_lets_documents_go_once_nobody_scans_any_more(self, cast: Cast, settings: Any) -> None:
        settings.DOCUMENT_SCANNER = CLEAN
        document = store(cast)
        settings.DOCUMENT_SCANNER = ""
        look_after(document)
        assert document.status == DocumentStatus.UNSCANNED


class TestDeleting:
    def test_erases_the_content_and_names_but_not_the_history(self, cast: Cast) -> None:
        document = store(cast, signer="Ada Oak")
        vault.delete(document=document, actor=cast.tenant_owner, now=NOW)
        assert not Document.objects.shown().exists()
        look_after(document)

        assert document.status == DocumentStatus.ERASED
        assert (document.name, document.signer) == ("", "")
        assert document.sha256
        assert not storages["documents"].exists(document.stored_as)
        with pytest.raises(vault.UnableToOpen):
            vault.content_of(document=document, actor=cast.tenant_owner, now=NOW)

    def test_can_be_done_twice_by_workers_and_once_by_people(self, cast: Cast) -> None:
        document = store(cast)
        twin = Document.objects.get()
        vault.delete(document=document, actor=cast.tenant_owner, now=NOW)
        with pytest.raises(UnableToMove):
            vault.delete(document=twin, actor=cast.tenant_owner, now=NOW)
        look_after(document)
        look_after(document)
        assert document.status == DocumentStatus.ERASED

    def test_is_refused_while_something_depends_on_it(self, cast: Cast) -> None:
        document = store(cast)
        for _ in range(2):
            vault.use(document=document, subject="tests.thing:1", words="an order", now=NOW)
        with pytest.raises(vault.UnableToDelete, match="an order"):
            vault.delete(document=document, actor=cast.tenant_owner, now=NOW)
        vault.let_go(subject="tests.thing:1")
        vault.delete(document=document, actor=cast.tenant_owner, now=NOW)
        with pytest.raises(vault.UnableToOpen):
            vault.use(document=document, subject="tests.thing:1", words="an order", now=NOW)

    def test_honours_how_long_it_must_be_kept(self, cast: Cast) -> None:
        document = store(cast, type=DocumentType.AUTHORIZATION)
        with pytest.raises(vault.UnableToDelete, match="kept until"):
            vault.delete(document=document, actor=cast.tenant_owner, now=NOW)


class TestLapsing:
    def test_erases_what_need_not_be_kept_any_longer(self, cast: Cast) -> None:
        document = store(cast, keep_until=NOW.date() + timedelta(days=3))
        assert sweeps.documents(now=NOW + timedelta(days=2)) == 0
        assert sweeps.documents(now=NOW + timedelta(days=4)) == 1
        look_after(document, days=4)
        look_after(document, days=4)
        assert document.status == DocumentStatus.ERASED
        assert Event.objects.filter(action="dids.document.lapsed").exists()

    def test_waits_for_what_still_depends_on_it(self, cast: Cast) -> None:
        document = store(cast, keep_until=NOW.date())
        vault.use(document=document, subject="tests.thing:1", words="an order", now=NOW)
        look_after(document, days=1)
        assert document.status == DocumentStatus.UNSCANNED
        assert document.next_attempt_at == NOW + timedelta(days=2)


class TestTheScanner:
    def test_is_none_where_none_is_set(self) -> None:
        assert not scanning.is_set()


class TestReminding:
    def test_tells_each_of_the_days_once(self, cast: Cast) -> None:
        document = store(cast, expires_on=NOW.date() + timedelta(days=40))
        told = [
            day
            for day in range(45)
            for _ in range(2)
            if reminding.remind(now=NOW + timedelta(days=day), most=10)
        ]
        assert told == [10, 33, 40]
        events = Event.objects.filter(subject=document.subject, action="dids.document.expires")
        assert events.count() == 3

    def test_tells_of_one_put_in_late_what_is_nearest(self, cast: Cast) -> None:
        store(cast, expires_on=NOW.date() + timedelta(days=5))
        assert reminding.remind(now=NOW, most=10) == 1
        assert reminding.remind(now=NOW, most=10) == 0

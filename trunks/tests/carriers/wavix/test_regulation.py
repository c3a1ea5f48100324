"""What the conformance suite does not say about documents at Wavix."""

from __future__ import annotations

from typing import Any

import pytest

from trunks.carriers.wavix import papers
from trunks.carriers.wavix.papers import Asking
from trunks.features import Stage
from trunks.regulation import File


def file(content: bytes = b"%PDF-1.7", media_type: str = "application/pdf") -> File:
    return File(name="1234567890abcdef.pdf", media_type=media_type, sha256="ab", content=content)


def asking(*documents: tuple[str, str], status: str = "inactive") -> Asking | None:
    row: dict[str, Any] = {
        "id": 7,
        "number": "442079460350",
        "status": status,
        "require_docs": ["1"],
        "documents": [
            {"doc_type_id": 1, "doc_file_name": name, "status": word} for name, word in documents
        ],
    }
    (found,) = papers.asking_from({"items": [row]})
    return found


class TestANumber:
    @pytest.mark.parametrize(
        ("documents", "stage", "lacks"),
        [
            ((), Stage.ABSENT, True),
            ((("a.pdf", "pending"),), Stage.PENDING, False),
            ((("a.pdf", "looked at"),), Stage.PENDING, False),
            ((("a.pdf", "rejected"),), Stage.REJECTED, True),
            ((("1234567890abcdef.pdf", "rejected"),), Stage.REJECTED, False),
            # What replaces a refused one may stand in its place or beside it.
            ((("a.pdf", "rejected"), ("b.pdf", "pending")), Stage.PENDING, False),
            ((("a.pdf", "rejected"), ("b.pdf", "approved")), Stage.ACTIVE, False),
        ],
    )
    def test_is_sent_what_is_new(
        self, documents: tuple[tuple[str, str], ...], stage: Stage, lacks: bool
    ) -> None:
        found = asking(*documents)
        assert found is not None
        assert (found.stage_of("1"), found.lacks("1", file())) == (stage, lacks)

    def test_waits_for_nothing_once_it_is_active(self) -> None:
        assert asking(("a.pdf", "rejected"), status="active") is None


class TestKinds:
    def test_are_what_the_carrier_calls_them(self) -> None:
        told = papers.requirements_from(["3"], {"3": "Proof of local address"})
        assert [(one.name, one.accepts) for one in told] == [
            ("Proof of local address", ("ADDRESS",))
        ]
        (usual,) = papers.requirements_from(["3"], {})
        assert usual.accepts == ("REGISTER",)


class TestFiles:
    @pytest.mark.parametrize(
        "bad",
        [
            file(b"%PDF-1.7 /Encrypt"),
            file(b"%PDF-1.7 /ByteRange"),
            file(b"x" * 10_000_001),
            file(b"BM", "image/bmp"),
        ],
    )
    def test_that_would_be_refused_are_named(self, bad: File) -> None:
        assert [one.field for one in papers.unfit({"1": bad})] == ["1"]
        assert papers.unfit({"1": file()}) == ()

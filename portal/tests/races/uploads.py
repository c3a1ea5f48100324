"""What a web process does with an upload, for tests that end it in the middle."""

from __future__ import annotations

from django.utils import timezone

from accounts.actors import System
from accounts.models import Organization
from dids.models import DocumentType
from dids.workflows import vault

PUT_IN = f"{__name__}.put_in"
SCANNER = f"{__name__}.is_harmless"


def put_in(*, organization_id: int, words: str) -> None:
    """Put a paper with these words into the vault of an organization."""
    vault.store(
        organization=Organization.objects.get(pk=organization_id),
        paper=vault.Paper(type=DocumentType.IDENTITY, name="id.pdf"),
        content=content_of(words),
        actor=System("test.upload"),
        now=timezone.now(),
    )


def content_of(words: str) -> bytes:
    """Give a paper's content."""
    return f"%PDF-1.7 {words}".encode()


def is_harmless(_content: bytes) -> bool:
    """Find nothing, as a scanner does with most papers."""
    return True

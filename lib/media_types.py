"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from typing import Final

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
TIFF: Final = "image/tiff"

_BEGINNINGS: Final = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png", TIFF: "tiff"}


def media_type_of(content: bytes) -> str:
    """Give the media type of a PDF or a picture; empty for everything else."""
    return next((kind for start, kind in _BEGINNINGS if content.startswith(start)), "")

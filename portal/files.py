"""Files of people on their way out: for the disk of whoever asked, never for the browser to run."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def attached(content: bytes, *, name: str) -> HttpResponse:
    """
    Answer with a file that somebody else has put in.

    Whatever it holds, no browser takes it for a page of ours: it is said to be bytes, to be saved
    under a name of our own making, and to run nothing where somebody opens it all the same.
    """
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer

"""Uploaded lists of numbers."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import SECONDS_5, WEEK, Wait, lifecycle


class ImportStatus(models.TextChoices):
    """How far an uploaded list has come on its way into stock."""

    UPLOADED = "UPLOADED", "Uploaded"
    CHECKING = "CHECKING", "Being checked"
    CHECKED = "CHECKED", "Checked"
    APPLYING = "APPLYING", "Being applied"
    APPLIED = "APPLIED", "Applied"
    DISCARDED = "DISCARDED", "Discarded"


_S = ImportStatus

IMPORT = lifecycle(
    "Import",
    "A list of numbers that somebody uploaded. It is checked line by line, changes nothing before "
    "somebody applies it, and is applied whole in one step.",
    {
        _S.UPLOADED: (_S.CHECKING, _S.DISCARDED),
        # What a worker that was killed has written is written anew.
        _S.CHECKING: (_S.CHECKING, _S.CHECKED, _S.UPLOADED),
        _S.CHECKED: (_S.CHECKING, _S.APPLYING, _S.DISCARDED),
        _S.APPLYING: (_S.APPLYING, _S.APPLIED, _S.CHECKED),
    },
    {
        _S.UPLOADED: Wait(
            WEEK,
            "discard_imports",
            "whoever uploaded it",
            "Say which column is what, or discard it.",
        ),
        _S.CHECKING: Wait(SECONDS_5, "imports", "us", "Without an end, it is checked again."),
        _S.CHECKED: Wait(WEEK, "discard_imports", "whoever checked it", "Apply or discard it."),
        _S.APPLYING: Wait(SECONDS_5, "imports", "us", "Without an end, it is applied again."),
    },
)

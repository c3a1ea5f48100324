"""Files in the vault, and what is handed in at carriers."""

from __future__ import annotations

from django.db import models

from dids.states.features import feature
from dids.states.lifecycles import DAY, MINUTE, SECONDS_5, Wait, lifecycle


class DocumentStatus(models.TextChoices):
    """Whether a document may be read and sent."""

    ARRIVING = "ARRIVING", "Being stored"
    UNSCANNED = "UNSCANNED", "Not scanned"
    PENDING = "PENDING", "Waiting to be scanned"
    CLEAN = "CLEAN", "Clean"
    INFECTED = "INFECTED", "Infected"
    ERASING = "ERASING", "Being erased"
    ERASED = "ERASED", "Erased"


_S = DocumentStatus

DOCUMENT = lifecycle(
    "Document",
    "A file in the vault of an organization. The row outlives its content: it goes on telling who "
    "had put in what.",
    {
        # Where somebody was cut off while storing it, it goes without ever having been there.
        _S.ARRIVING: (_S.UNSCANNED, _S.PENDING, _S.ERASING),
        # A scanner that is set later looks at what came before it.
        _S.UNSCANNED: (_S.PENDING, _S.ERASING),
        _S.PENDING: (_S.CLEAN, _S.INFECTED, _S.UNSCANNED, _S.ERASING),
        _S.CLEAN: (_S.ERASING,),
        _S.INFECTED: (_S.ERASING,),
        _S.ERASING: (_S.ERASED,),
    },
    {
        _S.ARRIVING: Wait(
            MINUTE, "documents", "us", "Its content is stored; what was cut off is erased."
        ),
        _S.UNSCANNED: Wait(
            DAY, "documents", "nobody", "It may be used; a scanner that is set later looks at it."
        ),
        _S.PENDING: Wait(
            SECONDS_5, "documents", "the scanner", "It is looked through before anybody gets it."
        ),
        _S.CLEAN: Wait(DAY, "documents", "nobody", "It may be used until it need not be kept."),
        _S.INFECTED: Wait(
            DAY, "documents", "you", "Nobody gets it. Delete it and put in another one."
        ),
        _S.ERASING: Wait(SECONDS_5, "documents", "us", "Its content is erased."),
    },
)

FILING = feature(
    "Filing",
    "What an organization hands in at a carrier so that it may have numbers of a kind. While it is "
    "off, answers are collected.",
    rejected="Answer again what the carrier minds or what has expired; then it is handed in once "
    "more.",
    may_expire=True,
)

"""A filing as it is handed in: its answers with the content of its documents."""

from __future__ import annotations

from dids.models import Filing, PhoneNumber
from dids.models.filings import FilingPart
from dids.workflows import vault
from lib.e164 import E164
from trunks.errors import Unavailable
from trunks.numbering import NumberType
from trunks.regulation import Answer, Dossier, File, PostalAddress


def dossier_of(filing: Filing) -> Dossier:
    """
    Put together what is handed in.

    :raises Unavailable: if a document may not be sent, or cannot be read, at the moment
    """
    parts = filing.parts.select_related("document")
    return Dossier(
        country=filing.country,
        type=NumberType(filing.type),
        answers={part.key: _answer(part) for part in parts if part.is_answered},
        numbers=numbers_of(filing),
    )


def numbers_of(filing: Filing) -> frozenset[E164]:
    """Give the numbers that whoever filed it has by it."""
    rows = PhoneNumber.objects.live().filter(
        holder=filing.organization_id,
        carrier_account=filing.carrier_account_id,
        country=filing.country,
        type=filing.type,
    )
    return frozenset(map(E164, rows.values_list("e164", flat=True)))


def _answer(part: FilingPart) -> Answer:
    document = part.document
    if document is None:
        return PostalAddress(**part.address) if part.address else part.text
    why = vault.closed_because(document)
    if why:
        raise Unavailable(why)
    try:
        content = vault.read(document)
    except vault.UnableToOpen as trouble:
        raise Unavailable(str(trouble)) from trouble
    return File(
        name=vault.file_name(document),
        media_type=document.media_type,
        sha256=document.sha256,
        content=content,
        type=document.type,
    )

"""
What Wavix asks for of a number, and what was sent for it, without any network.

Nothing there carries our reference: a document is known by its number, its kind and the name of its
file, which says what is in it. Whether a name comes back as it was sent, and whether what replaces
a refused document stands in its place or beside it, is in no document; both are read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lib.e164 import E164
from lib.media_types import ENDINGS
from trunks.carriers.wavix.payloads import number_of, type_of
from trunks.features import Problem, Stage
from trunks.offers import Wanted
from trunks.regulation import Asks, Dossier, File, Requirement, accepted_for

KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "1": ("Proof of identity", ("IDENTITY",)),
    "2": ("Proof of address", ("ADDRESS",)),
    "3": ("Proof of business registration", ("REGISTER",)),
}
"""As `DocumentTypeID` has them; an example has the third as a proof of a local address."""
LARGEST: Final = 10_000_000
"""Bytes: "10 MB" may be a little more."""
WORDS: Final = "One file of 10 MB at most, without a password or a digital signature."
_OURS: Final = re.compile(r"[0-9a-f]{16}\.\w+")
_STAGES: Final = {"approved": Stage.ACTIVE, "rejected": Stage.REJECTED}


@dataclass(frozen=True)
class Sent:
    """A document that was sent for a number; an unknown status ends nothing."""

    name: str
    stage: Stage


@dataclass(frozen=True)
class Asking:
    """A number of ours that waits for documents: of which kinds, and what was sent of each."""

    id: str
    number: E164
    sent: Mapping[str, tuple[Sent, ...]]

    def stage_of(self, kind: str) -> Stage:
        """Say how far a kind is; what was approved or waits counts before what was refused."""
        stages = {one.stage for one in self.sent[kind]}
        order = (Stage.ACTIVE, Stage.PENDING, Stage.REJECTED)
        return next((stage for stage in order if stage in stages), Stage.ABSENT)

    def lacks(self, kind: str, file: File) -> bool:
        """Tell whether a file is to be sent; the same is not sent twice."""
        if self.stage_of(kind) is Stage.REJECTED:
            return all(one.name != file.name for one in self.sent[kind])
        return self.stage_of(kind) is Stage.ABSENT

    @property
    def may_be_better(self) -> bool:
        """Whether only whoever has the files can say if what was refused is the newest."""
        return any(
            _OURS.fullmatch(one.name)
            for kind, sent in self.sent.items()
            if self.stage_of(kind) is Stage.REJECTED
            for one in sent
        )


def kinds_from(body: Mapping[str, Any], wanted: Wanted, region: str) -> frozenset[str]:
    """Read what the numbers on a page of a city ask for that are of the country and type."""
    del region
    rows = [
        row
        for row in body["dids"]
        if row["country_short_name"] == wanted.country
        and type_of(number_of(row["number"])) is wanted.type
    ]
    return frozenset(str(kind) for row in rows for kind in row["require_docs"])


def titles_from(body: Mapping[str, Any]) -> dict[str, str]:
    """Read what the carrier calls its kinds."""
    return {str(row["id"]): str(row["title"]) for row in body["doc_types"]}


def requirements_from(kinds: Collection[str], titles: Mapping[str, str]) -> tuple[Requirement, ...]:
    """Say what is asked for, in the carrier's words where it has any."""
    return tuple(_requirement(kind, titles) for kind in sorted(kinds))


def _requirement(kind: str, titles: Mapping[str, str]) -> Requirement:
    usual, accepts = KINDS.get(kind, (f"Document {kind}", ()))
    name = titles.get(kind) or usual
    # The title says what the kind is there, whatever its number stands for elsewhere.
    accepts = accepted_for(name) or accepts
    return Requirement(key=kind, asks=Asks.DOCUMENT, name=name, words=WORDS, accepts=accepts)


def files_of(dossier: Dossier) -> dict[str, File]:
    """Give the files that are handed in by their kinds, each under the name that it has there."""
    return {
        key: replace(answer, name=f"{answer.sha256[:16]}.{ENDINGS.get(answer.media_type, 'bin')}")
        for key, answer in sorted(dossier.answers.items())
        if isinstance(answer, File)
    }


def unfit(files: Mapping[str, File]) -> tuple[Problem, ...]:
    """Say which files would be refused for what can be seen from here."""
    minded = ((kind, _why_unfit(file)) for kind, file in files.items())
    return tuple(Problem(field=kind, words=words) for kind, words in minded if words)


def _why_unfit(file: File) -> str:
    if file.media_type not in ENDINGS:
        return "Wavix takes PDF, JPEG, PNG and TIFF."
    if len(file.content) > LARGEST:
        return "Wavix takes files of 10 MB at most."
    if file.media_type == "application/pdf" and b"/Encrypt" in file.content:
        return "Wavix takes no file that is protected by a password."
    if file.media_type == "application/pdf" and b"/ByteRange" in file.content:
        return "Wavix takes no PDF that is signed digitally."
    return ""


def asking_from(body: Mapping[str, Any]) -> list[Asking | None]:
    """Read of a page of our numbers which of them wait for documents."""
    return [_asking(row) for row in body["items"]]


def _asking(row: Mapping[str, Any]) -> Asking | None:
    # An active one has all it needs, whatever was refused on the way there.
    if row["status"] == "active" or not row["require_docs"]:
        return None
    sent = [(str(one["doc_type_id"]), _sent(one)) for one in row["documents"]]
    return Asking(
        id=str(row["id"]),
        number=number_of(row["number"]),
        sent={
            kind: tuple(one for of, one in sent if of == kind)
            for kind in sorted(map(str, row["require_docs"]))
        },
    )


def _sent(row: Mapping[str, Any]) -> Sent:
    stage = _STAGES.get(str(row["status"]).lower(), Stage.PENDING)
    return Sent(name=str(row["doc_file_name"] or ""), stage=stage)


def refused_from(waiting: Iterable[Asking], titles: Mapping[str, str]) -> tuple[Problem, ...]:
    """Say which kinds were refused; why, the carrier tells nobody by its interface."""
    kinds = {kind for one in waiting for kind in one.sent if one.stage_of(kind) is Stage.REJECTED}
    return tuple(
        Problem(
            field=kind,
            words=f"Wavix refused this ({titles.get(kind) or KINDS.get(kind, (kind,))[0]}) and "
            "says why in its portal only.",
        )
        for kind in sorted(kinds)
    )

"""
Documents at Wavix: sent for numbers that were bought, kind by kind, and looked at there.

Facts: `wavix-api.yaml` (`/v1/numbers/papers`, `NumberDocument`). Nothing can be handed in before a
purchase. What a number asks for stands with it where it is for sale, and again once it is ours; it
is inactive until its documents were approved. No list says what is asked for in a country.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from lib.e164 import E164
from trunks.carriers.wavix import for_sale, papers, payloads
from trunks.carriers.wavix.account import WavixAccount
from trunks.carriers.wavix.papers import Asking
from trunks.deadlines import Deadline
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.regulation import Dossier, File, Requirement
from trunks.roles import AsksForDocuments

PAPERS = "numbers/papers"


class WavixRegulation(WavixAccount, AsksForDocuments):
    """The part of the adapter that hands documents in."""

    reviews_numbers: ClassVar[bool] = True
    asks_by_number: ClassVar[bool] = True

    def requirements(
        self, country: str, of_type: NumberType, *, deadline: Deadline
    ) -> tuple[Requirement, ...]:
        """Read what the first numbers for sale ask for that ask for anything."""
        wanted = Wanted(country=country, type=of_type)
        pages = for_sale.pages(self.wire, wanted, papers.kinds_from, deadline)
        kinds = next(filter(None, pages), frozenset())
        return papers.requirements_from(kinds, self._titles(deadline) if kinds else {})

    def file(self, dossier: Dossier, *, reference: str, deadline: Deadline) -> Standing:
        """Send for the numbers that wait what was not sent for them; before any, look at it."""
        files = papers.files_of(dossier)
        if problems := papers.unfit(files):
            return _rejected(reference, problems)
        waiting = self._waiting(dossier.numbers, deadline)
        sent = [kind for kind in files if self._send(kind, files[kind], waiting, deadline)]
        if sent:
            return Standing(stage=Stage.PENDING, carrier_reference=reference)
        stages = _stages(waiting)
        if Stage.ABSENT in stages:
            return _rejected(reference, _unasked(waiting, files))
        if _is_refused(stages):
            return _rejected(reference, papers.refused_from(waiting, self._titles(deadline)))
        return _undecided(stages, reference)

    def filing_standing(
        self, *, reference: str, deadline: Deadline, numbers: Collection[E164] = ()
    ) -> Standing:
        """Read what became of the documents of numbers; without a number there are none."""
        if not numbers:
            return NOTHING
        waiting = self._waiting(numbers, deadline)
        stages = _stages(waiting)
        if stages == {Stage.ABSENT}:
            return NOTHING
        if Stage.ABSENT in stages:
            return Standing(stage=Stage.READY, carrier_reference=reference)
        if _is_refused(stages):
            if any(one.may_be_better for one in waiting):
                # An answer that was lost may have been one to something better.
                return Standing(stage=Stage.READY, carrier_reference=reference)
            return _rejected(reference, papers.refused_from(waiting, self._titles(deadline)))
        return _undecided(stages, reference)

    def withdraw_filing(self, *, reference: str, deadline: Deadline) -> None:
        """Leave it: what was sent belongs to its number and goes with that; nothing deletes it."""
        del reference, deadline

    def _titles(self, deadline: Deadline) -> dict[str, str]:
        return self.wire.call(
            "GET",
            "numbers",
            params=[("page", "1"), ("per_page", "1")],
            parse=papers.titles_from,
            deadline=deadline,
        )

    def _waiting(self, numbers: Collection[E164], deadline: Deadline) -> list[Asking]:
        """Give those of our numbers that wait for documents."""
        if not numbers:
            return []
        # What all of them begin with narrows the list, down to one number where there is one.
        start = _shared_start([payloads.written(number) for number in numbers])
        found = self.wire.pages("numbers", [("search", start)], papers.asking_from, deadline)
        return [one for one in found if one is not None and one.number in numbers]

    def _send(self, kind: str, file: File, waiting: Collection[Asking], deadline: Deadline) -> bool:
        """Send a file once for all numbers that lack it."""
        ids = [one.id for one in waiting if kind in one.sent and one.lacks(kind, file)]
        if ids:
            self.wire.call(
                "POST",
                PAPERS,
                form=[("did_ids", ",".join(ids)), ("doc_id", kind)],
                attached=("doc_attachment", file),
                # What became of it is read later; the status alone says that it was taken.
                parse=lambda _body: None,
                deadline=deadline,
            )
        return bool(ids)


def _shared_start(texts: Collection[str]) -> str:
    """Give what all of them begin with: the first and the last in order tell it."""
    first, last = min(texts), max(texts)
    same = (nth for nth, letter in enumerate(first) if letter != last[nth : nth + 1])
    return first[: next(same, len(first))]


def _stages(waiting: Collection[Asking]) -> set[Stage]:
    return {one.stage_of(kind) for one in waiting for kind in one.sent}


def _is_refused(stages: Collection[Stage]) -> bool:
    """Tell whether all is decided and something was refused, so that all of it can be named."""
    return Stage.REJECTED in stages and Stage.PENDING not in stages


def _undecided(stages: Collection[Stage], reference: str) -> Standing:
    # Nothing says how soon a number is active of which all was approved; no document is missing.
    stage = Stage.PENDING if Stage.PENDING in stages else Stage.ACTIVE
    return Standing(stage=stage, carrier_reference=reference)


def _rejected(reference: str, problems: tuple[Problem, ...]) -> Standing:
    return Standing(stage=Stage.REJECTED, carrier_reference=reference, problems=problems)


def _unasked(waiting: Collection[Asking], files: Collection[str]) -> tuple[Problem, ...]:
    """Name what a number asks for beyond what was known before it was bought."""
    return tuple(
        Problem(
            field="",
            words=f"{one.number} asks for more than was known before it was bought: "
            f"{papers.KINDS.get(kind, (f'document {kind}',))[0].lower()}. Send it in Wavix's "
            "portal.",
        )
        for one in waiting
        for kind in one.sent
        if kind not in files
    )

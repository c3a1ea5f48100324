"""
Documents at DIDWW: made ready before numbers are bought, and looked at afterwards.

Facts: the field map of version 2026-04-16 and its documentation ("Regulation Resources"). Nothing
is decided before there is a number: a validation tells whether all that is asked for is there, and
somebody at the carrier looks at it once a number is shown with it. The number is blocked until
then. What is handed in has no identifier of its own; ours names it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import ClassVar

from lib.e164 import E164
from trunks.carriers.didww import coverage, papers, regulations, reviews
from trunks.carriers.didww.account import DidwwAccount
from trunks.carriers.didww.documents import body_of, link
from trunks.carriers.didww.papers import Person
from trunks.carriers.didww.regulations import Rule
from trunks.carriers.didww.reviews import REFUSED, Review
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.numbering import NumberType
from trunks.regulation import Dossier, Requirement
from trunks.roles import AsksForDocuments

RULES, CHECKS = "address_requirements", "address_requirement_validations"


class DidwwRegulation(DidwwAccount, AsksForDocuments):
    """The part of the adapter that hands documents in."""

    reviews_numbers: ClassVar[bool] = True

    def requirements(
        self, country: str, of_type: NumberType, *, deadline: Deadline
    ) -> tuple[Requirement, ...]:
        """Read what is asked for in a country for a type."""
        rule = self._rule(country, of_type, deadline)
        return () if rule is None else regulations.requirements_from(rule)

    def file(self, dossier: Dossier, *, reference: str, deadline: Deadline) -> Standing:
        """Make what is missing, have it validated, and show the numbers that wait for it."""
        rule = self._rule(dossier.country, dossier.type, deadline)
        if rule is None:
            raise Rejected("DIDWW asks for nothing there by now.", reason=Reason.INVALID)
        person = papers.made_person(self.wire, rule, dossier.answers, reference, deadline)
        parts = papers.parts_of(rule, dossier, person, reference)
        papers.prove(self.wire, parts, person, reference, deadline)
        self._forget_others(person, reference, deadline)
        if problems := self._problems(rule, person, deadline):
            return Standing(stage=Stage.REJECTED, carrier_reference=reference, problems=problems)
        state = reviews.state_of(part.name for part in parts)
        name = reviews.review_name(rule, dossier, state, reference)
        waiting = reviews.awaiting(self.wire, dossier.numbers, deadline)
        looks = reviews.of_person(self.wire, person, deadline) if waiting else []
        last = _last_of(waiting, looks)
        new = {
            number
            for number, look in last.items()
            if look is None or (look.status == REFUSED and look.name != name)
        }
        if new:
            look = reviews.ask_for_review(
                self.wire, rule, dossier, person, new, name=name, deadline=deadline
            )
            last |= dict.fromkeys(new, look)
        return _standing(last.values(), rule, reference)

    def filing_standing(
        self, *, reference: str, deadline: Deadline, numbers: Collection[E164] = ()
    ) -> Standing:
        """Read what became of the numbers; where there is none, whether all is there."""
        found = papers.persons(self.wire, reference, deadline)
        if not found:
            return NOTHING
        again = Standing(stage=Stage.READY, carrier_reference=reference)
        person = papers.with_address(self.wire, found[0], deadline)
        if not person.address:
            return again
        rule = self.wire.read(
            f"{RULES}/{person.rule}",
            params=[regulations.INCLUDE],
            parse=regulations.one_rule_from,
            deadline=deadline,
        )
        if self._problems(rule, person, deadline):
            # Its making was cut off: whoever hands it in once more is told what is minded.
            return again
        waiting = reviews.awaiting(self.wire, numbers, deadline)
        looks = reviews.of_person(self.wire, person, deadline) if waiting else []
        last = _last_of(waiting, looks)
        if any(look is not None and look.status == REFUSED for look in last.values()):
            there = papers.parts_there(self.wire, person, reference, deadline)
            shown = f"{reference}:{reviews.state_of(there)}:"
            if not all(look is None or look.name.startswith(shown) for look in last.values()):
                # There is something better by now, which nobody has seen.
                return again
        return again if None in last.values() else _standing(last.values(), rule, reference)

    def withdraw_filing(self, *, reference: str, deadline: Deadline) -> None:
        """Delete whoever was made for it; addresses and proofs go with them."""
        for person in papers.persons(self.wire, reference, deadline):
            self.wire.delete(f"{papers.IDENTITIES}/{person.id}", deadline=deadline)

    def _rule(self, country: str, of_type: NumberType, deadline: Deadline) -> Rule | None:
        land = coverage.country(self.wire, country, deadline)
        kind = coverage.types(self.wire, deadline).get(of_type)
        if land is None or kind is None:
            return None
        return self.wire.read(
            RULES,
            params=[
                ("filter[country.id]", land),
                ("filter[did_group_type.id]", kind),
                regulations.INCLUDE,
            ],
            parse=regulations.rule_from,
            deadline=deadline,
        )

    def _problems(self, rule: Rule, person: Person, deadline: Deadline) -> tuple[Problem, ...]:
        relationships = {
            "address_requirement": link(RULES, rule.id),
            "identity": link(papers.IDENTITIES, person.id),
            "address": link(papers.ADDRESSES, person.address),
        }
        return self.wire.validate(
            CHECKS,
            content=body_of(CHECKS, relationships=relationships),
            parse=lambda body: regulations.problems_from(body, rule),
            deadline=deadline,
        )

    def _forget_others(self, person: Person, reference: str, deadline: Deadline) -> None:
        """Delete whoever was made for the same with other answers, where nothing needs them."""
        for other in papers.persons(self.wire, reference, deadline):
            if other.id != person.id:
                with suppress(Rejected):
                    self.wire.delete(f"{papers.IDENTITIES}/{other.id}", deadline=deadline)


def _last_of(waiting: Iterable[str], looks: Iterable[Review]) -> dict[str, Review | None]:
    """Give the newest review of each number."""
    last: dict[str, Review | None] = dict.fromkeys(waiting)
    for look in looks:
        last |= dict.fromkeys(look.numbers & last.keys(), look)
    return last


def _standing(looks: Collection[Review | None], rule: Rule, reference: str) -> Standing:
    """Read how numbers stand that wait; those that were approved wait no more."""
    there = [look for look in looks if look is not None]
    refused = [look for look in there if look.status == REFUSED]
    if len(refused) < len(there):
        # One that was approved will wait no more in a moment; an unknown word ends nothing.
        return Standing(stage=Stage.PENDING, carrier_reference=reference)
    if not refused:
        return Standing(stage=Stage.ACTIVE, carrier_reference=reference)
    words = [words for look in refused for words in look.minds] or ["It was refused."]
    problems = regulations.minded(rule, dict.fromkeys(words))
    return Standing(stage=Stage.REJECTED, carrier_reference=reference, problems=problems)

"""
Emergency addresses at DIDWW: shown to somebody there, with whoever is at them, for each number.

An address belongs to an identity. Where documents were handed in for a number, that is whoever it
is registered to; otherwise one is made of what an address says. A country that asks for more, such
as a company's number in its register, is refused: a person enters that in the carrier's panel.
Each number has a service of its own, which its first review makes; a later one changes it.
"""

from __future__ import annotations

from typing import ClassVar

from lib.e164 import E164
from trunks.addresses import Address, EmergencyState, Registered
from trunks.carriers.didww import papers, payloads, services
from trunks.carriers.didww.account import DidwwAccount
from trunks.carriers.didww.documents import body_of, link, links, row_from, rows_from
from trunks.carriers.didww.papers import Person
from trunks.carriers.didww.regulations import ADDRESS, Rule, problems_from
from trunks.carriers.didww.services import CHECKS, REVIEWS, RULES, SERVICES, Number
from trunks.carriers.didww.webhooks import callback
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.regulation import Answer
from trunks.roles import RegistersEmergency

PATIENCE = 300.0
"""Seconds after which somebody there may have decided."""


class DidwwEmergency(DidwwAccount, RegistersEmergency):
    """The part of the adapter that has help find somebody."""

    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US", "CA", "GB", "ES"})

    def register(
        self,
        number: E164,
        *,
        carrier_reference: str,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Registered:
        """Have the address looked at for the number, unless that is done or under way."""
        mine = self._number(number, carrier_reference, deadline)
        there = mine.registered
        if there is not None and there.state is not EmergencyState.FAILED:
            if there.is_of(reference, address):
                return there
            if there.state is EmergencyState.PENDING:
                # Of two reviews the older one might be decided last.
                raise Unavailable("DIDWW looks at the address of before.", retry_after=PATIENCE)
        if why := mine.refused(reference):
            raise Rejected(why, reason=Reason.INVALID)
        rule = self._emergency_rule(mine, address, deadline)
        person = self._person(mine, rule, number, address, reference, deadline)
        self._check(rule, person, deadline)
        return self._show(mine, person, reference, deadline)

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read the number, its service and the last review of it."""
        return self._number(number, carrier_reference, deadline).registered

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Cancel the number's service, or take the number out of one that others have too."""
        mine = self._number(number, carrier_reference, deadline)
        if mine.registered is None:
            return
        if mine.service is None or mine.service.status == "in_process":
            raise Unavailable("DIDWW cancels nothing that it sets up.", retry_after=PATIENCE)
        if mine.service.numbers - {mine.id}:
            # Said by the SDK's examples and the documentation, in none of the field map.
            nothing = {"emergency_calling_service": link(SERVICES, "")}
            content = body_of("dids", id_=mine.id, relationships=nothing)
            self.wire.write(
                "PATCH", f"dids/{mine.id}", content=content, parse=row_from, deadline=deadline
            )
        else:
            self.wire.delete(f"{SERVICES}/{mine.service.id}", deadline=deadline)

    def _number(self, number: E164, carrier_reference: str, deadline: Deadline) -> Number:
        found = (
            self.wire.there(
                f"dids/{carrier_reference}",
                services.INCLUDE,
                lambda body: services.number_from(body, row_from(body)),
                deadline,
            )
            if carrier_reference
            else self.wire.read(
                "dids",
                params=[("filter[number]", payloads.written(number)), services.INCLUDE],
                parse=lambda body: next(
                    (
                        services.number_from(body, row)
                        for row in rows_from(body)
                        if payloads.number_of(row["attributes"]["number"]) == number
                        and not row["attributes"]["terminated"]
                    ),
                    None,
                ),
                deadline=deadline,
            )
        )
        if found is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        if found.service or found.review:
            return found
        waiting = self.wire.pages(
            REVIEWS,
            services.WAITING,
            services.waiting_from,
            deadline,
            filters=[("filter[status]", services.PENDING)],
        )
        return found.with_waiting(dict(waiting))

    def _emergency_rule(self, mine: Number, address: Address, deadline: Deadline) -> Rule:
        rule = self.wire.read(
            RULES,
            params=[
                ("filter[country.id]", mine.country),
                ("filter[did_group_type.id]", mine.type),
            ],
            parse=services.rule_from,
            deadline=deadline,
        )
        if rule is None:
            raise Rejected(
                f"DIDWW has no emergency calling for such a number in {address.country}.",
                reason=Reason.NOT_ALLOWED,
            )
        return rule

    def _person(
        self,
        mine: Number,
        rule: Rule,
        number: E164,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Person:
        who, where = services.who(address, number), services.where(address)
        if mine.person:
            person = Person(id=mine.person, name="", made_at="")
            return papers.at_address(self.wire, person, where, reference, deadline)
        if unknown := [name for key, name in rule.fields.items() if key not in who]:
            raise Rejected(
                f"DIDWW asks for {', '.join(unknown)} of whoever is there. Enter that, with the "
                "address, in its panel.",
                reason=Reason.DOCUMENTS_MISSING,
            )
        for person in papers.persons(self.wire, reference, deadline):
            # Made for another number of the place.
            if person.rule == rule.id:
                return papers.at_address(self.wire, person, where, reference, deadline)
        answers: dict[str, Answer] = {**who, ADDRESS: where}
        return papers.made_person(self.wire, rule, answers, reference, deadline)

    def _check(self, rule: Rule, person: Person, deadline: Deadline) -> None:
        relationships = {
            "emergency_requirement": link(RULES, rule.id),
            "address": link(papers.ADDRESSES, person.address),
            "identity": link(papers.IDENTITIES, person.id),
        }
        problems = self.wire.validate(
            CHECKS,
            content=body_of(CHECKS, relationships=relationships),
            parse=lambda body: problems_from(body, rule),
            deadline=deadline,
        )
        if problems:
            raise Rejected(" ".join(one.words for one in problems), reason=Reason.INVALID)

    def _show(self, mine: Number, person: Person, reference: str, deadline: Deadline) -> Registered:
        relationships = {"address": link(papers.ADDRESSES, person.address)}
        if mine.service is not None and mine.service.status in services.OPEN:
            relationships["emergency_calling_service"] = link(SERVICES, mine.service.id)
        else:
            relationships["dids"] = links("dids", [mine.id])
        attributes = {
            "external_reference_id": f"{reference}:{mine.id}",
            **callback(self.webhook_url),
        }
        row = papers.make(self.wire, REVIEWS, attributes, relationships, deadline)
        review = services.review_from(row)
        return Registered(
            state=EmergencyState.PENDING, carrier_reference=review.id, our_reference=reference
        )

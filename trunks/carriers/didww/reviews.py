"""Reviews at DIDWW: somebody there looks at numbers with whoever they are for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lib.e164 import E164
from trunks.carriers.didww import payloads
from trunks.carriers.didww.documents import Row, link, links, rows_from
from trunks.carriers.didww.papers import ADDRESSES, FILES, Person, digest, make, stored
from trunks.carriers.didww.regulations import ONETIME, USE, Rule
from trunks.carriers.didww.wire import Wire
from trunks.deadlines import Deadline
from trunks.regulation import Dossier, File

REVIEWS = "address_verifications"
REFUSED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Review:
    """One look of the carrier at some numbers."""

    name: str
    status: str
    made_at: str
    numbers: frozenset[str]
    minds: tuple[str, ...] = ()


def awaiting(wire: Wire, numbers: Collection[E164], deadline: Deadline) -> set[str]:
    """Give the identifiers of those numbers that somebody still has to be registered for."""
    if not numbers:
        return set()
    found = wire.pages(
        "dids",
        None,
        lambda body: [
            (payloads.number_of(row["attributes"]["number"]), row["id"])
            for row in rows_from(body)
            if row["attributes"]["awaiting_registration"] and not row["attributes"]["terminated"]
        ],
        deadline,
        filters=[("filter[awaiting_registration]", "true")],
    )
    return {id_ for number, id_ in found if number in numbers}


def of_person(wire: Wire, person: Person, deadline: Deadline) -> list[Review]:
    """Read all reviews of an address, the newest last."""
    found = wire.pages(
        REVIEWS,
        ("include", "dids"),
        lambda body: [_review_from(row) for row in rows_from(body)],
        deadline,
        filters=[("filter[address.id]", person.address)],
    )
    return sorted(found, key=lambda one: one.made_at)


def state_of(names: Iterable[str]) -> str:
    """Tell in short which proofs are there."""
    return digest(sorted(names))


def ask_for_review(
    wire: Wire,
    rule: Rule,
    dossier: Dossier,
    person: Person,
    numbers: Collection[str],
    *,
    name: str,
    deadline: Deadline,
) -> Review:
    """Have numbers looked at."""
    attributes = {"external_reference_id": name}
    if rule.asks_use:
        attributes[USE] = str(dossier.answers.get(USE, ""))
    relationships = {
        "address": link(ADDRESSES, person.address),
        "dids": links("dids", sorted(numbers)),
    }
    once = dossier.answers.get(ONETIME)
    if isinstance(once, File):
        file = stored(wire, once, f"{name}:{once.sha256[:12]}", deadline)
        relationships["onetime_files"] = links(FILES, [file])
    row = make(wire, REVIEWS, attributes, relationships, deadline)
    told = row["attributes"]
    return Review(
        name=name,
        status=str(told["status"]),
        made_at=str(told["created_at"]),
        numbers=frozenset(numbers),
    )


def review_name(rule: Rule, dossier: Dossier, state: str, reference: str) -> str:
    """Say in a name what a review is shown."""
    once = dossier.answers.get(ONETIME)
    use = dossier.answers.get(USE) if rule.asks_use else ""
    told = digest(str(use), once.sha256 if isinstance(once, File) else "")
    return f"{reference}:{state}:{told}"


def _review_from(row: Row) -> Review:
    told = row["attributes"]
    minds = [*(told.get("reject_reasons") or ()), told.get("reject_comment")]
    return Review(
        name=str(told.get("external_reference_id") or ""),
        status=str(told["status"]).lower(),
        made_at=str(told.get("created_at") or ""),
        numbers=frozenset(str(one["id"]) for one in row["relationships"]["dids"]["data"]),
        minds=tuple(str(words) for words in minds if words),
    )

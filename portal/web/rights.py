"""Roles and rights in words: what people read before they hand one out."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Kind, Role
from accounts.permissions import OF_KIND, Permission, permissions_of

P = Permission

ROLES = {
    Role.OWNER: "does everything, API clients included",
    Role.MANAGER: "does everything but let programs in",
    Role.OPERATOR: "works with numbers and orders; no people, no settings",
    Role.FINANCE: "looks at money and the journal",
    Role.VIEWER: "looks at numbers and organizations",
}
"""Each role in a few words; the rights themselves stand in accounts.permissions."""

RIGHTS: dict[str, dict[Permission, str]] = {
    "Numbers": {
        P.VIEW_NUMBERS: "see numbers and where they ring",
        P.SEARCH_NUMBERS: "search the carriers for numbers",
        P.ORDER_NUMBERS: "buy numbers, and see orders",
        P.ALLOT_NUMBERS: "hand numbers of the stock to organizations below, or offer them",
        P.CLAIM_NUMBERS: "take offered numbers",
        P.ASSIGN_NUMBERS: "choose where numbers ring; labels and tags",
        P.GIVE_BACK_NUMBERS: "give numbers back",
        P.RELEASE_NUMBERS: "return numbers to their carrier",
    },
    "Organizations": {
        P.VIEW_ORGANIZATIONS: "see the organization and those below it",
        P.MANAGE_TENANTS: "create tenants and change their limits",
        P.MANAGE_DEALERS: "create dealers and change their limits",
        P.HALT_ORGANIZATIONS: "suspend organizations below, and let them go on",
        P.ACT_FOR: "act for organizations below",
        P.KEEP_DOCUMENTS: "keep documents, such as identities and proofs of address, and read them",
    },
    "People and programs": {
        P.MANAGE_PEOPLE: "invite people, change their roles, show them out",
        P.MANAGE_API_CLIENTS: "let programs in by API clients",
        P.VIEW_JOURNAL: "read the journal",
        P.DO_TASKS: "do tasks that wait for a person",
    },
    "Money": {
        P.VIEW_MONEY: "see balances",
        P.MANAGE_MONEY: "set credit limits and credit accounts below",
        P.MANAGE_RATES: "keep exchange rates",
    },
    "Network": {
        P.MANAGE_CARRIERS: "look after carrier accounts and trunks",
        P.MANAGE_PBXS: "look after PBXs",
    },
}
"""Every right in words, by what it is about."""


@dataclass(frozen=True)
class Line:
    """One right, and for each role whether it includes it."""

    words: str
    roles: list[tuple[str, bool]]


def table(kind: str) -> dict[str, list[Line]]:
    """Say what each role may do in an organization of a kind, by heading."""
    return {
        heading: [_line(right, words, kind) for right, words in rights.items()]
        for heading, rights in _within(OF_KIND[Kind(kind)]).items()
    }


def grouped(rights: frozenset[Permission]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give rights by heading, each with its words, as fields offer choices."""
    return [
        (heading, [(str(right), words) for right, words in within.items()])
        for heading, within in _within(rights).items()
    ]


def _within(rights: frozenset[Permission]) -> dict[str, dict[Permission, str]]:
    kept = {
        heading: {right: words for right, words in group.items() if right in rights}
        for heading, group in RIGHTS.items()
    }
    return {heading: group for heading, group in kept.items() if group}


def _line(right: Permission, words: str, kind: str) -> Line:
    return Line(words, [(role.label, right in permissions_of(role, kind)) for role in Role])

"""
What is done at a carrier, operation by operation: by its interface, by a person, or not at all.

Screens, API, refusals and `docs/carriers.md` read it from here. What an interface does follows from
the roles that an adapter plays; what a person does, its class declares (`Carrier.by_hand`), as it
may say in its own words why something is not done there (`Carrier.not_done`), or only in part
(`Carrier.in_part`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trunks import roles
from trunks.operations import Operation, Way
from trunks.roles import Carrier

_O = Operation


@dataclass(frozen=True)
class Capability:
    """
    How one operation is done at a carrier.

    :ivar reason: why so, as a sentence for staff that names the next step where there is one
    """

    operation: Operation
    way: Way
    reason: str


@dataclass(frozen=True)
class _Plays:
    """
    What does an operation by interface.

    :ivar does: what the portal does there, as a sentence
    :ivar lacks: why not, where a carrier has no such interface; `{name}` names it
    :ivar by_person: whether a person does it wherever an interface lacks it
    """

    role: type[object]
    does: str
    lacks: str
    by_person: bool = False


_ROLES: Mapping[Operation, _Plays] = {
    _O.SEARCH: _Plays(
        roles.SearchesNumbers,
        "Searches ask it for numbers for sale.",
        "{name} cannot be searched through its interface. Only numbers of its lists are offered.",
    ),
    _O.LOOK_AGAIN: _Plays(
        roles.LooksAgain,
        "A number that was found a while ago is looked at again before it is ordered.",
        "{name} is not asked again for one number. Whether it is still there, the order tells.",
    ),
    _O.HOLD: _Plays(
        roles.HoldsNumbers,
        "A number can be held there before it is ordered.",
        "{name} keeps no numbers for anybody. Order at once what must not be lost.",
    ),
    _O.ORDER: _Plays(
        roles.SellsNumbers,
        "Numbers are bought by its interface.",
        "{name} sells no numbers through its interface. Choose another carrier.",
    ),
    _O.RELEASE: _Plays(
        roles.SellsNumbers,
        "Numbers are given back by its interface.",
        "{name} takes no numbers back through its interface. Have it done in its portal.",
    ),
    _O.LIST: _Plays(
        roles.ListsNumbers,
        "Its full list is compared with stock.",
        "{name} gives no list of its numbers through its interface. Compare with a list of its "
        "portal.",
    ),
    _O.ROUTE: _Plays(
        roles.RoutesNumbers,
        "Numbers are delivered to a trunk by its interface.",
        "{name} takes no trunk through its interface. Have its numbers routed in its portal.",
    ),
    _O.MAKE_TRUNKS: _Plays(
        roles.ManagesTrunks,
        "Trunks are made there by its interface.",
        "{name} makes no trunks through its interface. Make it in its portal, then describe it "
        "here as made by hand.",
    ),
    _O.LOCK: _Plays(
        roles.LocksDeletion,
        "Numbers in stock are locked there, so that nobody deletes them by mistake.",
        "{name} has no lock. Whoever may use its portal may delete numbers there.",
    ),
    _O.CALLER_NAMES: _Plays(
        roles.SetsCallerName,
        "The name that a number's calls show is listed by its interface.",
        "{name} lists no names through its interface. A task asks a person for each.",
        by_person=True,
    ),
    _O.TEXTS: _Plays(
        roles.EnablesMessaging,
        "Where a number's text messages go is set by its interface.",
        "{name} routes no text messages through its interface. A task asks a person for each.",
        by_person=True,
    ),
    _O.CAMPAIGNS: _Plays(
        roles.RegistersCampaigns,
        "Brands and campaigns for text messages are registered by its interface.",
        "{name} registers no campaigns through its interface. A task asks a person for each.",
        by_person=True,
    ),
    _O.JOIN: _Plays(
        roles.JoinsCampaigns,
        "Numbers join campaigns, and leave them, by its interface.",
        "{name} lets no number join a campaign through its interface. A task asks a person for "
        "each.",
        by_person=True,
    ),
    _O.TOLL_FREE: _Plays(
        roles.VerifiesTollFree,
        "Toll-free numbers are verified for text messages by its interface.",
        "{name} verifies no toll-free numbers through its interface. A task asks a person for "
        "each.",
        by_person=True,
    ),
    _O.ADDRESSES: _Plays(
        roles.ChecksAddresses,
        "Emergency addresses are looked at by its interface.",
        "{name} looks at no addresses through its interface. Another carrier is asked, or a "
        "person.",
    ),
    _O.EMERGENCY: _Plays(
        roles.RegistersEmergency,
        "Its numbers are registered for emergency calls by its interface.",
        "{name} takes no emergency addresses through its interface. A task asks a person for each.",
        by_person=True,
    ),
    _O.DOCUMENTS: _Plays(
        roles.AsksForDocuments,
        "What it asks for is read, and handed in, by its interface.",
        "{name} takes no documents through its interface. Write down on the account's page what it "
        "asks for; a task asks a person to hand it in.",
        by_person=True,
    ),
    _O.BALANCE: _Plays(
        roles.ReportsBalance,
        "Each check reads the balance.",
        "{name} tells no balance through its interface. Look into its portal, and write it down on "
        "the account's page.",
    ),
    _O.MESSAGES: _Plays(
        roles.SendsEvents,
        "It says by signed messages when an order is done.",
        "{name} sends no signed messages. The portal asks how far an order is.",
    ),
}


def role_of(operation: Operation) -> type[object]:
    """Give the role whose adapters do an operation by interface."""
    return _ROLES[operation].role


def of(adapter: type[Carrier]) -> dict[Operation, Capability]:
    """Tell of each operation how it is done at a carrier."""
    return {operation: capability(adapter, operation) for operation in Operation}


def capability(adapter: type[Carrier], operation: Operation) -> Capability:
    """Tell how one operation is done at a carrier."""
    plays = _ROLES[operation]
    if operation in adapter.by_hand:
        # Before the role: an adapter by hand plays it by asking a person.
        return Capability(operation, Way.MANUAL, adapter.by_hand[operation])
    if issubclass(adapter, plays.role):
        return Capability(operation, Way.API, adapter.in_part.get(operation) or plays.does)
    why = adapter.not_done.get(operation) or lacking(operation, adapter.name)
    return Capability(operation, Way.MANUAL if plays.by_person else Way.NONE, why)


def works_by_hand(adapter: type[Carrier]) -> bool:
    """Tell whether nothing at all is done at a carrier by its interface."""
    return all(way(adapter, operation) != Way.API for operation in Operation)


def way(adapter: type[Carrier], operation: Operation) -> Way:
    """Tell by which way an operation is done at a carrier."""
    return capability(adapter, operation).way


def why_not(adapter: type[Carrier], operation: Operation) -> str:
    """Say to staff why an operation is not done by interface, and what to do instead."""
    return capability(adapter, operation).reason


def lacking(operation: Operation, who: str) -> str:
    """
    Say that an interface lacks an operation.

    :param who: names the carrier, or begins the sentence for those who must not know which it is
    """
    return _ROLES[operation].lacks.format(name=who)

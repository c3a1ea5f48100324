"""What each kind of task asks of a person, who may do it, and what others read meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from accounts.actors import Actor
from accounts.permissions import Permission
from dids.models import TaskKind

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """
    What is asked of whoever does a task.

    :ivar permission: the right that it takes
    :ivar within: how soon it should be done
    :ivar title: with `{what}` for the thing
    :ivar happened: what came to pass, and what it means
    :ivar steps: what to do, one after the other
    :ivar then: what happens next, in words that everybody who sees the thing may read
    """

    permission: Permission
    within: timedelta
    title: str
    happened: str
    steps: tuple[str, ...]
    then: str

    @property
    def instructions(self) -> str:
        """Give it all as one text."""
        return " ".join((self.happened, *self.steps))


ASKS: Mapping[TaskKind, Ask] = {
    TaskKind.BOUGHT_LATE: Ask(
        permission=Permission.ALLOT_NUMBERS,
        within=24 * HOUR,
        title="{what} was bought after its order had failed",
        happened=(
            "The order had ended and its money had gone back when the purchase was seen. The "
            "number is in your stock at your cost."
        ),
        steps=(
            "Decide what becomes of it.",
            "Allot it, offer it or release it: the task then closes by itself.",
            "To keep it on the shelf, complete this task.",
        ),
        then="Somebody decides what becomes of it.",
    ),
    TaskKind.NOT_POINTED: Ask(
        permission=Permission.ASSIGN_NUMBERS,
        within=4 * HOUR,
        title="{what} was bought, but points nowhere",
        happened="It could not be pointed where its order said.",
        steps=(
            "Put right what stood in the way.",
            "Complete this task to point it where the order said.",
            "Or point it elsewhere: the task then closes by itself.",
        ),
        then="Somebody points it at a destination.",
    ),
    TaskKind.BINDING_FAILED: Ask(
        permission=Permission.ASSIGN_NUMBERS,
        within=4 * HOUR,
        title="{what} is not delivered to us",
        happened="The carrier does not deliver its calls to our trunk.",
        steps=(
            "Look into the carrier's words and the trunk.",
            "Put right what is wrong there.",
            "Complete this task: the carrier is asked again.",
        ),
        then="Somebody looks into it and has the carrier asked again.",
    ),
    TaskKind.DISCONNECT_REFUSED: Ask(
        permission=Permission.RELEASE_NUMBERS,
        within=24 * HOUR,
        title="{what} was not taken back",
        happened="The carrier refuses to disconnect it, and it goes on costing money.",
        steps=(
            "Look into the carrier's words, for example a deletion lock in its portal.",
            "Put right what is wrong, and complete this task: it is asked again.",
            "To keep the number, cancel its release.",
        ),
        then="Somebody looks into it and has the carrier asked again.",
    ),
    TaskKind.CREDENTIALS_REFUSED: Ask(
        permission=Permission.MANAGE_CARRIERS,
        within=HOUR,
        title="{what} refuses our credentials",
        happened="Nothing can be bought, bound or released there until it accepts them.",
        steps=(
            "Put in valid credentials with all permissions that are needed.",
            "Complete this task: the account is checked at once.",
        ),
        then="Somebody gives the portal access again.",
    ),
    TaskKind.UNKNOWN_WORD: Ask(
        permission=Permission.ORDER_NUMBERS,
        within=24 * HOUR,
        title="The carrier says a word about {what} that we don't know",
        happened="The order waits, and nothing is sent again.",
        steps=(
            "Ask the carrier what the word means.",
            "See to what it waits for.",
            "Complete this task to have the order read at once.",
        ),
        then="Somebody asks the carrier what it waits for.",
    ),
    TaskKind.ORDER_UNCERTAIN: Ask(
        permission=Permission.ORDER_NUMBERS,
        within=4 * HOUR,
        title="It is not known whether {what} was bought",
        happened=(
            "The order was sent, no trustworthy answer came, and it could not be looked up in "
            "time. It is never sent again."
        ),
        steps=(
            "See to it that the carrier can be asked.",
            "Complete this task to have it looked up at once.",
        ),
        then="Somebody finds out at the carrier.",
    ),
    TaskKind.FEATURE_BY_HAND: Ask(
        permission=Permission.ASSIGN_NUMBERS,
        within=2 * 24 * HOUR,
        title="Set up {what} at its carrier",
        happened="The carrier does not take it by its interface, or could not be asked there.",
        steps=(
            "Look in the carrier's portal whether it is there already.",
            "Set up there what is wanted; it stands in this task.",
            "Complete this task once it is in force.",
            "Where the carrier refuses it, say so with its words: whoever asked reads that it was "
            "refused.",
        ),
        then="Somebody sets it up at the carrier.",
    ),
    TaskKind.FEATURE_REMOVAL: Ask(
        permission=Permission.ASSIGN_NUMBERS,
        within=24 * HOUR,
        title="Take {what} off at its carrier",
        happened="It is not wanted any more, and its carrier does not take that by its interface.",
        steps=(
            "Take it off in the carrier's portal.",
            "Complete this task: what waits for it then goes on.",
        ),
        then="Somebody takes it off at the carrier.",
    ),
    TaskKind.FEATURE_LAPSED: Ask(
        permission=Permission.ASSIGN_NUMBERS,
        within=24 * HOUR,
        title="See why {what} is not in force any more",
        happened="It was in force, and its carrier suspended it, ended it or looks at it again.",
        steps=(
            "Read here, and in the carrier's portal, what the carrier minds.",
            "Tell whoever has it what to correct. They correct it on its page, and it is "
            "registered once more.",
            "Complete this task. It closes by itself once it is in force again.",
        ),
        then="Somebody finds out why the carrier ended it.",
    ),
    TaskKind.CARRIER_ORDER: Ask(
        permission=Permission.ORDER_NUMBERS,
        within=48 * HOUR,
        title="{what} to be ordered by hand",
        happened="The carrier has no interface for orders, so that somebody orders there.",
        steps=(
            "Order the numbers at the carrier.",
            "Write down what became of each; whatever is not decided yet can wait.",
        ),
        then="A person at the provider orders it at the carrier by hand.",
    ),
    TaskKind.CARRIER_RELEASE: Ask(
        permission=Permission.RELEASE_NUMBERS,
        within=120 * HOUR,
        title="{what} to be ceased by hand",
        happened="The carrier has no interface for ceasing, so that somebody has it done there.",
        steps=(
            "Have it ceased at the carrier.",
            "Complete this task once the carrier has confirmed it; of many numbers, write down "
            "what became of each.",
        ),
        then="A person at the provider has it ceased at the carrier.",
    ),
    TaskKind.CARRIER_ROUTE: Ask(
        permission=Permission.ASSIGN_NUMBERS,
        within=48 * HOUR,
        title="{what} to be delivered elsewhere by hand",
        happened="The carrier has no interface for routes, so that somebody has it done there.",
        steps=(
            "Have the number delivered to the trunk at the carrier.",
            "Complete this task once calls arrive there.",
        ),
        then="A person at the provider has the carrier deliver it to us.",
    ),
    TaskKind.CHECK_ADDRESS: Ask(
        permission=Permission.MANAGE_CARRIERS,
        within=8 * HOUR,
        title="The emergency address of {what} is to be checked",
        happened="No carrier that is connected can look at it, so numbers there cannot be used.",
        steps=(
            "Look the address up, for example in the carrier's own portal.",
            "Complete this task where help would find it: the location becomes active.",
            "Otherwise say why it cannot be done: the location is sent back with your reason.",
        ),
        then="Somebody of the provider looks at the address.",
    ),
    TaskKind.REGISTER_EMERGENCY: Ask(
        permission=Permission.MANAGE_CARRIERS,
        within=8 * HOUR,
        title="Enter {what} at its carrier",
        happened="Its carrier takes the address from a person only.",
        steps=(
            "Enter the address of the number at the carrier.",
            "Complete this task once the carrier has accepted it.",
            "Otherwise say why it cannot be done: the registration counts as refused.",
        ),
        then="Somebody of the provider enters the address at the carrier.",
    ),
    TaskKind.REMOVE_EMERGENCY: Ask(
        permission=Permission.MANAGE_CARRIERS,
        within=24 * HOUR,
        title="Remove {what} at its carrier",
        happened="It is not wanted any more, and its carrier takes that from a person only.",
        steps=(
            "Remove the address of the number at the carrier.",
            "Complete this task: what waits for it goes on.",
        ),
        then="Somebody of the provider removes the address at the carrier.",
    ),
    TaskKind.EMERGENCY_REJECTED: Ask(
        permission=Permission.MANAGE_CARRIERS,
        within=4 * HOUR,
        title="Look into {what}, which was refused",
        happened="Its carrier refused. Help might be sent to the wrong place, or nowhere.",
        steps=(
            "Look into the carrier's words and the address.",
            "Put right what is wrong, with the holder where it is the address.",
            "Complete this task: the carrier is asked again.",
        ),
        then="Somebody of the provider looks into it and has the carrier asked again.",
    ),
    TaskKind.INVESTIGATE: Ask(
        permission=Permission.MANAGE_CARRIERS,
        within=24 * HOUR,
        title="Find out why carrier and stock differ about {what}",
        happened="A comparison with the carrier's list found a difference, which is still open.",
        steps=(
            "Ask the carrier, or look in its portal.",
            "Settle the difference on the account's page of differences, or leave it there with a "
            "reason: this task then closes by itself.",
        ),
        then="Somebody of the provider asks the carrier.",
    ),
}

BY_HAND = frozenset({TaskKind.CARRIER_ORDER, TaskKind.CARRIER_RELEASE, TaskKind.CARRIER_ROUTE})
"""Those in which a person plays the carrier: how they end is the carrier's answer."""


def kinds_for(actor: Actor) -> list[str]:
    """Give the kinds of task that an actor may do."""
    return [str(kind) for kind, ask in ASKS.items() if actor.may(ask.permission)]

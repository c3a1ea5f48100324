"""
Every status of this app, the moves between them, and who looks after what does not rest.

This is the page to read first. `manage.py states_page` writes docs/states.md from it, and
`dids.waiting` answers "why not yet?" from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import models

from lib.transitions import Edges


class NumberStatus(models.TextChoices):
    """Where a number is in its life."""

    AVAILABLE = "AVAILABLE", "Available"
    RESERVED = "RESERVED", "Offered"
    ASSIGNED = "ASSIGNED", "With a tenant"
    IN_SERVICE = "IN_SERVICE", "In service"
    QUARANTINE = "QUARANTINE", "In quarantine"
    RELEASING = "RELEASING", "Being released"
    RELEASED = "RELEASED", "Released"


class OfferStatus(models.TextChoices):
    """What became of an offer to a buyer or to all below."""

    OPEN = "OPEN", "Open"
    CLAIMED = "CLAIMED", "Claimed"
    TAKEN = "TAKEN", "Taken by somebody else"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    EXPIRED = "EXPIRED", "Expired"


class BindingStatus(models.TextChoices):
    """Whether the carrier delivers a number to the trunk we want."""

    WANTED = "WANTED", "Wanted"
    BINDING = "BINDING", "Being bound"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    BY_HAND = "BY_HAND", "With a person"
    BOUND = "BOUND", "Bound"
    FAILED = "FAILED", "Failed"


class SearchStatus(models.TextChoices):
    """Whether a search's offers may still be ordered."""

    OPEN = "OPEN", "Open"
    EXPIRED = "EXPIRED", "Expired"


class HoldStatus(models.TextChoices):
    """Whether a carrier keeps a number for us before it is ordered."""

    WANTED = "WANTED", "Wanted"
    HOLDING = "HOLDING", "Being held"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    HELD = "HELD", "Held"
    USED = "USED", "Used by an order"
    LET_GO = "LET_GO", "Let go"
    EXPIRED = "EXPIRED", "Expired"
    REFUSED = "REFUSED", "Not held"


class OrderStatus(models.TextChoices):
    """How far an order has come."""

    DRAFT = "DRAFT", "Preview"
    SUBMITTED = "SUBMITTED", "Submitted"
    COMPLETED = "COMPLETED", "Completed"
    PARTLY_COMPLETED = "PARTLY_COMPLETED", "Partly completed"
    FAILED = "FAILED", "Failed"
    DISCARDED = "DISCARDED", "Discarded"


class LineStatus(models.TextChoices):
    """What became of one number of an order."""

    DRAFT = "DRAFT", "Preview"
    WAITING = "WAITING", "Being bought"
    BOUGHT = "BOUGHT", "Bought"
    FAILED = "FAILED", "Failed"
    DISCARDED = "DISCARDED", "Discarded"


class CarrierOrderStatus(models.TextChoices):
    """Where the one outside write of a carrier order stands."""

    DOCUMENTS = "DOCUMENTS", "Waiting for documents"
    WAITING = "WAITING", "Waiting to be sent"
    PLACING = "PLACING", "Being sent"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    PLACED = "PLACED", "Accepted by the carrier"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"


class ReleaseStatus(models.TextChoices):
    """How far the return of a number to its carrier has come."""

    SCHEDULED = "SCHEDULED", "Scheduled"
    UNROUTED = "UNROUTED", "Taken out of the routes"
    CLEARED = "CLEARED", "Taken off registers"
    UNBINDING = "UNBINDING", "Being unbound"
    UNBOUND = "UNBOUND", "Unbound"
    DISCONNECTING = "DISCONNECTING", "Being disconnected"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    BY_HAND = "BY_HAND", "With a person"
    REFUSED = "REFUSED", "Refused by the carrier"
    DONE = "DONE", "Done"
    CANCELLED = "CANCELLED", "Cancelled"


class TaskStatus(models.TextChoices):
    """Whether a person still has to act."""

    OPEN = "OPEN", "Open"
    TAKEN = "TAKEN", "Taken by a person"
    WAITING_CARRIER = "WAITING_CARRIER", "Waiting for the carrier"
    DONE = "DONE", "Done"
    ABANDONED = "ABANDONED", "Cannot be done"
    DROPPED = "DROPPED", "Closed by itself"


class AuditStatus(models.TextChoices):
    """How far the comparison of a carrier's list with our stock has come."""

    WANTED = "WANTED", "Wanted"
    READING = "READING", "Being read"
    DONE = "DONE", "Compared"
    NOT_BELIEVED = "NOT_BELIEVED", "Too short to be believed"
    FAILED = "FAILED", "Could not be read"


class FindingStatus(models.TextChoices):
    """What became of a difference between a carrier and our stock."""

    OPEN = "OPEN", "To be decided"
    SETTLED = "SETTLED", "Settled"
    DISMISSED = "DISMISSED", "Left as it is"
    CLEARED = "CLEARED", "Gone by itself"


class FeatureStatus(models.TextChoices):
    """How far something stands that a carrier does beside carrying calls."""

    OFF = "OFF", "Off"
    WANTED = "WANTED", "Wanted"
    SETTING = "SETTING", "Being set up"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    SUBMITTED = "SUBMITTED", "With the carrier"
    BY_HAND = "BY_HAND", "Being set up by a person"
    ACTIVE = "ACTIVE", "In force"
    REJECTED = "REJECTED", "Refused"
    UNWANTED = "UNWANTED", "To be taken off"
    REMOVING = "REMOVING", "Being taken off"
    REMOVAL_BY_HAND = "REMOVAL_BY_HAND", "Being taken off by a person"


class ImportStatus(models.TextChoices):
    """How far an uploaded list has come on its way into stock."""

    UPLOADED = "UPLOADED", "Uploaded"
    CHECKING = "CHECKING", "Being checked"
    CHECKED = "CHECKED", "Checked"
    APPLYING = "APPLYING", "Being applied"
    APPLIED = "APPLIED", "Applied"
    DISCARDED = "DISCARDED", "Discarded"


class DocumentStatus(models.TextChoices):
    """Whether a document may be read and sent."""

    ARRIVING = "ARRIVING", "Being stored"
    UNSCANNED = "UNSCANNED", "Not scanned"
    PENDING = "PENDING", "Waiting to be scanned"
    CLEAN = "CLEAN", "Clean"
    INFECTED = "INFECTED", "Infected"
    ERASING = "ERASING", "Being erased"
    ERASED = "ERASED", "Erased"


class BackOrderStatus(models.TextChoices):
    """How far the search for what no carrier had yet has come."""

    WAITING = "WAITING", "Waiting for the next look"
    LOOKING = "LOOKING", "Being looked for"
    OFFERED = "OFFERED", "Found, to be decided"
    ORDERING = "ORDERING", "Being bought"
    PAUSED = "PAUSED", "Paused"
    FULFILLED = "FULFILLED", "Fulfilled"
    EXPIRED = "EXPIRED", "Expired"
    CANCELLED = "CANCELLED", "Cancelled"


class LocationStatus(models.TextChoices):
    """Whether help would find an emergency location."""

    DRAFT = "DRAFT", "Not checked yet"
    VALIDATING = "VALIDATING", "Being checked"
    WITH_PERSON = "WITH_PERSON", "Being checked by a person"
    ACTIVE = "ACTIVE", "Active"
    REJECTED = "REJECTED", "Not accepted"
    RETIRED = "RETIRED", "Retired"


@dataclass(frozen=True)
class Wait:
    """
    What a thing waits for in a status that is not final.

    :ivar stale_after: after that long the sweep looks at it; None where it may rest for ever
    :ivar sweep: the function of `dids.workflows.sweeps` that picks it up
    :ivar who: who is awaited, in words that everybody may read
    :ivar then: what happens next
    """

    stale_after: timedelta | None
    sweep: str
    who: str
    then: str


@dataclass(frozen=True)
class Lifecycle:
    """All moves of one kind of thing."""

    title: str
    about: str
    edges: Edges
    waits: Mapping[str, Wait]


def _lifecycle(
    title: str, about: str, edges: dict[str, tuple[str, ...]], waits: dict[str, Wait]
) -> Lifecycle:
    stale_after = {status: wait.stale_after for status, wait in waits.items()}
    return Lifecycle(title, about, Edges(edges, stale_after=stale_after), waits)


def rests(then: str) -> Wait:
    """Declare a status in which nobody is awaited."""
    return Wait(None, "", "nobody", then)


SECONDS_5 = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)

_N, _O, _B, _S = NumberStatus, OfferStatus, BindingStatus, SearchStatus
_R, _L, _C, _E = OrderStatus, LineStatus, CarrierOrderStatus, ReleaseStatus
_T, _H = TaskStatus, HoldStatus
_A, _F, _I = AuditStatus, FindingStatus, ImportStatus
_X = FeatureStatus
_D = DocumentStatus
_P = LocationStatus

NUMBER = _lifecycle(
    "Number",
    "A phone number from the day it was bought. A released row is history: it never blocks the "
    "number's return.",
    {
        # From stock to stock: a dealer below gets it.
        _N.AVAILABLE: (_N.AVAILABLE, _N.RESERVED, _N.ASSIGNED, _N.QUARANTINE, _N.RELEASING),
        _N.RESERVED: (_N.AVAILABLE, _N.ASSIGNED),
        _N.ASSIGNED: (_N.IN_SERVICE, _N.AVAILABLE, _N.QUARANTINE),
        _N.IN_SERVICE: (_N.ASSIGNED, _N.AVAILABLE, _N.QUARANTINE),
        # Whoever gave it back too early takes it again.
        _N.QUARANTINE: (_N.AVAILABLE, _N.ASSIGNED, _N.RELEASING),
        _N.RELEASING: (_N.AVAILABLE, _N.QUARANTINE, _N.RELEASED),
    },
    {
        _N.AVAILABLE: rests("It can be allotted, offered or released."),
        _N.RESERVED: Wait(
            MINUTE, "end_offers", "the buyer", "The buyer claims it, or the offer ends."
        ),
        _N.ASSIGNED: rests("Point it at a destination and it is put into service."),
        _N.IN_SERVICE: rests("Calls ring where it points."),
        _N.QUARANTINE: Wait(
            DAY, "end_quarantines", "the calendar", "It returns to stock when its time is over."
        ),
        _N.RELEASING: Wait(MINUTE, "releases", "the release", "It goes back to the carrier."),
    },
)

OFFER = _lifecycle(
    "Offer",
    "Stock offered to one buyer or to all below. A number may be offered to several; the first "
    "claim takes it.",
    {_O.OPEN: (_O.CLAIMED, _O.TAKEN, _O.WITHDRAWN, _O.EXPIRED)},
    {
        _O.OPEN: Wait(
            DAY, "end_offers", "the buyer", "The buyer claims the number, or the offer ends."
        )
    },
)

BINDING = _lifecycle(
    "Carrier binding",
    "Where the carrier delivers the calls of a number.",
    {
        _B.WANTED: (_B.BINDING, _B.FAILED, _B.WANTED),
        _B.BINDING: (_B.BOUND, _B.UNCERTAIN, _B.BY_HAND, _B.WANTED, _B.FAILED),
        _B.UNCERTAIN: (_B.BOUND, _B.BY_HAND, _B.WANTED, _B.FAILED),
        _B.BY_HAND: (_B.BOUND, _B.WANTED, _B.FAILED),
        _B.BOUND: (_B.WANTED,),
        _B.FAILED: (_B.WANTED,),
    },
    {
        _B.WANTED: Wait(
            SECONDS_5, "bindings", "the carrier", "The carrier is asked to deliver it to us."
        ),
        _B.BINDING: Wait(
            SECONDS_5, "bindings", "the carrier", "Without an answer, the binding is read back."
        ),
        _B.UNCERTAIN: Wait(
            SECONDS_5, "bindings", "the carrier", "The binding is read back from the carrier."
        ),
        _B.BY_HAND: Wait(
            None,
            "",
            "a person at the provider",
            "Somebody has the carrier deliver it to us, and says when it does.",
        ),
        _B.BOUND: rests(
            "The carrier delivers its calls to us. A deletion lock that is missing is tried again."
        ),
        _B.FAILED: rests("Somebody of the provider must ask for the binding again."),
    },
)

SEARCH = _lifecycle(
    "Number search",
    "One question to several carriers. Its offers are deleted some time after they expired.",
    {_S.OPEN: (_S.EXPIRED,)},
    {_S.OPEN: Wait(MINUTE, "end_searches", "nobody", "Its offers expire; search again then.")},
)

HOLD = _lifecycle(
    "Carrier hold",
    "A number that its carrier keeps for us before it is ordered. A number has one hold at a time.",
    {
        _H.WANTED: (_H.HOLDING, _H.HELD, _H.USED, _H.LET_GO, _H.REFUSED),
        _H.HOLDING: (_H.HELD, _H.UNCERTAIN, _H.WANTED, _H.REFUSED),
        _H.UNCERTAIN: (_H.HELD, _H.REFUSED),
        _H.HELD: (_H.USED, _H.LET_GO, _H.EXPIRED),
    },
    {
        _H.WANTED: Wait(SECONDS_5, "holds", "the carrier", "The carrier is asked to hold it."),
        _H.HOLDING: Wait(
            SECONDS_5, "holds", "the carrier", "Without an answer, the hold is looked up."
        ),
        _H.UNCERTAIN: Wait(
            SECONDS_5,
            "holds",
            "the carrier",
            "The hold is looked up at the carrier; nothing is sent again.",
        ),
        _H.HELD: Wait(
            MINUTE, "holds", "whoever holds it", "It is ordered or let go, or the hold expires."
        ),
    },
)

ORDER = _lifecycle(
    "Order",
    "Numbers to be bought, with frozen prices and what is to happen with them once they are ours.",
    {
        _R.DRAFT: (_R.SUBMITTED, _R.DISCARDED),
        _R.SUBMITTED: (_R.COMPLETED, _R.PARTLY_COMPLETED, _R.FAILED),
    },
    {
        _R.DRAFT: Wait(DAY, "discard_drafts", "you", "Submit or discard the preview."),
        _R.SUBMITTED: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "Each number is bought or refused."
        ),
    },
)

LINE = _lifecycle(
    "Order line",
    "One number of an order. A failed line never comes back: a purchase that is seen later is kept "
    "as evidence and the number enters the provider's stock.",
    {
        _L.DRAFT: (_L.WAITING, _L.DISCARDED),
        _L.WAITING: (_L.BOUGHT, _L.FAILED),
    },
    {
        _L.DRAFT: Wait(DAY, "discard_drafts", "you", "Submit or discard the preview."),
        _L.WAITING: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "The number is bought or refused."
        ),
    },
)

CARRIER_ORDER = _lifecycle(
    "Carrier order",
    "Exactly one outside write. It is never sent again once it may have had an effect. Where a "
    "person makes it, it is accepted at once, and the task says what came of it.",
    {
        _C.DOCUMENTS: (_C.WAITING, _C.FAILED),
        _C.WAITING: (_C.PLACING, _C.FAILED),
        _C.PLACING: (_C.PLACED, _C.DONE, _C.FAILED, _C.UNCERTAIN, _C.WAITING),
        _C.UNCERTAIN: (_C.PLACED, _C.DONE, _C.FAILED),
        _C.PLACED: (_C.DONE, _C.FAILED),
    },
    {
        _C.DOCUMENTS: Wait(
            SECONDS_5,
            "filings",
            "whoever the number is for",
            "What the carrier asks for is handed in; once that is approved, the purchase goes on.",
        ),
        _C.WAITING: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "The order is sent to the carrier."
        ),
        _C.PLACING: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "Without an answer, it is looked up."
        ),
        _C.UNCERTAIN: Wait(
            SECONDS_5,
            "carrier_orders",
            "the carrier",
            "The purchase is looked up at the carrier; nothing is sent again.",
        ),
        _C.PLACED: Wait(
            SECONDS_5,
            "carrier_orders",
            "the carrier",
            "The order is read again until it is done; with a person, until the task says so.",
        ),
    },
)

RELEASE = _lifecycle(
    "Release",
    "The return of a number to its carrier: every step recorded, so that any can be resumed.",
    {
        _E.SCHEDULED: (_E.UNROUTED, _E.CANCELLED),
        _E.UNROUTED: (_E.CLEARED, _E.CANCELLED),
        _E.CLEARED: (_E.UNBINDING, _E.CANCELLED),
        _E.UNBINDING: (_E.UNBOUND, _E.CLEARED),
        _E.UNBOUND: (_E.DISCONNECTING,),
        _E.DISCONNECTING: (_E.DONE, _E.UNCERTAIN, _E.UNBOUND, _E.BY_HAND, _E.REFUSED),
        _E.UNCERTAIN: (_E.DONE, _E.UNBOUND),
        _E.BY_HAND: (_E.DONE, _E.REFUSED),
        _E.REFUSED: (_E.UNBOUND, _E.CANCELLED),
    },
    {
        _E.SCHEDULED: Wait(
            DAY, "releases", "the calendar", "On its day the number leaves the routes."
        ),
        _E.UNROUTED: Wait(
            SECONDS_5,
            "releases",
            "the carrier",
            "Its emergency registration, names and campaigns are taken off.",
        ),
        _E.CLEARED: Wait(SECONDS_5, "releases", "us", "The carrier is told to stop delivering."),
        _E.UNBINDING: Wait(SECONDS_5, "releases", "the carrier", "The step is repeated."),
        _E.UNBOUND: Wait(SECONDS_5, "releases", "us", "The number is given back to the carrier."),
        _E.DISCONNECTING: Wait(
            SECONDS_5, "releases", "the carrier", "Without an answer, the number is looked up."
        ),
        _E.UNCERTAIN: Wait(
            SECONDS_5, "releases", "the carrier", "The number is looked up at the carrier."
        ),
        _E.BY_HAND: Wait(
            None,
            "",
            "a person at the provider",
            "Somebody has it ceased at the carrier, and says when it is.",
        ),
        _E.REFUSED: rests(
            "Somebody of the provider completes its task, which repeats the step, or cancels it."
        ),
    },
)

TASK = _lifecycle(
    "Task",
    "Work that only a person can do. The same trouble has one open task at a time; completing it "
    "repeats the step that was stuck, or says what was done; what cannot be done is closed with "
    "the reason. Where a person plays the carrier, completing it is the carrier's answer.",
    {
        _T.OPEN: (_T.TAKEN, _T.DONE, _T.ABANDONED, _T.DROPPED),
        _T.TAKEN: (_T.OPEN, _T.WAITING_CARRIER, _T.DONE, _T.ABANDONED, _T.DROPPED),
        _T.WAITING_CARRIER: (_T.OPEN, _T.TAKEN, _T.DONE, _T.ABANDONED, _T.DROPPED),
    },
    {
        _T.OPEN: Wait(
            SECONDS_5,
            "close_tasks",
            "a person",
            "Somebody takes it, or it closes itself once its cause is gone.",
        ),
        _T.TAKEN: Wait(
            WEEK,
            "return_tasks",
            "whoever took it",
            "It is completed, or after a week everybody may take it again.",
        ),
        _T.WAITING_CARRIER: Wait(
            MONTH,
            "return_tasks",
            "the carrier",
            "Whoever asked the carrier completes it; after a month everybody may take it again.",
        ),
    },
)

AUDIT = _lifecycle(
    "Audit",
    "A carrier's full list, compared with our stock: read whole or not at all.",
    {
        # A worker that was killed has changed nothing: the list is read again.
        _A.WANTED: (_A.READING,),
        _A.READING: (_A.READING, _A.WANTED, _A.DONE, _A.NOT_BELIEVED, _A.FAILED),
    },
    {
        _A.WANTED: Wait(SECONDS_5, "audits", "the carrier", "The carrier's list is read."),
        _A.READING: Wait(SECONDS_5, "audits", "the carrier", "Without an end, it is read again."),
    },
)

FINDING = _lifecycle(
    "Finding",
    "A difference between a carrier's list and our stock. What to do is proposed, and done only "
    "when somebody says so; a later audit clears what is no longer so.",
    {_F.OPEN: (_F.SETTLED, _F.DISMISSED, _F.CLEARED)},
    {_F.OPEN: rests("Somebody of the provider decides.")},
)

IMPORT = _lifecycle(
    "Import",
    "A list of numbers that somebody uploaded. It is checked line by line, changes nothing before "
    "somebody applies it, and is applied whole in one step.",
    {
        _I.UPLOADED: (_I.CHECKING, _I.DISCARDED),
        # What a worker that was killed has written is written anew.
        _I.CHECKING: (_I.CHECKING, _I.CHECKED, _I.UPLOADED),
        _I.CHECKED: (_I.CHECKING, _I.APPLYING, _I.DISCARDED),
        _I.APPLYING: (_I.APPLYING, _I.APPLIED, _I.CHECKED),
    },
    {
        _I.UPLOADED: Wait(
            WEEK,
            "discard_imports",
            "whoever uploaded it",
            "Say which column is what, or discard it.",
        ),
        _I.CHECKING: Wait(SECONDS_5, "imports", "us", "Without an end, it is checked again."),
        _I.CHECKED: Wait(WEEK, "discard_imports", "whoever checked it", "Apply or discard it."),
        _I.APPLYING: Wait(SECONDS_5, "imports", "us", "Without an end, it is applied again."),
    },
)


def _feature(
    title: str, about: str, *, rejected: str, rejected_waits_for: str = "nobody"
) -> Lifecycle:
    """
    Declare something that a carrier does beside carrying calls: all of these move alike.

    :param rejected: what comes next where the carrier refused it
    :param rejected_waits_for: who is awaited then
    """
    return _lifecycle(
        title,
        f"{about} A carrier that takes it by its interface is asked there; else a person does it.",
        {
            _X.OFF: (_X.WANTED, _X.UNWANTED),
            _X.WANTED: (_X.WANTED, _X.SETTING, _X.BY_HAND, _X.REJECTED, _X.OFF, _X.UNWANTED),
            _X.SETTING: (
                *(_X.SUBMITTED, _X.ACTIVE, _X.UNCERTAIN, _X.REJECTED),
                *(_X.WANTED, _X.BY_HAND, _X.UNWANTED),
            ),
            _X.UNCERTAIN: (
                *(_X.SUBMITTED, _X.ACTIVE, _X.REJECTED, _X.WANTED),
                *(_X.BY_HAND, _X.UNWANTED),
            ),
            _X.SUBMITTED: (_X.ACTIVE, _X.REJECTED, _X.WANTED, _X.UNWANTED),
            _X.BY_HAND: (_X.ACTIVE, _X.REJECTED, _X.WANTED, _X.OFF, _X.UNWANTED),
            _X.ACTIVE: (_X.WANTED, _X.UNWANTED),
            _X.REJECTED: (_X.WANTED, _X.OFF, _X.UNWANTED),
            _X.UNWANTED: (_X.REMOVING, _X.REMOVAL_BY_HAND, _X.OFF, _X.WANTED),
            _X.REMOVING: (_X.OFF, _X.REMOVAL_BY_HAND, _X.UNWANTED, _X.WANTED),
            _X.REMOVAL_BY_HAND: (_X.OFF, _X.UNWANTED, _X.WANTED),
        },
        {
            _X.OFF: rests("Nothing is set up at the carrier."),
            _X.WANTED: Wait(SECONDS_5, "features", "the carrier", "The carrier is asked for it."),
            _X.SETTING: Wait(
                SECONDS_5, "features", "the carrier", "Without an answer, it is looked up."
            ),
            _X.UNCERTAIN: Wait(
                SECONDS_5, "features", "the carrier", "It is looked up at the carrier."
            ),
            _X.SUBMITTED: Wait(
                MINUTE, "features", "the carrier", "It is read again until the carrier decides."
            ),
            _X.BY_HAND: Wait(None, "", "the provider", "A person sets it up at the carrier."),
            _X.ACTIVE: rests("It works until it is changed or taken off."),
            _X.REJECTED: Wait(None, "", rejected_waits_for, rejected),
            _X.UNWANTED: Wait(
                SECONDS_5, "features", "the carrier", "The carrier is asked to take it off."
            ),
            _X.REMOVING: Wait(SECONDS_5, "features", "the carrier", "The step is repeated."),
            _X.REMOVAL_BY_HAND: Wait(
                None, "", "the provider", "A person takes it off at the carrier."
            ),
        },
    )


CALLER_NAME = _feature(
    "Caller name",
    "The name that a number's calls may show, and whether the names of its callers are looked up.",
    rejected="Change the name and ask again, or take it off.",
)

FILING = _feature(
    "Filing",
    "What an organization hands in at a carrier so that it may have numbers of a kind. While it is "
    "off, answers are collected.",
    rejected="Answer again what the carrier minds; then it is handed in once more.",
)

DOCUMENT = _lifecycle(
    "Document",
    "A file in the vault of an organization. The row outlives its content: it goes on telling who "
    "had put in what.",
    {
        # Where somebody was cut off while storing it, it goes without ever having been there.
        _D.ARRIVING: (_D.UNSCANNED, _D.PENDING, _D.ERASING),
        # A scanner that is set later looks at what came before it.
        _D.UNSCANNED: (_D.PENDING, _D.ERASING),
        _D.PENDING: (_D.CLEAN, _D.INFECTED, _D.UNSCANNED, _D.ERASING),
        _D.CLEAN: (_D.ERASING,),
        _D.INFECTED: (_D.ERASING,),
        _D.ERASING: (_D.ERASED,),
    },
    {
        _D.ARRIVING: Wait(
            MINUTE, "documents", "us", "Its content is stored; what was cut off is erased."
        ),
        _D.UNSCANNED: Wait(
            DAY, "documents", "nobody", "It may be used; a scanner that is set later looks at it."
        ),
        _D.PENDING: Wait(
            SECONDS_5, "documents", "the scanner", "It is looked through before anybody gets it."
        ),
        _D.CLEAN: Wait(DAY, "documents", "nobody", "It may be used until it need not be kept."),
        _D.INFECTED: Wait(
            DAY, "documents", "you", "Nobody gets it. Delete it and put in another one."
        ),
        _D.ERASING: Wait(SECONDS_5, "documents", "us", "Its content is erased."),
    },
)

_K = BackOrderStatus
_K_ENDS = (_K.EXPIRED, _K.CANCELLED)

BACK_ORDER = _lifecycle(
    "Back-order",
    "A wish for numbers that no carrier has yet. It has one open order at a time, and never more "
    "numbers bought or being bought than are wanted.",
    {
        _K.WAITING: (_K.WAITING, _K.LOOKING, *_K_ENDS),
        _K.LOOKING: (_K.WAITING, _K.OFFERED, _K.ORDERING, _K.PAUSED, *_K_ENDS),
        _K.OFFERED: (_K.ORDERING, _K.WAITING, *_K_ENDS),
        _K.ORDERING: (_K.WAITING, _K.FULFILLED, *_K_ENDS),
        _K.PAUSED: (_K.LOOKING, _K.WAITING, *_K_ENDS),
    },
    {
        _K.WAITING: Wait(MINUTE, "back_orders", "the carriers", "They are searched again."),
        _K.LOOKING: Wait(
            SECONDS_5, "back_orders", "the carriers", "What they offer is put into an order."
        ),
        _K.OFFERED: Wait(
            MINUTE,
            "back_orders",
            "you",
            "Submit the preview or discard it; once its prices expire, the search goes on.",
        ),
        _K.ORDERING: Wait(
            SECONDS_5, "back_orders", "the carrier", "Each number is bought or refused."
        ),
        _K.PAUSED: Wait(
            MINUTE,
            "back_orders",
            "whoever pays",
            "Credit the account or raise its limit; it is tried again by itself.",
        ),
    },
)

LOCATION = _lifecycle(
    "Emergency location",
    "Where somebody is who calls for help. An active address never changes: whoever moves makes "
    "another one.",
    {
        _P.DRAFT: (_P.VALIDATING, _P.RETIRED),
        # A check changes nothing: where its answer was lost, it is made again.
        _P.VALIDATING: (_P.VALIDATING, _P.WITH_PERSON, _P.ACTIVE, _P.REJECTED),
        _P.WITH_PERSON: (_P.ACTIVE, _P.REJECTED),
        _P.REJECTED: (_P.DRAFT, _P.VALIDATING, _P.RETIRED),
        _P.ACTIVE: (_P.RETIRED,),
    },
    {
        _P.DRAFT: rests("Have the address checked."),
        _P.VALIDATING: Wait(
            SECONDS_5, "locations", "the carrier", "The address is looked at and may be corrected."
        ),
        _P.WITH_PERSON: rests("Somebody of the provider looks at the address."),
        _P.REJECTED: rests("Correct the address, or accept what is suggested, and check it again."),
        _P.ACTIVE: rests("Numbers that name it, or none, are registered there."),
    },
)

REGISTRATION = _feature(
    "Emergency registration",
    "At which location emergency services look for a number. Another location replaces it; a "
    "release removes it before the carrier stops delivering, a suspension never.",
    rejected="Somebody of the provider looks into it and has it registered again.",
    rejected_waits_for="the provider",
)

BRAND = _feature(
    "Brand",
    "Who sends text messages from ordinary numbers in the United States, as registered there.",
    rejected="Correct what the registry minds and ask again.",
)

CAMPAIGN = _feature(
    "Campaign",
    "What a brand sends, and how people agree to it. It waits until its brand is in force.",
    rejected="Correct what the networks mind and ask again.",
)

NUMBER_CAMPAIGN = _feature(
    "Number in a campaign",
    "A number that sends for a campaign; for a toll-free number, its verification with the words "
    "of the campaign.",
    rejected="Choose the campaign again once what was minded is corrected.",
)

MESSAGING_ROUTE = _feature(
    "Route of messages",
    "Where the text messages to a number go.",
    rejected="Change the address and ask again, or switch messages off.",
)

LIFECYCLES = (
    *(NUMBER, OFFER, BINDING, SEARCH, HOLD, ORDER, LINE, CARRIER_ORDER, RELEASE, TASK),
    *(AUDIT, FINDING, BACK_ORDER, IMPORT, CALLER_NAME),
    *(DOCUMENT, FILING, LOCATION, REGISTRATION),
    *(BRAND, CAMPAIGN, NUMBER_CAMPAIGN, MESSAGING_ROUTE),
)

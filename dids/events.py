"""What can happen to numbers, offers, orders and releases."""

from __future__ import annotations

from accounts.journal import Touches, declare

ORDER_DRAFTED = declare("dids.order.drafted", "{actor} made a preview of {count} numbers.")
OFFER_PASSED_OVER = declare(
    "dids.order.passed_over",
    "{number} takes the place of {instead_of} in a preview: {reason}",
)
ORDER_DISCARDED = declare("dids.order.discarded", "{actor} discarded a preview.")
ORDER_REPLACED = declare(
    "dids.order.replaced", "{actor} made a preview of {count} numbers in place of failed ones."
)
ORDER_SUBMITTED = declare(
    "dids.order.submitted",
    "{actor} ordered {count} numbers.",
    provider_only={"total"},
    touches={Touches.MONEY},
)
ORDER_REFUSED = declare("dids.order.refused", "{actor} could not order: {reason}")
ORDER_ENDED = declare(
    "dids.order.ended",
    "The order ended: {bought} numbers bought, {failed} failed.",
    touches={Touches.MONEY},
)
LINE_FAILED = declare(
    "dids.line.failed", "{number} was not bought: {reason}", touches={Touches.MONEY}
)
LINE_BOUGHT_LATE = declare(
    "dids.line.bought_late",
    "{number} was bought after its order had failed; it is in the provider's stock.",
    provider_only={"carrier_reference"},
    touches={Touches.MONEY},
)
QUOTE_ENTERED = declare(
    "dids.quote.entered",
    "{actor} entered a quote of the carrier account {name}: {count} numbers.",
    provider_only={"name", "until"},
)
REQUIREMENTS_KEPT = declare(
    "dids.requirements.kept",
    "{actor} wrote down what the carrier account {name} asks for before it sells {what}: {asked}.",
    provider_only={"name", "what", "asked"},
)
REQUIREMENTS_FORGOTTEN = declare(
    "dids.requirements.forgotten",
    "{actor} struck out what the carrier account {name} asks for before it sells {what}.",
    provider_only={"name", "what"},
)

BACK_ORDER_WANTED = declare(
    "dids.back_order.wanted",
    "{actor} wants {count} numbers as soon as carriers have them, until {until}.",
    provider_only={"most_each", "most_total"},
    touches={Touches.MONEY},
)
BACK_ORDER_FOUND = declare(
    "dids.back_order.found", "For a back-order, {count} numbers were put into a preview."
)
BACK_ORDER_ORDERED = declare(
    "dids.back_order.ordered",
    "For a back-order, {count} numbers were ordered.",
    provider_only={"total"},
    touches={Touches.MONEY},
)
BACK_ORDER_PAUSED = declare(
    "dids.back_order.paused", "A back-order is paused: {reason}", touches={Touches.MONEY}
)
BACK_ORDER_LOOKED_NOW = declare(
    "dids.back_order.hurried", "{actor} had a back-order looked for at once."
)
BACK_ORDER_CANCELLED = declare("dids.back_order.cancelled", "{actor} cancelled a back-order.")
BACK_ORDER_ENDED = declare(
    "dids.back_order.ended", "A back-order ended with {bought} of {wanted} numbers bought."
)

CARRIER_ORDER_CLAIMED = declare(
    "dids.carrier_order.claimed",
    "An order for {count} numbers is sent to {carrier_account}.",
    provider_only={"carrier_account", "reference", "attempt"},
)
CARRIER_ORDER_PUT_OFF = declare(
    "dids.carrier_order.put_off",
    "{carrier_account} could not be asked; the next attempt follows.",
    provider_only={"carrier_account", "why"},
)
CARRIER_ORDER_UNCERTAIN = declare(
    "dids.carrier_order.uncertain",
    "It is not known whether {carrier_account} took the order; it is looked up.",
    provider_only={"carrier_account", "why"},
)
CARRIER_ORDER_PLACED = declare(
    "dids.carrier_order.placed",
    "{carrier_account} took the order.",
    provider_only={"carrier_account", "carrier_reference"},
    touches={Touches.MONEY},
)
CARRIER_ORDER_HANDED_OVER = declare(
    "dids.carrier_order.handed_over",
    "A person at the provider orders the numbers by hand.",
    provider_only={"carrier_account"},
)
CARRIER_ORDER_ENDED = declare(
    "dids.carrier_order.ended",
    "The order at {carrier_account} ended.",
    provider_only={"carrier_account", "why"},
)

BOUGHT = declare(
    "dids.number.bought",
    "{number} was bought for {holder}.",
    provider_only={"carrier_account", "carrier_reference", "setup", "monthly"},
    touches={Touches.MONEY},
)
ALLOTTED = declare(
    "dids.number.allotted", "{actor} allotted {number} to {holder}.", touches={Touches.CALLS}
)
EXPORTED = declare("dids.number.exported", "{actor} exported the list of numbers: {what}.")
OFFERED = declare("dids.number.offered", "{actor} offered {number} to {buyer}.")
OFFER_WITHDRAWN = declare("dids.offer.withdrawn", "{actor} withdrew the offer of {number}.")
OFFER_EXPIRED = declare("dids.offer.expired", "The offer of {number} expired.")
CLAIMED = declare("dids.number.claimed", "{actor} claimed {number} for {holder}.")
GIVEN_BACK = declare(
    "dids.number.given_back", "{actor} gave {number} back.", touches={Touches.CALLS}
)
RECLAIMED = declare(
    "dids.number.reclaimed", "{actor} took {number} back out of quarantine for {holder}."
)
RECALLED = declare(
    "dids.number.recalled",
    "{actor} took {number} back from {holder}.",
    touches={Touches.CALLS},
)
QUARANTINE_ENDED = declare("dids.number.quarantine_ended", "{number} is in stock again.")
ASSIGNED = declare(
    "dids.number.assigned", "{actor} pointed {number} at {destination}.", touches={Touches.CALLS}
)
UNASSIGNED = declare(
    "dids.number.unassigned", "{actor} took {number} off {destination}.", touches={Touches.CALLS}
)
SWAPPED = declare(
    "dids.number.swapped",
    "{actor} swapped {number} with {other}; it points at {destination} now.",
    touches={Touches.CALLS},
)
TAGGED = declare("dids.number.tagged", "{actor} changed its tags on {number}.")
LABELLED = declare("dids.number.labelled", "{actor} labelled {number} “{label}”.")
PUT_IN_SERVICE = declare(
    "dids.number.in_service", "{number} was put into service.", touches={Touches.CALLS}
)
TAKEN_OUT_OF_SERVICE = declare(
    "dids.number.out_of_service", "{number} was taken out of service.", touches={Touches.CALLS}
)

BINDING_WANTED = declare(
    "dids.binding.wanted",
    "{number} is to be delivered to us.",
    provider_only={"trunk"},
    touches={Touches.CALLS},
)
BINDING_CLAIMED = declare(
    "dids.binding.claimed", "The carrier is asked to deliver {number}.", provider_only={"attempt"}
)
BINDING_UNCERTAIN = declare(
    "dids.binding.uncertain",
    "It is not known whether {number} is delivered to us; the carrier is asked.",
    provider_only={"why"},
    touches={Touches.CALLS},
)
BINDING_PUT_OFF = declare(
    "dids.binding.put_off", "The binding of {number} is tried again.", provider_only={"why"}
)
BOUND = declare(
    "dids.binding.bound",
    "{number} is delivered to us.",
    provider_only={"trunk"},
    touches={Touches.CALLS},
)
BOUND_AS_ARRANGED = declare(
    "dids.binding.bound_as_arranged",
    "{number} is delivered to us, as arranged with the carrier.",
    provider_only={"trunk"},
    touches={Touches.CALLS},
)
NOT_LOCKED = declare(
    "dids.binding.not_locked",
    "{number} is delivered to us, but not locked against deletion.",
    provider_only={"why"},
)
BINDING_HANDED_OVER = declare(
    "dids.binding.handed_over", "A person at the provider has {number} delivered to us by hand."
)
BINDING_FAILED = declare(
    "dids.binding.failed",
    "{number} could not be bound.",
    provider_only={"why", "trunk"},
    touches={Touches.CALLS},
)

LOCATION_MADE = declare(
    "dids.emergency_location.made", "{actor} entered the emergency location “{label}”."
)
LOCATION_CHANGED = declare(
    "dids.emergency_location.changed", "{actor} changed the emergency location “{label}”."
)
LOCATION_CHECK = declare(
    "dids.emergency_location.check", "{actor} has the address of “{label}” checked."
)
LOCATION_ACTIVE = declare(
    "dids.emergency_location.active",
    "The emergency location “{label}” is active.",
    provider_only={"carrier_account"},
)
LOCATION_REJECTED = declare(
    "dids.emergency_location.rejected",
    "The address of “{label}” was not accepted.",
    provider_only={"carrier_account", "why"},
)
LOCATION_DEFAULT = declare(
    "dids.emergency_location.default",
    "{actor} made “{label}” the emergency location of all numbers of its country that name none.",
)
LOCATION_TESTED = declare(
    "dids.emergency_location.tested", "{actor} noted a test call from “{label}”."
)
LOCATION_DUE = declare(
    "dids.emergency_location.due",
    "It is time to see whether “{label}” is still right: make a test call from there and note it, "
    "or enter where everybody has moved.",
)
LOCATION_RETIRED = declare(
    "dids.emergency_location.retired", "{actor} retired the emergency location “{label}”."
)
EXTENSION_LOCATED = declare(
    "dids.emergency_location.extension",
    "{actor} noted that extension {extension} stands at “{label}”.",
)
EXTENSION_TAKEN = declare(
    "dids.emergency_location.extension_taken",
    "{actor} noted that extension {extension} stands at “{label}” no more.",
)
LOCATION_CHOSEN = declare(
    "dids.number.emergency_location", "{actor} chose “{label}” as emergency location of {number}."
)
WAIVED = declare(
    "dids.number.emergency_waived", "{actor} waived the emergency location of {number}: {reason}"
)
WAIVER_ENDED = declare(
    "dids.number.emergency_waiver_ended",
    "{actor} ended the waiver of the emergency location of {number}.",
)

HOLD_WANTED = declare("dids.hold.wanted", "{actor} asked for {number} to be held.")
HOLD_CLAIMED = declare(
    "dids.hold.claimed", "The carrier is asked to hold {number}.", provider_only={"attempt"}
)
HOLD_UNCERTAIN = declare(
    "dids.hold.uncertain",
    "It is not known whether {number} is held; the carrier is asked.",
    provider_only={"why"},
)
HOLD_PUT_OFF = declare(
    "dids.hold.put_off", "The hold of {number} is tried again.", provider_only={"why"}
)
HELD = declare("dids.hold.held", "{number} is held until {until}.")
HOLD_REFUSED = declare("dids.hold.refused", "{number} is not held: {reason}", provider_only={"why"})
HOLD_USED = declare("dids.hold.used", "{actor} ordered {number}, which was held.")
HOLD_LET_GO = declare("dids.hold.let_go", "{actor} let {number} go.")
HOLD_EXPIRED = declare("dids.hold.expired", "The hold of {number} expired.")

RELEASE_SCHEDULED = declare(
    "dids.release.scheduled",
    "{actor} scheduled {number} to be released on {on}.",
    touches={Touches.MONEY, Touches.CALLS},
)
RELEASE_CANCELLED = declare(
    "dids.release.cancelled",
    "{actor} cancelled the release of {number}.",
    touches={Touches.MONEY, Touches.CALLS},
)
RELEASE_STEP = declare(
    "dids.release.step",
    "The release of {number}: {step}.",
    provider_only={"why", "attempt"},
    touches={Touches.CALLS},
)
RELEASED = declare(
    "dids.number.released",
    "{number} was released to its carrier.",
    touches={Touches.MONEY, Touches.CALLS},
)

BLOCK_DEFINED = declare("dids.block.defined", "{actor} made a block of {first} to {last}.")
BLOCK_DISSOLVED = declare("dids.block.dissolved", "{actor} dissolved the block {first} to {last}.")
BLOCK_RELEASE_SCHEDULED = declare(
    "dids.block.release_scheduled",
    "{actor} scheduled the block {first} to {last} to be released on {on}.",
    touches={Touches.MONEY, Touches.CALLS},
)
BLOCK_KEPT = declare(
    "dids.block.release_cancelled",
    "{actor} cancelled the release of the block {first} to {last}.",
    touches={Touches.MONEY, Touches.CALLS},
)

TASK_OPENED = declare("dids.task.opened", "A task was opened: {title}.")
TASK_TAKEN = declare("dids.task.taken", "{actor} took the task “{title}”.")
TASK_GIVEN_BACK = declare("dids.task.given_back", "{actor} gave the task “{title}” back.")
TASK_RETURNED = declare(
    "dids.task.returned", "The task “{title}” was taken for too long; everybody may take it again."
)
TASK_COMPLETED = declare(
    "dids.task.completed",
    "{actor} completed the task “{title}”.",
    provider_only={"reference"},
)
TASK_WAITS_FOR_CARRIER = declare(
    "dids.task.waits_for_carrier",
    "{actor} waits for the carrier in the task “{title}”.",
    provider_only={"external_reference"},
)
TASK_LATE = declare("dids.task.late", "The task “{title}” is late: it was due on {due}.")
TASK_URGENCY = declare("dids.task.urgency", "{actor} calls the task “{title}” {urgency}.")
TASK_RESUMED = declare("dids.task.resumed", "{actor} goes on with the task “{title}”.")
TASK_OUTCOMES = declare(
    "dids.task.outcomes",
    "{actor} wrote down what became of numbers of the task “{title}”: {bought} bought, "
    "{failed} refused, {left} still under way.",
    provider_only={"references", "reasons"},
)
TASK_CEASED = declare(
    "dids.task.ceased",
    "{actor} wrote down what became of numbers of the task “{title}”: {ceased} ceased, "
    "{failed} refused, {left} still under way.",
    provider_only={"reasons"},
)
TASK_JOINED = declare("dids.task.joined", "{number} joined the task, now “{title}”.")
TASK_ABANDONED = declare(
    "dids.task.abandoned", "{actor} says that the task “{title}” cannot be done: {reason}"
)
TASK_COMMENTED = declare("dids.task.commented", "{actor} wrote on the task “{title}”: {comment}")
TOLD = declare("dids.task.told", "{actor} says about “{title}”: {comment}")
TASK_ATTACHED = declare(
    "dids.task.attached", "{actor} laid the document {document} beside the task “{title}”."
)
TASK_CLOSED_ITSELF = declare(
    "dids.task.closed_itself", "The task “{title}” closed itself: its cause is gone."
)

AUDIT_WANTED = declare(
    "dids.audit.wanted",
    "{actor} has the numbers at {carrier_account} compared with the stock.",
    provider_only={"carrier_account"},
)
AUDIT_BELIEVED = declare(
    "dids.audit.believed",
    "{actor} has the list of {carrier_account} believed even if many of our numbers are missing.",
    provider_only={"carrier_account"},
)
AUDIT_ENDED = declare(
    "dids.audit.ended",
    "{carrier_account} was compared with the stock: {theirs} numbers there, {ours} here, "
    "{found} new differences, {cleared} cleared.",
    provider_only={"carrier_account", "theirs", "ours", "found", "cleared"},
)
AUDIT_FAILED = declare(
    "dids.audit.failed",
    "{carrier_account} could not be compared with the stock: {reason}",
    provider_only={"carrier_account"},
)
ADOPTED = declare(
    "dids.number.adopted",
    "{actor} took {number} into stock, which the carrier says is ours.",
    provider_only={"carrier_account", "carrier_reference"},
    touches={Touches.MONEY},
)
PORTED_OUT = declare(
    "dids.number.ported_out",
    "{actor} marked {number} as ported out: its carrier does not have it any more.",
    touches={Touches.MONEY, Touches.CALLS},
)
FINDING_SETTLED = declare(
    "dids.finding.settled",
    "{actor} settled for {number}: {what}.",
    provider_only={"ours", "theirs"},
)
FINDING_DISMISSED = declare("dids.finding.dismissed", "{actor} left {number} as it is: {reason}")

FEATURE_WANTED = declare("dids.feature.wanted", "{actor} asked for {what}: {wanted}.")
FEATURE_CLAIMED = declare(
    "dids.feature.claimed", "The carrier is asked for {what}.", provider_only={"attempt"}
)
FEATURE_PUT_OFF = declare(
    "dids.feature.put_off",
    "The carrier could not be asked for {what}; the next attempt follows.",
    provider_only={"why"},
)
FEATURE_UNCERTAIN = declare(
    "dids.feature.uncertain",
    "It is not known how {what} stands; the carrier is asked.",
    provider_only={"why"},
)
FEATURE_SUBMITTED = declare(
    "dids.feature.submitted", "The carrier has {what} and decides.", provider_only={"why"}
)
FEATURE_BY_HAND = declare(
    "dids.feature.by_hand", "A person sets {what} up at the carrier.", provider_only={"why"}
)
FEATURE_ACTIVE = declare(
    "dids.feature.active", "With the carrier, {what} is in force.", provider_only={"why"}
)
FEATURE_READY = declare(
    "dids.feature.ready", "The carrier has approved {what}; the next step follows."
)
FEATURE_LAPSED = declare(
    "dids.feature.lapsed",
    "With the carrier, {what} is not in force any more.",
    provider_only={"why"},
)
FEATURE_REJECTED = declare(
    "dids.feature.rejected", "The carrier refused {what}.", provider_only={"why"}
)
FEATURE_UNWANTED = declare("dids.feature.unwanted", "{actor} had {what} taken off.")
FEATURE_REMOVAL_BY_HAND = declare(
    "dids.feature.removal_by_hand",
    "A person takes {what} off at the carrier.",
    provider_only={"why"},
)
FEATURE_OFF = declare("dids.feature.off", "With the carrier, {what} is off.")


IMPORT_UPLOADED = declare(
    "dids.import.uploaded",
    "{actor} uploaded {file} for the stock at {carrier_account}.",
    provider_only={"file", "carrier_account"},
)
IMPORT_WANTED = declare(
    "dids.import.wanted",
    "{actor} has {file} applied to the stock at {carrier_account}.",
    provider_only={"file", "carrier_account"},
)
IMPORT_APPLIED = declare(
    "dids.import.applied",
    "{file} was applied to the stock at {carrier_account}: {new} numbers came in, {changed} were "
    "changed, {refused} lines were refused.",
    provider_only={"file", "carrier_account", "new", "changed", "refused"},
    touches={Touches.MONEY},
)
IMPORT_NOT_APPLIED = declare(
    "dids.import.not_applied",
    "{file} was not taken further: {reason}",
    provider_only={"file", "carrier_account"},
)
IMPORT_DISCARDED = declare(
    "dids.import.discarded",
    "{actor} discarded {file}.",
    provider_only={"file", "carrier_account"},
)
IMPORTED = declare(
    "dids.number.imported",
    "{number} came into stock with a list.",
    provider_only={"file", "carrier_account", "carrier_reference", "setup", "monthly", "currency"},
    touches={Touches.MONEY},
)
AMENDED = declare(
    "dids.number.amended",
    "What is known of {number} was changed with a list.",
    provider_only={
        "file",
        "carrier_reference",
        "setup",
        "monthly",
        "currency",
        "contract_ends_on",
        "block",
    },
    touches={Touches.MONEY},
)

FILING_ANSWERED = declare("dids.feature.answered", "{actor} answered {name} for {what}.")
FILING_EXPIRED = declare(
    "dids.feature.expired", "A document among {what} has expired. A newer one is needed: {name}."
)
ORDER_CANCELLED = declare(
    "dids.order.cancelled", "{actor} gave up what waited for documents.", touches={Touches.MONEY}
)
DOCUMENT_STORED = declare(
    "dids.document.stored", "{actor} put a document into the vault of {organization}: {type}."
)
DOCUMENT_OPENED = declare(
    "dids.document.opened", "{actor} read a document of {organization}: {type}."
)
DOCUMENT_INFECTED = declare(
    "dids.document.infected", "A document of {organization} is infected and nobody gets it: {type}."
)
DOCUMENT_DELETED = declare(
    "dids.document.deleted", "{actor} deleted a document of {organization}: {type}."
)
DOCUMENT_EXPIRES = declare(
    "dids.document.expires", "A document of {organization} is valid until {expires_on}: {type}."
)
DOCUMENT_LAPSED = declare(
    "dids.document.lapsed",
    "A document of {organization} need not be kept any longer and was erased: {type}.",
)

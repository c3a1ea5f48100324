"""What holders do with many numbers at once: point them, tag them, give them back."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.actors import Actor
from accounts.models import Kind
from accounts.permissions import Permission
from dids import inventory
from dids.models import PhoneNumber
from dids.states import NumberStatus
from dids.workflows import assignment, holding, tagging, taking_back
from portal.templatetags.words import moment_in_words
from portal.web import number_parts as parts
from portal.web.bulk.step import Back, Did, Step, Work
from portal.web.forms.destinations import ManyDestinationsForm, spread
from portal.web.forms.numbers import ManyTagsForm

EVERYBODY = frozenset(Kind)


def _assign(work: Work) -> Did:
    form = work.form.cleaned_data
    before = {number.e164: _place(number) for number in work.numbers}
    if not form["kind"]:
        assignment.unassign_many(**work.given)
        says = {number.e164: _moved("nowhere", before[number.e164]) for number in work.done}
        return Did(says, _as_before(says, before))
    wanted = spread(form["kind"], form["value"], len(work.asked))
    # What was entered is refused as a whole, beside its field, and not row by row.
    places = {e164: there.checked() for e164, there in zip(work.asked, wanted, strict=True)}
    assignment.assign_many(
        wanted=[(number, places[number.e164]) for number in work.numbers],
        label=form["label"] or None,
        actor=work.actor,
        now=work.now,
        refusals=work.refusals,
    )
    says = {
        number.e164: _moved(f"at {places[number.e164]}", before[number.e164])
        for number in work.done
    }
    # A label that it had before would not come back with where it rang.
    return Did(says, None if form["label"] else _as_before(says, before))


def _give_back(work: Work) -> Did:
    holding.give_back_many(**work.given)
    resting = [n.e164 for n in work.done if n.status == NumberStatus.QUARANTINE]
    says = {number.e164: _returned(number) for number in work.done}
    return Did(says, Back("reclaim", resting) if resting else None)


def _reclaim(work: Work) -> Did:
    taken = taking_back.reclaim_many(**work.given)
    says = {number.e164: "It is yours again, and rings nowhere yet." for number in taken}
    return Did(says, Back("give-back", list(says)) if says else None)


def _tag(work: Work) -> Did:
    before = _tags(work)
    on, off = work.form.cleaned_data["add"], work.form.cleaned_data["remove"]
    tagging.tag(add=on, remove=off, **work.given)
    after = _tags(work)
    changes = {
        number.e164: (before[number.pk] - after[number.pk], after[number.pk] - before[number.pk])
        for number in work.done
    }
    says = {number.e164: _tagged(*changes[number.e164], after[number.pk]) for number in work.done}
    changed = {e164: change for e164, change in changes.items() if any(change)}
    back = None
    if len({(frozenset(lost), frozenset(won)) for lost, won in changed.values()}) == 1:
        lost, won = next(iter(changed.values()))
        back = Back("tag", list(changed), {"add": _list(lost), "remove": _list(won)})
    return Did(says, back)


def _tags(work: Work) -> dict[int, set[str]]:
    own = work.actor.reach
    words = inventory.tags(own, work.numbers) if own else {}
    return {number.pk: set(words.get(number.pk, ())) for number in work.numbers}


def _tagged(lost: set[str], won: set[str], after: set[str]) -> str:
    if not lost and not won:
        return f"Nothing changes: its tags are {_list(after) or 'none'}."
    return f"Its tags are {_list(after)}." if after else "It has no tag any more."


def _list(words: set[str]) -> str:
    return ", ".join(sorted(words))


def _place(number: PhoneNumber) -> tuple[str, str, str]:
    there = getattr(number, "assignment", None)
    return (there.kind, there.value, f"at {there.destination}") if there else ("", "", "nowhere")


def _moved(now: str, before: tuple[str, str, str]) -> str:
    _, _, words = before
    return f"It rings {now}, as before." if now == words else f"It rings {now}, before {words}."


def _as_before(says: dict[str, str], before: dict[str, tuple[str, str, str]]) -> Back | None:
    """Give the way back where all rang at one place before."""
    there = {before[e164] for e164 in says}
    if len(there) != 1:
        return None
    kind, value, _ = there.pop()
    # Extensions count up from the first, so several that shared one cannot be sent back at once.
    if kind == "EXTENSION" and len(says) > 1:
        return None
    return Back("assign", list(says), {"kind": kind, "value": value, "label": ""})


def _returned(number: PhoneNumber) -> str:
    if number.quarantine_until is None:
        return f"It returns to {number.holder.name}, which can hand it out at once."
    until = moment_in_words(number.quarantine_until)
    return f"It was in use and rests until {until}; until then you can take it again."


def _resting(actor: Actor, wanted: Iterable[str]) -> list[PhoneNumber]:
    return taking_back.all_given_back(actor, wanted)


STEPS = (
    Step(
        "assign",
        "Point somewhere",
        "Calls reach the new place within seconds.",
        Permission.ASSIGN_NUMBERS,
        frozenset({Kind.TENANT}),
        _assign,
        form=ManyDestinationsForm,
        watched=(parts.holder, parts.destination),
    ),
    Step(
        "tag",
        "Tag",
        "Your tags are seen by nobody else.",
        Permission.ASSIGN_NUMBERS,
        EVERYBODY,
        _tag,
        form=ManyTagsForm,
    ),
    Step(
        "give-back",
        "Give back",
        "They ring nowhere any more, their labels and your tags on them go, and they count no "
        "longer against your limit.",
        Permission.GIVE_BACK_NUMBERS,
        frozenset({Kind.DEALER, Kind.TENANT}),
        _give_back,
        watched=(parts.holder, parts.destination),
    ),
    Step(
        "reclaim",
        "Take again",
        "What you gave back and still rests is yours again. It rings nowhere until you point it.",
        Permission.CLAIM_NUMBERS,
        frozenset({Kind.DEALER, Kind.TENANT}),
        _reclaim,
        rows=_resting,
        in_list=False,
    ),
)

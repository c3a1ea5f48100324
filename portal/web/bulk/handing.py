"""Stock on its way down to others, and back: the steps on many numbers at once."""

from __future__ import annotations

from accounts.models import Kind
from accounts.permissions import Permission
from dids.workflows import holding, offering, taking_back, withdrawing
from portal.web import number_parts as parts
from portal.web.bulk.step import Back, Did, Step, Work
from portal.web.forms.numbers import RecipientForm, WithdrawalForm

SELLERS = frozenset({Kind.PROVIDER, Kind.DEALER})
_WATCHED = (parts.holder, parts.status)


def _allot(work: Work) -> Did:
    to = work.form.cleaned_data["to"]
    holding.allot_many(to=to, **work.given)
    return _did(work, f"{to.name} holds it.", "recall")


def _recall(work: Work) -> Did:
    before = {number.e164: number.holder for number in work.numbers}
    taking_back.recall_many(**work.given)
    says = {
        number.e164: f"It is back in your stock from {before[number.e164].name}."
        for number in work.done
    }
    holders = {str(before[e164].uuid) for e164 in says}
    return Did(
        says, Back("allot", list(says), {"to": holders.pop()}) if len(holders) == 1 else None
    )


def _offer(work: Work) -> Did:
    to = work.form.cleaned_data["to"]
    offering.offer_many(to=to, **work.given)
    return _did(work, f"It is offered to {to.name}.", "withdraw", to=str(to.uuid))


def _offer_to_all(work: Work) -> Did:
    offering.offer_many(to=None, **work.given)
    return _did(work, "It is offered to all organizations below.", "withdraw", to_all="on")


def _withdraw(work: Work) -> Did:
    to, to_all = work.form.cleaned_data["to"], work.form.cleaned_data["to_all"]
    withdrawing.withdraw_many(to=to, to_all=to_all, **work.given)
    if to:
        return _did(work, f"It is no longer offered to {to.name}.", "offer", to=str(to.uuid))
    if to_all:
        return _did(work, "It is no longer offered to all below.", "offer-to-all")
    return Did({number.e164: "Its offers are withdrawn." for number in work.done})


def _did(work: Work, words: str, back: str, **fields: str) -> Did:
    says = {number.e164: words for number in work.done}
    return Did(says, Back(back, list(says), fields) if says else None)


STEPS = (
    Step(
        "allot",
        "Allot",
        "They hold the numbers at once: these count against their limit, and they choose where "
        "they ring. You can take back what they have not used.",
        Permission.ALLOT_NUMBERS,
        SELLERS,
        _allot,
        form=RecipientForm,
        watched=_WATCHED,
    ),
    Step(
        "offer",
        "Offer to one",
        "The numbers stay in your stock until they are claimed, for two weeks at most. You can "
        "withdraw the offers.",
        Permission.ALLOT_NUMBERS,
        SELLERS,
        _offer,
        form=RecipientForm,
        watched=_WATCHED,
    ),
    Step(
        "offer-to-all",
        "Offer to all below",
        "Whoever is below you may claim them, organizations that come later included. The first "
        "has it.",
        Permission.ALLOT_NUMBERS,
        SELLERS,
        _offer_to_all,
        watched=_WATCHED,
    ),
    Step(
        "withdraw",
        "Withdraw offers",
        "What is not offered to anybody else is free again.",
        Permission.ALLOT_NUMBERS,
        SELLERS,
        _withdraw,
        form=WithdrawalForm,
        watched=_WATCHED,
    ),
    Step(
        "recall",
        "Take back",
        "What you handed down and nobody has used there returns to your stock.",
        Permission.ALLOT_NUMBERS,
        SELLERS,
        _recall,
        watched=_WATCHED,
    ),
)

"""What people write when they end a task, or on the way there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from accounts.actors import Actor
from dids.models import Document
from dids.states import TaskStatus
from dids.workflows.doing import LONGEST_NOTE, LONGEST_REFERENCE
from dids.workflows.outcomes import Outcome, Said
from lib.e164 import E164
from portal.web.forms import PortalForm, RowField


class CompleteForm(PortalForm):
    """What came of it."""

    ends_in: ClassVar[str] = TaskStatus.DONE

    note = forms.CharField(
        max_length=LONGEST_NOTE,
        required=False,
        label="What came of it",
        help_text="For whoever looks later; may stay empty.",
    )
    reference = forms.CharField(
        max_length=LONGEST_REFERENCE,
        required=False,
        label="The campaign's id at the carrier",
        help_text="With it, numbers join the campaign by the interface; without it, by hand.",
    )

    def __init__(self, data: Any = None, *, asks_name: bool = False) -> None:
        super().__init__(data)
        if not asks_name:
            del self.fields["reference"]


class AbandonForm(PortalForm):
    """Why it cannot be done."""

    ends_in: ClassVar[str] = TaskStatus.ABANDONED

    reason = forms.CharField(
        max_length=LONGEST_NOTE,
        label="Why it cannot be done",
        error_messages={"required": "Say why it cannot be done."},
    )


class CommentForm(PortalForm):
    """A word to whoever does it."""

    ends_in: ClassVar[str] = ""

    text = forms.CharField(
        max_length=LONGEST_NOTE,
        label="Comment",
        error_messages={"required": "Write what others should know."},
    )
    public = forms.BooleanField(
        required=False,
        label="Those whose number or order it is about read it, too",
    )


class AttachForm(PortalForm):
    """A document to be laid beside a task."""

    ends_in: ClassVar[str] = ""

    document = RowField(first="Choose a document", label="Document of the vault")

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        kept = Document.objects.visible_to(actor).shown()
        self.offer("document", kept.order_by("-pk"))


class WaitForm(PortalForm):
    """That the carrier was asked."""

    ends_in: ClassVar[str] = ""

    reference = forms.CharField(
        max_length=LONGEST_REFERENCE,
        required=False,
        label="The carrier's number for it",
        help_text="Such as that of its ticket, where it gave one.",
    )


class OutcomesForm(PortalForm):
    """
    What became of each number that somebody orders at a carrier, or has ceased.

    :ivar numbered: whether the carrier may have a number of its own for each
    """

    ends_in: ClassVar[str] = TaskStatus.DONE

    reference = forms.CharField(
        max_length=LONGEST_REFERENCE,
        required=False,
        label="The carrier's number for it",
    )
    rest = forms.ChoiceField(required=False, label="All numbers of which nothing is said above")

    def __init__(
        self,
        waiting: Sequence[E164],
        codes: Sequence[Sequence[str]],
        data: Any = None,
        *,
        good: Said,
    ) -> None:
        # Other forms of the page ask for a reference, too.
        super().__init__(data, auto_id="id_outcome_%s")
        self.waiting = waiting
        self.numbered = good == Said.BOUGHT
        refused = [(f"{Said.FAILED}:{code}", f"Refused: {words}") for code, words, _ in codes]
        known = [("", "Still under way"), (str(good), good.capitalize()), *refused]
        self.fields["rest"] = forms.ChoiceField(
            choices=known, required=False, label=self.fields["rest"].label
        )
        for number in waiting:
            self.fields[f"outcome-{number}"] = forms.ChoiceField(
                choices=known, required=False, label=f"What became of {number}"
            )
            self.fields[f"reference-{number}"] = forms.CharField(
                max_length=LONGEST_REFERENCE,
                required=False,
                label=f"The carrier's number for {number}",
            )

    @property
    def rows(self) -> list[tuple[E164, Any, Any]]:
        """Give each number that is not decided with its two fields."""
        return [
            (number, self[f"outcome-{number}"], self[f"reference-{number}"])
            for number in self.waiting
        ]

    @property
    def step(self) -> dict[str, Any]:
        """Give what the workflow takes."""
        return {"outcomes": self.outcomes, "reference": self.cleaned_data["reference"]}

    @property
    def outcomes(self) -> list[Outcome]:
        """Give what was said; nothing of what is still under way."""
        said = []
        # Of a number that joined since the page was drawn, nothing was said.
        for number in filter(self._was_shown, self.waiting):
            word = self.cleaned_data[f"outcome-{number}"] or self.cleaned_data["rest"]
            answer, _, code = word.partition(":")
            if answer:
                said.append(
                    Outcome(
                        number=number,
                        status=Said(answer),
                        carrier_reference=self.cleaned_data[f"reference-{number}"],
                        code=code,
                    )
                )
        return said

    def _was_shown(self, number: E164) -> bool:
        return any(f"{name}-{number}" in self.data for name in ("outcome", "reference"))

"""What people write when they end a task, or on the way there."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from dids.states import TaskStatus
from dids.workflows.doing import LONGEST_NOTE
from portal.web.forms import PortalForm


class CompleteForm(PortalForm):
    """What came of it."""

    ends_in: ClassVar[str] = TaskStatus.DONE

    note = forms.CharField(
        max_length=LONGEST_NOTE,
        required=False,
        label="What came of it",
        help_text="For whoever looks later; may stay empty.",
    )


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

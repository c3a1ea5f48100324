"""What every domain refusal has in common: a sentence for people, and the field it is about."""

from __future__ import annotations


class UnableTo(Exception):
    """
    Say no in a sentence that names the field and the next step.

    The message is shown to whoever asked, so it holds no secret and nothing the asker may not see.

    :param field: the input that must change, as the caller named it; empty when none does
    """

    code = "refused"
    conflict = False
    """Whether the state of things, not the input, stands in the way (HTTP 409 instead of 422)."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field

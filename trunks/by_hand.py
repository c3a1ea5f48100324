"""What a carrier answers at which a person does what others do by their interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trunks.errors import Reason
from trunks.operations import Operation


@dataclass(frozen=True)
class RefusalCode:
    """
    A carrier's own code for its no, as people find it in its mails and its portal.

    :ivar words: what the code means, for whoever types it in
    """

    code: str
    words: str
    reason: Reason = Reason.OTHER


class NeedsPerson(Exception):
    """
    Nothing was sent and nothing happened: a person does it, and says what came of it.

    :param steps: what to do there, one after the other
    :param text: what can be copied into a mail or into the carrier's portal; where many numbers
        may be asked for together, its first line is the same for all, and the rest is the number's
    :param payload: what it is about, as it was when it was asked for
    :param days: business days of the carrier in which it should be done
    :param calendar: whose business days, such as "GB-ENG"; empty for weekdays
    """

    def __init__(
        self,
        operation: Operation,
        *,
        steps: Sequence[str],
        text: str,
        payload: Mapping[str, object],
        days: int,
        calendar: str = "",
    ) -> None:
        super().__init__(f"A person does it: {operation}.")
        self.operation = operation
        self.steps = tuple(steps)
        self.text = text
        self.payload = dict(payload)
        self.days = days
        self.calendar = calendar

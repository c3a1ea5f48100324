"""Status moves: one conditional UPDATE along declared edges; the second worker always loses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import models

from lib.refusals import UnableTo

Row = TypeVar("Row", bound=models.Model)


class UnableToMove(UnableTo):
    """The thing is not in a state from which this step is possible."""

    code = "wrong_state"
    conflict = True


class LostRace(UnableToMove):
    """Somebody else moved the thing first; look at it again before deciding anything."""

    code = "lost_race"


class Edges:
    """
    The moves that a status may make, and how long it may stay where it is not final.

    Rows carry the status field and `status_since`; where claims are made, also `attempt` and
    `call_before`.

    :param edges: from -> those it may become; a status without an entry of its own is final
    :param stale_after: for every status that is not final: after that long, the sweep looks at it;
        None for a status in which things may rest for ever (stock on a shelf)
    """

    def __init__(
        self,
        edges: Mapping[str, Iterable[str]],
        *,
        stale_after: Mapping[str, timedelta | None],
        field: str = "status",
    ) -> None:
        self.field = field
        self.edges = {str(start): frozenset(map(str, ends)) for start, ends in edges.items()}
        self.stale_after = {str(status): after for status, after in stale_after.items()}

    @property
    def statuses(self) -> frozenset[str]:
        """Every status that some edge names."""
        return frozenset(self.edges).union(*self.edges.values())

    @property
    def final(self) -> frozenset[str]:
        """The statuses that nothing leaves."""
        return frozenset(status for status in self.statuses if not self.edges.get(status))

    def allows(self, start: str, end: str) -> bool:
        """Tell whether the edge is declared."""
        return str(end) in self.edges.get(str(start), frozenset())

    def require(self, row: models.Model, to: str) -> None:
        """
        Make sure that the row may move there from the status it was loaded with.

        :raises UnableToMove: if no edge leads there
        """
        start = str(getattr(row, self.field))
        if not self.allows(start, to):
            raise UnableToMove(f"{_name(row)} is {_words(start)} and cannot become {_words(to)}.")

    def sources(self, end: str) -> frozenset[str]:
        """Give the statuses from which one may come here."""
        return frozenset(start for start, ends in self.edges.items() if str(end) in ends)

    def move(self, row: models.Model, *, to: str, now: datetime, **changes: Any) -> None:
        """
        Move the row from the status it was loaded with.

        :raises UnableToMove: if no edge leads there
        :raises LostRace: if the row has another status by now
        """
        self._update(row, to=to, now=now, conditions={}, changes=changes)

    def claim(
        self, row: models.Model, *, to: str, now: datetime, call_before: datetime, **changes: Any
    ) -> UUID:
        """
        Move the row and put our name on it, so that only this attempt may record what follows.

        :param call_before: after this moment the call may not leave any more
        :return: the attempt, to be handed to `record`
        """
        attempt = uuid4()
        claimed = {"attempt": attempt, "call_before": call_before, **changes}
        self._update(row, to=to, now=now, conditions={}, changes=claimed)
        return attempt

    def record(
        self, row: models.Model, *, attempt: UUID | None, to: str, now: datetime, **changes: Any
    ) -> None:
        """
        Move the row, provided that the claim still stands.

        :raises LostRace: if the sweep settled the row meanwhile, or another attempt has it
        """
        self._update(row, to=to, now=now, conditions={"attempt": attempt}, changes=changes)

    def stale(self, rows: models.QuerySet[Row], *, now: datetime) -> models.QuerySet[Row]:
        """Narrow to the rows that stayed longer in their status than it declares."""
        late = models.Q(pk__in=())
        for status, after in self.stale_after.items():
            if after is not None:
                late |= models.Q(**{self.field: status, "status_since__lte": now - after})
        return rows.filter(late)

    def _update(
        self,
        row: models.Model,
        *,
        to: str,
        now: datetime,
        conditions: dict[str, Any],
        changes: dict[str, Any],
    ) -> None:
        self.require(row, to)
        start = str(getattr(row, self.field))
        values = {self.field: to, "status_since": now, **changes}
        untouched = type(row)._default_manager.filter(
            **{"pk": row.pk, self.field: start, **conditions}
        )
        if not untouched.update(**values):
            raise LostRace(f"{_name(row)} is no longer {_words(start)}. Look at it again.")
        for name, value in values.items():
            setattr(row, name, value)


def _words(status: str) -> str:
    return str(status).replace("_", " ").lower()


def _name(row: models.Model) -> str:
    return f"This {row._meta.verbose_name}"

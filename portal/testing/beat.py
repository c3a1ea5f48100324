"""What beat and the workers do, second by second, without waiting for the seconds to pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import cast

import pytest
from django.conf import settings
from django.utils import timezone

from portal.celery import app

_SECOND = timedelta(seconds=1)


class NotSettled(AssertionError):
    """The sweeps did not bring things to an end in the time they have."""


class Beat:
    """
    Runs the schedule of the settings on a clock that jumps from one second to the next.

    Every task that a second sends runs where it is sent, so all that happens has happened when the
    second is over; what a task raises comes up here. What is sent between two seconds is lost, as
    if the broker had gone: a sweep has to find it.
    """

    def __init__(self) -> None:
        app.loader.import_default_modules()
        self._real = timezone.now
        self._passed = timedelta()
        self._due = dict.fromkeys(settings.CELERY_BEAT_SCHEDULE, timedelta())

    def now(self) -> datetime:
        """Give the time of this clock."""
        return self._real() + self._passed

    def tick(self) -> None:
        """Let a second pass and run what is due by then."""
        self._passed += _SECOND
        with at_once():
            for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
                if self._due[name] <= self._passed:
                    self._due[name] = self._passed + cast(timedelta, entry["schedule"])
                    app.tasks[str(entry["task"])].apply(throw=True)

    def until(self, is_settled: Callable[[], bool], *, seconds: int = 60) -> int:
        """
        Go on until everything is settled; gives the seconds that it took.

        :raises NotSettled: if it takes longer than `seconds`
        """
        for second in range(1, seconds + 1):
            self.tick()
            if is_settled():
                return second
        raise NotSettled(f"The sweeps did not settle it within {seconds} s.")


@contextmanager
def beating() -> Iterator[Beat]:
    """Give a beat whose clock is the time of this process; between its seconds no task runs."""
    beat = Beat()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timezone, "now", beat.now)
        yield beat


@contextmanager
def at_once() -> Iterator[None]:
    """Run every task where it is sent, and have what it raises come up there."""
    names = ("task_always_eager", "task_eager_propagates")
    before = {name: app.conf[name] for name in names}
    app.conf.update(dict.fromkeys(names, True))
    try:
        yield
    finally:
        app.conf.update(before)

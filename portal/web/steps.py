"""Jobs that lead over several pages, and where one is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BUYING = ("Search", "Choose and plan", "Preview", "Bought")


@dataclass(frozen=True)
class Step:
    """
    One step of a job.

    :ivar state: "done", "now" or "later"
    :ivar url: where to go back to it; "" where nothing can be changed there any more
    """

    label: str
    state: str
    url: str = ""


def steps(
    labels: tuple[str, ...], *, now: int, back: Mapping[str, str] | None = None
) -> list[Step]:
    """
    Give the steps of a job.

    :param now: the place of the step one is at, from 0; the number of steps when all is done
    :param back: the addresses of earlier steps, by their labels
    """
    links = back or {}
    return [_step(label, place - now, links.get(label, "")) for place, label in enumerate(labels)]


def _step(label: str, ahead: int, link: str) -> Step:
    if ahead < 0:
        return Step(label, "done", link)
    return Step(label, "later" if ahead else "now")

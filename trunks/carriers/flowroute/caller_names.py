"""
Names of callers at Flowroute: records that its staff approves, each linked with numbers.

Facts: `openapi.yaml` and the documentation that it names. A record is approved within two days; the
databases in which called networks look follow a week after it is linked. The documentation makes a
link and takes it away below `cnams`, the carrier's SDK below `cnam`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.flowroute import payloads
from trunks.carriers.flowroute.wire import FlowrouteWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, CallerNames, Problem, Stage, Standing
from trunks.roles import SetsCallerName


@dataclass(frozen=True)
class Record:
    """A name that is kept there, whatever the numbers that have it."""

    id: str
    text: str
    is_approved: bool
    refusal: str

    @property
    def standing(self) -> Standing:
        """Say whether numbers may have it; the next step is ours once they may."""
        if self.is_approved:
            return Standing(stage=Stage.READY)
        if self.refusal:
            problem = Problem(field="text", words=self.refusal)
            return Standing(stage=Stage.REJECTED, problems=(problem,))
        return Standing(stage=Stage.PENDING)


class FlowrouteCallerNames(FlowrouteWire, SetsCallerName):
    """The part of the adapter that names callers."""

    lists_names: ClassVar[bool] = True
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Switch the look-up, and link the number with the record of its name once it may be."""
        del carrier_reference
        linked, shows_callers = self._names_of(number, deadline)
        if shows_callers != wanted.shows_callers:
            path = f"numbers/{payloads.path_of(number)}"
            told = {"type": "number", "cnam_lookups_enabled": wanted.shows_callers}
            self._call("PATCH", path, json=told, parse=lambda _body: None, deadline=deadline)
        kept = self._record_of(wanted.text, deadline) if wanted.text else None
        if linked and (kept is None or kept.id != linked):
            self._take_name(number, deadline)
        if not wanted.text:
            return IN_FORCE if wanted.shows_callers else NOTHING
        kept = kept or self._new_record(wanted.text, deadline)
        if not kept.is_approved:
            return kept.standing
        if kept.id != linked:
            self._give_name(number, kept, deadline)
        return IN_FORCE

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the number, and the record of the name where it does not have that."""
        del carrier_reference
        linked, shows_callers = self._names_of(number, deadline)
        if shows_callers != wanted.shows_callers or wanted == CallerNames():
            return NOTHING
        if not wanted.text:
            return NOTHING if linked else IN_FORCE
        kept = self._record_of(wanted.text, deadline)
        if kept is None:
            return NOTHING
        return IN_FORCE if kept.id == linked else kept.standing

    def _names_of(self, number: E164, deadline: Deadline) -> tuple[str, bool]:
        path = f"numbers/{payloads.path_of(number)}"
        return self._call("GET", path, parse=names_from, deadline=deadline)

    def _record_of(self, text: str, deadline: Deadline) -> Record | None:
        records = self._all_kept("cnams", records_page_from, deadline)
        same = [record for record in records if record.text.upper() == text]
        # One that was refused may stand beside one that was not.
        return min(
            same, key=lambda record: (not record.is_approved, bool(record.refusal)), default=None
        )

    def _new_record(self, text: str, deadline: Deadline) -> Record:
        return self._call(
            "POST",
            "cnams",
            json={"value": text},
            parse=lambda body: record_from(body["data"]),
            deadline=deadline,
        )

    def _give_name(self, number: E164, kept: Record, deadline: Deadline) -> None:
        try:
            self._link_kept(f"{_links(number)}/{kept.id}", deadline)
        except Rejected as refusal:
            # The record was listed a moment ago: what is not there may be the path.
            if refusal.reason is not Reason.INVALID:
                raise
            self._link_kept(f"{_old_links(number)}/{kept.id}", deadline)

    def _take_name(self, number: E164, deadline: Deadline) -> None:
        try:
            self._write("DELETE", _links(number), deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise
            self._write("DELETE", _old_links(number), deadline)


def names_from(body: Mapping[str, Any]) -> tuple[str, bool]:
    """Read which record a number has, and whether its callers are looked up."""
    there = payloads.object_in(body["data"])
    linked = payloads.linked_id(there["relationships"]["cnam_preset"])
    return linked, there["attributes"]["cnam_lookups_enabled"] is True


def records_page_from(body: Mapping[str, Any]) -> tuple[list[Record], bool]:
    """Read a page of records, and whether another one is named."""
    rows = [record_from(row) for row in body["data"]]
    return rows, bool((body.get("links") or {}).get("next"))


def record_from(row: Mapping[str, Any]) -> Record:
    """Read a record."""
    told = row["attributes"]
    return Record(
        id=str(row["id"]),
        text=str(told["value"]),
        is_approved=told["is_approved"] is True,
        refusal=str(told.get("rejection_reason") or ""),
    )


def _links(number: E164) -> str:
    return f"numbers/{payloads.path_of(number)}/relationships/cnams"


def _old_links(number: E164) -> str:
    return _links(number).removesuffix("s")

"""How each feature is spoken about to carriers; what they share is in `dids.workflows.features`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dids.models import CallerName, Feature, Filing
from dids.workflows.dossiers import dossier_of
from lib.e164 import E164
from trunks.deadlines import Deadline
from trunks.features import CallerNames, Standing
from trunks.roles import AsksForDocuments, Carrier, SetsCallerName


@dataclass(frozen=True, kw_only=True)
class Craft:
    """
    What a kind of feature needs said.

    :ivar related: what is read with a row
    :ivar does: whether an adapter takes the feature, as it is wanted, by its interface
    :ivar send: asks for it; one outside write that has an effect
    :ivar read: looks up how it stands
    :ivar remove: takes it off; repeatable
    :ivar repeatable: whether asking twice does no harm; if not, what cannot be found again after a
        lost answer is for a person
    :ivar of_numbers: whether it belongs to a number, and goes before the number does
    """

    model: type[Feature]
    related: tuple[str, ...]
    does: Callable[[type[Carrier], Any], bool]
    send: Callable[[Any, Any, Deadline], Standing]
    read: Callable[[Any, Any, Deadline], Standing]
    remove: Callable[[Any, Any, Deadline], None]
    repeatable: bool = True
    of_numbers: bool = True


def kind_of(row: Feature) -> str:
    """Give the name of a row's kind in `CRAFTS`."""
    return str(row._meta.model_name)


def _names(row: CallerName) -> CallerNames:
    return CallerNames(text=row.text, shows_callers=row.shows_callers)


def _names_callers(adapter: type[Carrier], row: CallerName) -> bool:
    return issubclass(adapter, SetsCallerName) and (
        (adapter.lists_names or not row.text)
        and (adapter.looks_up_callers or not row.shows_callers)
    )


def _set_names(carrier: SetsCallerName, row: CallerName, deadline: Deadline) -> Standing:
    number = row.number
    return carrier.set_caller_names(
        E164(number.e164),
        _names(row),
        carrier_reference=number.carrier_reference,
        deadline=deadline,
    )


def _read_names(carrier: SetsCallerName, row: CallerName, deadline: Deadline) -> Standing:
    number = row.number
    return carrier.caller_names_of(
        E164(number.e164),
        _names(row),
        carrier_reference=number.carrier_reference,
        deadline=deadline,
    )


def _remove_names(carrier: SetsCallerName, row: CallerName, deadline: Deadline) -> None:
    number = row.number
    carrier.set_caller_names(
        E164(number.e164),
        CallerNames(),
        carrier_reference=number.carrier_reference,
        deadline=deadline,
    )


def _takes_documents(adapter: type[Carrier], _row: Filing) -> bool:
    return issubclass(adapter, AsksForDocuments)


def _hand_in(carrier: AsksForDocuments, row: Filing, deadline: Deadline) -> Standing:
    return carrier.file(dossier_of(row), reference=str(row.uuid), deadline=deadline)


def _read_filing(carrier: AsksForDocuments, row: Filing, deadline: Deadline) -> Standing:
    return carrier.filing_standing(reference=str(row.uuid), deadline=deadline)


def _withdraw(carrier: AsksForDocuments, row: Filing, deadline: Deadline) -> None:
    carrier.withdraw_filing(reference=str(row.uuid), deadline=deadline)


CRAFTS: Mapping[str, Craft] = {
    "filing": Craft(
        model=Filing,
        related=("carrier_account__owner",),
        does=_takes_documents,
        send=_hand_in,
        read=_read_filing,
        remove=_withdraw,
        of_numbers=False,
    ),
    "callername": Craft(
        model=CallerName,
        related=("number__carrier_account__owner",),
        does=_names_callers,
        send=_set_names,
        read=_read_names,
        remove=_remove_names,
    ),
}

"""
Sub-accounts of VoIP.ms: a PBX registers there, and numbers are sent to one by its name.

Facts: the carrier's WSDL, what its documentation adds (`methods.json`) and clients that others run
against it. What is meant by a number is looked up; the other settings are words, or stand alike in
those clients. A sub-account is named by the number of the account and a username of ours, which is
taken once: so it is made once, even while the list lacks it. The list shows passwords.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trunks.carriers.voipms.payloads import SUB_ACCOUNT
from trunks.carriers.voipms.statuses import good
from trunks.carriers.voipms.wire import VoipMsWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.offers import MadeTrunk, TrunkSpec

KINDS = (
    ("protocol", "getProtocols", "protocols", "sip"),
    ("auth_type", "getAuthTypes", "auth_types", "password"),
    ("device_type", "getDeviceTypes", "device_types", "pbx"),
)
"""Which setting has a code, who lists it, as what, and a word of the one that is meant."""
SETTINGS = (
    # Nobody calls abroad by it until somebody at VoIP.ms allows that.
    ("lock_international", "1"),
    ("international_route", "1"),
    ("music_on_hold", "default"),
    ("allowed_codecs", "ulaw"),
    ("dtmf_mode", "auto"),
    ("nat", "yes"),
)


@dataclass(frozen=True)
class SubAccount:
    """A sub-account as the list has it, without its password."""

    account: str
    username: str
    description: str

    @property
    def made(self) -> MadeTrunk:
        """Give it as a trunk."""
        return made_of(self.account)


class VoipMsSubAccounts(VoipMsWire):
    """The part of the adapter that makes trunks at which we register."""

    def _make_sub_account(self, spec: TrunkSpec, reference: str, deadline: Deadline) -> MadeTrunk:
        username = username_of(reference)
        there = self._sub_account(reference, deadline, username=username)
        if there is not None:
            return there
        kinds = [
            (name, self._code(method, listed_as, word, deadline))
            for name, method, listed_as, word in KINDS
        ]
        told = [
            ("username", username),
            ("password", spec.password),
            ("description", reference),
        ]
        try:
            return self._call(
                "createSubAccount", [*told, *kinds, *SETTINGS], parse=made_from, deadline=deadline
            )
        except Rejected:
            # The username is nobody else's: if it is taken, the answer to making it was lost.
            there = self._sub_account(reference, deadline, username=username)
            if there is None:
                raise
            return there

    def _sub_account(
        self, reference: str, deadline: Deadline, *, username: str = ""
    ) -> MadeTrunk | None:
        """Look for the sub-account whose description is our reference, or that has our username."""
        there = self._list("getSubAccounts", [], parse=sub_accounts_from, deadline=deadline)
        return next(
            (
                one.made
                for one in there
                if one.description == reference or (username and one.username == username)
            ),
            None,
        )

    def _code(self, method: str, listed_as: str, word: str, deadline: Deadline) -> str:
        code = self._call(
            method,
            [],
            parse=lambda body: code_from(good(body)[listed_as], word),
            deadline=deadline,
        )
        if not code:
            raise Rejected(
                f"VoIP.ms has no sub-accounts with “{word}” any more. Make one in its portal, and "
                "describe it as made by hand.",
                reason=Reason.NOT_ALLOWED,
            )
        return code


def username_of(reference: str) -> str:
    """Give a username that follows from our reference; how long one may be is not published."""
    return f"t{reference.replace('-', '')[:9]}"


def made_of(account: str) -> MadeTrunk:
    """Give a sub-account as a trunk: numbers are sent to its name, under which we register."""
    return MadeTrunk(carrier_reference=f"{SUB_ACCOUNT}{account}", login=account)


def made_from(body: Any) -> MadeTrunk:
    """Read the sub-account that was just made."""
    account = str(good(body)["account"])
    if not account:
        raise ValueError("a sub-account without a name")
    return made_of(account)


def sub_accounts_from(body: Any) -> list[SubAccount]:
    """Read our sub-accounts."""
    return [
        SubAccount(
            account=str(row["account"]),
            username=str(row.get("username") or ""),
            description=str(row.get("description") or ""),
        )
        for row in good(body)["accounts"]
    ]


def code_from(rows: Iterable[Any], word: str) -> str:
    """Give the code whose description has a word; empty where none has."""
    return next((str(row["value"]) for row in rows if word in str(row["description"]).lower()), "")

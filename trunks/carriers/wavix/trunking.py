"""
Trunks at Wavix, of two kinds.

Where calls are to go to gateways of ours, a trunk is what is written on each number. Where we
register, it is a SIP trunk of Wavix's own: a login whose calls tell the called number in `To`. A
SIP trunk for a fixed address waits for a person at the carrier and has one address without port;
none is made here, but any that somebody made can be named by its id.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lib.e164 import DidFormat
from trunks.carriers.wavix import forwarding, payloads, trunk_payloads
from trunks.carriers.wavix.account import WavixAccount
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.offers import MadeTrunk, TrunkSpec
from trunks.roles import ManagesTrunks

_PLACES = ("nl", "us", "sg", "au")


class WavixTrunks(WavixAccount, ManagesTrunks):
    """The part of the adapter that makes trunks."""

    # We write the address of each number ourselves, so any form will do.
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset(DidFormat)
    registered_formats: ClassVar[frozenset[DidFormat]] = frozenset({DidFormat.E164})
    registrars: ClassVar[tuple[str, ...]] = tuple(f"{at}.wavix.net" for at in _PLACES)

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """
        Make a login and see that its calls tell the called number, or write gateways short.

        Nobody else changes it meanwhile, as making a trunk is one worker's claim: what was read is
        what is told again.
        """
        if not spec.password:
            return MadeTrunk(carrier_reference=forwarding.reference_of(spec))
        if spec.did_format not in self.registered_formats:
            raise Rejected("Wavix writes called numbers without plus.", reason=Reason.INVALID)
        made = self.find_trunk(reference=reference, deadline=deadline)
        if made is None:
            body = trunk_payloads.new_body(spec, reference, self._caller_id(deadline))
            return self.wire.call(
                "POST", "trunks", json=body, parse=trunk_payloads.made_from, deadline=deadline
            )
        there = self._trunk(made.carrier_reference, deadline)
        if not trunk_payloads.tells_numbers(there):
            self._replace(there, spec.password, {"didinfo_enabled": True}, deadline)
        return made

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look for the login with our reference; of gateways none is kept, and none is found."""
        found = self.wire.entries("trunks", [], trunk_payloads.trunks_from, deadline)
        return next((made for label, made in found if label.startswith(reference)), None)

    def _replace(
        self, there: dict[str, Any], password: str, changed: dict[str, Any], deadline: Deadline
    ) -> None:
        caller_id = "" if there["callerid"] else self._caller_id(deadline)
        body = trunk_payloads.whole_body(there, password=password, caller_id=caller_id)
        self.wire.call(
            "PUT",
            f"trunks/{there['id']}",
            json=body | changed,
            parse=trunk_payloads.made_from,
            deadline=deadline,
        )

    def _caller_id(self, deadline: Deadline) -> str:
        """Give a number of ours that is active: without one there is no trunk."""
        ours = self.wire.call(
            "GET",
            "numbers",
            params=payloads.page_params(1),
            parse=payloads.owned_numbers_from,
            deadline=deadline,
        )
        active = next((mine.number for mine in ours if mine.active), None)
        if active is None:
            raise Rejected(
                "Wavix makes a login only for an account with an active number, which its calls "
                "show. Buy one first, then try again.",
                reason=Reason.INVALID,
            )
        return payloads.written(active)

    def _trunk(self, id_: str, deadline: Deadline) -> dict[str, Any]:
        def parse(body: Any) -> dict[str, Any]:
            if trunk_payloads.made_from(body).carrier_reference != id_:
                raise ValueError("the answer is about another trunk")
            return dict(body)

        return self.wire.call("GET", f"trunks/{id_}", parse=parse, deadline=deadline)

    def _login_of(self, id_: str, deadline: Deadline) -> str:
        """Give the login of a trunk to which a number shall go."""
        try:
            there = self._trunk(id_, deadline)
        except Rejected as refusal:
            # It is the trunk that is not there.
            raise Rejected(str(refusal), reason=Reason.INVALID) from refusal
        if not trunk_payloads.tells_numbers(there):
            raise Rejected(
                f"Calls by the SIP trunk {there['label']} do not tell which number was called. "
                "Switch that on in Wavix's portal, then try again.",
                reason=Reason.INVALID,
            )
        return str(there["name"])

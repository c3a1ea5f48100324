"""The methods about the name that a number's calls show: one that is on file, or none."""

from __future__ import annotations

import re

from sandbox.voip_innovations import soap
from sandbox.voip_innovations.base import VoipInnovationsBase
from sandbox.voip_innovations.numbers import TABLE, owned
from sandbox.wire import Answer, Call

NOT_AVAILABLE = (933, "Outbound CNAM is not available for the specified DID")
BAD_NAME = (934, "Invalid name. Valid characters are letters, spaces, and numbers")
LONGEST_NAME = 15
HOME = frozenset({"US"})
"""Countries in whose databases names stand."""


def read(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Show the name on file, as it is padded there."""
    _, row = owned(carrier, call, "GetCNAMDisplay", asked_as="tn")
    name = row.get("name") or ""
    if not name:
        return soap.answer("GetCNAMDisplay", soap.NO_RECORDS)
    return soap.answer("GetCNAMDisplay", soap.SUCCESS, [("DisplayName", name.ljust(LONGEST_NAME))])


def update(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Put a name on file; databases hold capitals."""
    tn, row = owned(carrier, call, "UpdateCNAMDisplay", asked_as="tn")
    name = soap.asked(call.request).findtext("name") or ""
    if carrier.shelf.articles[f"+1{tn}"].country not in HOME:
        raise soap.refused("UpdateCNAMDisplay", NOT_AVAILABLE)
    if not re.fullmatch(rf"[A-Za-z0-9 ]{{1,{LONGEST_NAME}}}", name):
        raise soap.refused("UpdateCNAMDisplay", BAD_NAME)
    carrier.world.store.put(TABLE, tn, row | {"name": name.upper()})
    return soap.answer("UpdateCNAMDisplay", soap.SUCCESS, [])


def remove(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Take the name off file."""
    tn, row = owned(carrier, call, "RemoveCNAM", asked_as="tn")
    if not row.get("name"):
        return soap.answer("RemoveCNAM", soap.NO_RECORDS)
    carrier.world.store.put(TABLE, tn, row | {"name": ""})
    return soap.answer("RemoveCNAM", soap.SUCCESS, [])

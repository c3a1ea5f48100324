"""Trunks at Telnyx to host names, and to whatever registers there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from lib.e164 import DidFormat
from trunks.carriers.telnyx import trunking
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.errors import OutcomeUnknown, Rejected
from trunks.offers import GatewaySpec, MadeTrunk, Transport, TrunkSpec, Wanted
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.conformance import PASSWORD, Cut, soon
from trunks.tests.carriers.sandbox import CarrierSandbox

NAMES = TrunkSpec(
    name="Clusters",
    gateways=(
        GatewaySpec(host="b.pbx.example.net", port=5062, transport=Transport.TCP, priority=2),
        GatewaySpec(host="A.pbx.example.net", port=5061, transport=Transport.TCP, priority=1),
    ),
    did_format=DidFormat.PLUS_E164,
)
LOGIN = TrunkSpec(name="Branch", gateways=(), password=PASSWORD)
REFERENCE = "11111111-2222-4333-8444-555555555555"
TAKEN = httpx2.Response(422, json={"errors": [{"code": "10015", "detail": "has been taken"}]})


def answering(*answers: httpx2.Response) -> tuple[Telnyx, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this, one after the other."""
    return carriers.answering(Telnyx, {"api_key": "k", "public_key": "p"}, answers)


def listed(*rows: dict[str, Any]) -> httpx2.Response:
    """Write a list."""
    meta = {"total_pages": 1, "total_results": len(rows)}
    return httpx2.Response(200, json={"data": list(rows), "meta": meta})


def connection(id_: str, reference: str = REFERENCE, **more: Any) -> dict[str, Any]:
    """Write a connection."""
    return {"id": id_, "connection_name": f"Branch {reference}", **more}


class TestNames:
    @pytest.mark.parametrize("lost", range(1, 5))
    def test_are_completed_wherever_their_making_was_cut(
        self, sandbox: CarrierSandbox, lost: int
    ) -> None:
        credentials = sandbox.account("telnyx")["credentials"]
        whole = sandbox.transport
        sandbox.transport = Cut(whole, lost, lambda request: request.method != "GET")
        cut_off: Any = sandbox.adapter_for("telnyx", credentials)
        sandbox.transport = whole
        carrier: Any = sandbox.adapter_for("telnyx", credentials)
        reference = str(uuid4())
        with pytest.raises(OutcomeUnknown):
            cut_off.create_trunk(NAMES, reference=reference, deadline=soon())

        made = carrier.create_trunk(NAMES, reference=reference, deadline=soon())

        assert carrier.find_trunk(reference=reference, deadline=soon()) == made
        assert carrier.find_trunk(reference=str(uuid4()), deadline=soon()) is None
        (offer,) = carrier.search(Wanted(country="US", limit=1), deadline=soon())
        carrier.order([offer.number], reference="r", binding="", deadline=soon())
        while not carrier.owned(deadline=soon()):
            assert carrier.find_order(reference="r", numbers=[offer.number], deadline=soon())
        trunk = made.carrier_reference
        carrier.bind(offer.number, carrier_reference="", trunk_reference=trunk, deadline=soon())
        there = sandbox.delivery(offer.number)["gateways"]
        assert [(one["host"], one["port"], one["transport"]) for one in there] == [
            ("A.pbx.example.net", 5061, "tcp"),
            ("b.pbx.example.net", 5062, "tcp"),
        ]


class TestLogin:
    def test_follows_from_our_reference_and_fits(self) -> None:
        login = trunking.login_of(REFERENCE)

        assert login.isalnum()
        assert (len(login), login[0]) == (32, "t")
        assert login != trunking.login_of(str(uuid4()))

    def test_is_looked_up_where_it_is_taken(self) -> None:
        made = connection("7", user_name="t1")
        carrier, seen = answering(listed(), TAKEN, listed(made))

        there = carrier.create_trunk(LOGIN, reference=REFERENCE, deadline=soon())
        assert there == MadeTrunk(carrier_reference="7", login="t1")
        assert {one.url.path for one in seen} == {"/v2/credential_connections"}

    def test_that_is_refused_and_not_there_is_refused(self) -> None:
        carrier, _ = answering(listed(), TAKEN, listed())

        with pytest.raises(Rejected, match="has been taken"):
            carrier.create_trunk(LOGIN, reference=REFERENCE, deadline=soon())

    def test_calls_no_gateways(self) -> None:
        carrier, seen = answering()
        spec = TrunkSpec(name="x", gateways=NAMES.gateways, password=PASSWORD)

        with pytest.raises(Rejected, match="no gateways"):
            carrier.create_trunk(spec, reference=REFERENCE, deadline=soon())
        assert seen == []

    def test_of_a_connection_to_names_is_none_of_ours(self) -> None:
        named = connection("8", user_name="theirs", password="theirs")
        carrier, _ = answering(listed(), listed(connection("9", "x" * 36), named))

        found = carrier.find_trunk(reference=REFERENCE, deadline=soon())
        assert found == MadeTrunk(carrier_reference="8")

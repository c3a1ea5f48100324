"""Of each operation it is known whether an interface, a person or nobody does it, and why."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import ClassVar

import pytest

from trunks import capabilities, registry, roles
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.carriers.voip_innovations.adapter import VoipInnovations
from trunks.carriers.vonage.adapter import Vonage
from trunks.operations import Operation, Way
from trunks.roles import Carrier, ProvesCredentials, SellsNumbers

NO_OPERATION = {Carrier, ProvesCredentials}
"""What adapters inherit that nobody asks for by itself."""


class ByHand(SellsNumbers):
    """A carrier at which a person buys, and for whom nothing is known of balances."""

    slug: ClassVar[str] = "by_hand"
    name: ClassVar[str] = "By Hand"
    by_hand: ClassVar[Mapping[Operation, str]] = {Operation.ORDER: "A person orders."}
    not_done: ClassVar[Mapping[Operation, str]] = {Operation.BALANCE: "It sends an invoice."}


class TestCapability:
    def test_is_done_by_interface_where_the_adapter_plays_the_role(self) -> None:
        found = capabilities.capability(Telnyx, Operation.HOLD)

        assert (found.way, found.reason) == (
            Way.API,
            "A number can be held there before it is ordered.",
        )

    def test_is_not_done_where_it_does_not_and_says_what_to_do_instead(self) -> None:
        found = capabilities.capability(Vonage, Operation.HOLD)

        assert found.way == Way.NONE
        assert found.reason == (
            "Vonage keeps no numbers for anybody. Order at once what must not be lost."
        )

    def test_is_done_by_a_person_where_the_adapter_says_so_even_if_it_plays_the_role(self) -> None:
        assert capabilities.way(VoipInnovations, Operation.MAKE_TRUNKS) == Way.MANUAL
        assert capabilities.why_not(ByHand, Operation.ORDER) == "A person orders."
        assert capabilities.way(ByHand, Operation.RELEASE) == Way.API

    def test_says_in_the_carriers_own_words_why_it_is_not_done(self) -> None:
        assert capabilities.why_not(ByHand, Operation.BALANCE) == "It sends an invoice."

    def test_is_done_by_a_person_where_staff_keep_what_is_asked_for(self) -> None:
        found = capabilities.capability(ByHand, Operation.DOCUMENTS)

        assert found.way == Way.MANUAL
        assert "a task asks a person to hand it in" in found.reason

    def test_names_no_carrier_to_those_who_must_not_know(self) -> None:
        words = capabilities.lacking(Operation.ORDER, "The carrier of +13125550100")

        assert words == (
            "The carrier of +13125550100 sells no numbers through its interface. "
            "Choose another carrier."
        )


class TestOf:
    @pytest.mark.parametrize("slug", registry.CARRIERS)
    def test_says_of_every_operation_a_sentence(self, slug: str) -> None:
        found = capabilities.of(registry.carrier(slug))

        assert list(found) == list(Operation)
        assert all(entry.reason.endswith(".") for entry in found.values())

    def test_knows_an_operation_for_every_role(self) -> None:
        played = {
            role
            for _, role in inspect.getmembers(roles, inspect.isclass)
            if issubclass(role, Carrier)
        }

        assert {capabilities.role_of(operation) for operation in Operation} == played - NO_OPERATION

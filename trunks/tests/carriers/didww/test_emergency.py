"""What the conformance suite does not say about DIDWW's emergency addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from lib.e164 import E164
from trunks.addresses import EmergencyState
from trunks.carriers.didww import services
from trunks.carriers.didww.adapter import Didww
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.conformance import OFFICE, WEBHOOKS, Cut, soon
from trunks.tests.carriers.didww.test_didww import ok, refused, row
from trunks.tests.carriers.didww.test_webhooks import bought
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.transport import new_client

NUMBER = E164("+13125550900")
LONDON = replace(OFFICE, city="London", state="", postal_code="SW1A 1AA", country="GB", detail="")
MADE = ("/identities", "/addresses", "/emergency_verifications")
OURS = "11111111-2222-4333-8444-555555555555"


def told(
    *,
    service: str = "",
    review: str = "",
    linked: bool = True,
    enabled: bool = True,
    numbers: tuple[str, ...] = ("d-1",),
) -> httpx2.Response:
    """Write what is read of a number."""
    look = row(
        "emergency_verifications",
        "v-1",
        status=review,
        external_reference_id=f"{OURS}:d-1",
        reject_reasons=["Street unknown"] if review == "rejected" else None,
    )
    named = {"type": "emergency_verifications", "id": "v-1"} if review else None
    serves = row(
        "emergency_calling_services",
        "s-1",
        {
            "emergency_verification": named if linked else None,
            "dids": [{"type": "dids", "id": id_} for id_ in numbers],
        },
        status=service,
    )
    group = row(
        "did_groups",
        "g-1",
        {
            "country": {"type": "countries", "id": "c-1"},
            "did_group_type": {"type": "did_group_types", "id": "t-1"},
        },
    )
    mine = row(
        "dids",
        "d-1",
        {
            "did_group": {"type": "did_groups", "id": "g-1"},
            "emergency_calling_service": {"type": "emergency_calling_services", "id": "s-1"}
            if service
            else None,
            "emergency_verification": None if linked and service else named,
        },
        number="13125550900",
        terminated=False,
        emergency_enabled=enabled,
    )
    return ok(mine, group, serves, look)


def adapter(*answers: httpx2.Response) -> tuple[Didww, list[httpx2.Request]]:
    """Give an adapter to which the carrier answers this."""
    return carriers.answering(Didww, {"api_key": "k"}, answers)


def read(answer: httpx2.Response, *more: httpx2.Response) -> Any:
    """Read what has become of a number."""
    carrier, _ = adapter(answer, *more)
    return carrier.registered(NUMBER, carrier_reference="d-1", deadline=soon())


class TestRegistered:
    @pytest.mark.parametrize(
        ("service", "review", "state"),
        [
            ("new", "pending", EmergencyState.PENDING),
            ("in_process", "approved", EmergencyState.PENDING),
            ("active", "approved", EmergencyState.ACTIVE),
            ("active", "pending", EmergencyState.PENDING),
            ("pending_update", "pending", EmergencyState.PENDING),
            ("changes_required", "rejected", EmergencyState.FAILED),
            ("active", "rejected", EmergencyState.FAILED),
            ("half-done", "approved", EmergencyState.PENDING),
            ("", "pending", EmergencyState.PENDING),
        ],
    )
    @pytest.mark.parametrize("linked", [True, False])
    def test_is_read_of_service_and_review_wherever_that_is_linked(
        self, service: str, review: str, state: EmergencyState, linked: bool
    ) -> None:
        there = read(told(service=service, review=review, linked=linked))
        assert (there.state, there.our_reference) == (state, OURS)
        assert ("Street unknown" in there.reason) is (state is EmergencyState.FAILED)

    def test_is_not_active_before_calls_are_routed(self) -> None:
        there = read(told(service="active", review="approved", enabled=False))
        assert there.state is EmergencyState.PENDING

    @pytest.mark.parametrize(
        ("service", "review"),
        [("canceled", "approved"), ("", "approved"), ("", "rejected"), ("canceled", "")],
    )
    def test_is_nothing_once_it_was_canceled(self, service: str, review: str) -> None:
        assert read(told(service=service, review=review)) is None

    def test_finds_a_review_that_the_number_does_not_name(self) -> None:
        waiting = row(
            "emergency_verifications",
            "v-2",
            {"dids": [{"type": "dids", "id": "d-1"}]},
            status="pending",
            external_reference_id=f"{OURS}:d-1",
        )
        there = read(told(), ok([waiting]))
        assert (there.state, there.carrier_reference) == (EmergencyState.PENDING, "v-2")
        assert read(told(), ok([])) is None


class TestRegister:
    def register(self, *answers: httpx2.Response, reference: str = OURS) -> list[httpx2.Request]:
        """Have a number registered; gives what was sent."""
        carrier, sent = adapter(*answers)
        carrier.register(
            NUMBER, carrier_reference="d-1", address=OFFICE, reference=reference, deadline=soon()
        )
        return sent

    def test_waits_until_the_one_of_before_is_decided(self) -> None:
        with pytest.raises(Unavailable) as trouble:
            self.register(told(service="new", review="pending"), reference=str(uuid4()))
        assert trouble.value.retry_after == 300

    def test_sends_nothing_where_it_is_there(self) -> None:
        assert len(self.register(told(service="new", review="pending"))) == 1

    def test_is_refused_again_where_nothing_came_of_it(self) -> None:
        with pytest.raises(Rejected, match="Street unknown"):
            self.register(told(review="rejected"))

    def test_is_refused_where_the_carrier_serves_no_such_number(self) -> None:
        with pytest.raises(Rejected, match="no emergency calling") as refusal:
            self.register(told(), ok([]), ok([]))
        assert refusal.value.reason is Reason.NOT_ALLOWED

    def test_asks_a_person_for_what_an_address_does_not_tell(self) -> None:
        rule = row(
            "emergency_requirements",
            "r-1",
            identity_type="any",
            business_mandatory_fields=["company_reg_number", "Country", "Shoe size"],
        )
        with pytest.raises(Rejected, match="company_reg_number, Shoe size") as refusal:
            self.register(told(), ok([]), ok([rule]))
        assert refusal.value.reason is Reason.DOCUMENTS_MISSING

    def test_says_what_the_validation_minds(self) -> None:
        rule = row("emergency_requirements", "r-1", identity_type="any")
        person = row("identities", "i-1", description=f"{OURS}:r-1:abc", created_at="")
        where = row("addresses", "a-1")
        with pytest.raises(Rejected, match="Address is outside of the area"):
            self.register(
                told(),
                ok([]),
                ok([rule]),
                ok([person]),
                ok([where]),
                refused(422, "Address is outside of the area"),
            )

    @pytest.mark.parametrize("answer", [httpx2.Response(204), ok(row("x", "r-1"), status=201)])
    def test_takes_either_answer_of_a_validation_that_minds_nothing(
        self, answer: httpx2.Response
    ) -> None:
        rule = row("emergency_requirements", "r-1", identity_type="any")
        person = row("identities", "i-1", description=f"{OURS}:r-1:abc", created_at="")
        made = row("emergency_verifications", "v-1", status="pending")
        sent = self.register(
            told(),
            ok([]),
            ok([rule]),
            ok([person]),
            ok([row("addresses", "a-1")]),
            answer,
            ok(made, status=201),
        )
        assert sent[-1].url.path == "/v3/emergency_verifications"
        assert b'"dids"' in sent[-1].content

    def test_needs_a_plan_of_the_account(self) -> None:
        rule = row("emergency_requirements", "r-1", identity_type="any")
        person = row("identities", "i-1", description=f"{OURS}:r-1:abc", created_at="")
        with pytest.raises(Misconfigured):
            self.register(
                told(),
                ok([]),
                ok([rule]),
                ok([person]),
                ok([row("addresses", "a-1")]),
                httpx2.Response(204),
                refused(403, "Forbidden"),
            )


class TestUnregister:
    def unregister(self, *answers: httpx2.Response) -> list[httpx2.Request]:
        """Have a number's registration end; gives what was sent."""
        carrier, sent = adapter(*answers)
        carrier.unregister(NUMBER, carrier_reference="d-1", deadline=soon())
        return sent

    def test_leaves_a_service_to_its_other_numbers(self) -> None:
        sent = self.unregister(
            told(service="active", review="approved", numbers=("d-1", "d-2")),
            ok(row("dids", "d-1")),
        )
        assert (sent[-1].method, sent[-1].url.path) == ("PATCH", "/v3/dids/d-1")
        assert b'"emergency_calling_service": {"data": null}' in sent[-1].content

    @pytest.mark.parametrize(("service", "review"), [("in_process", "approved"), ("", "pending")])
    def test_waits_for_what_nobody_can_cancel(self, service: str, review: str) -> None:
        with pytest.raises(Unavailable):
            self.unregister(told(service=service, review=review))


class TestAtTheCarrier:
    @pytest.fixture
    def sandbox(self) -> Any:
        opened = CarrierSandbox()
        yield opened
        opened.close()

    def test_an_address_that_fails_may_be_replaced(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("didww")
        (number,) = self.bought(carrier)
        bad = replace(OFFICE, street="Failing Rd")
        there = self.registered(carrier, number, bad)
        assert there.state is EmergencyState.FAILED
        assert "cannot be found" in there.reason
        assert self.registered(carrier, number, OFFICE).state is EmergencyState.ACTIVE

    def test_two_numbers_of_a_place_share_who_is_there(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("didww")
        for number in self.bought(carrier, 2):
            there = self.registered(carrier, number, OFFICE, OURS)
            assert there.state is EmergencyState.ACTIVE
        assert len(sandbox.world.store.table("didww.identities")) == 1
        assert len(sandbox.world.store.table("didww.addresses")) == 1
        assert len(sandbox.world.store.table("didww.emergency_calling_services")) == 2

    @pytest.mark.parametrize("nth", [1, 2, 3])
    def test_is_made_once_wherever_an_answer_was_lost(
        self, sandbox: CarrierSandbox, nth: int
    ) -> None:
        credentials = sandbox.account("didww")["credentials"]
        carrier: Any = sandbox.adapter_for("didww", credentials)
        (number,) = self.bought(carrier)
        # Whoever is there, the address, and the review of it; what is only looked at is read again.
        cut = Cut(
            sandbox.transport, nth, lambda one: one.method == "POST" and one.url.path.endswith(MADE)
        )
        client = new_client(cut)
        with pytest.raises(OutcomeUnknown):
            self.registered(
                sandbox.adapter_for("didww", credentials, client=client), number, OFFICE, OURS
            )
        assert self.registered(carrier, number, OFFICE, OURS).state is EmergencyState.ACTIVE
        for table in MADE:
            assert len(sandbox.world.store.table(f"didww{table.replace('/', '.')}")) == 1

    def test_uses_whom_a_number_is_registered_to(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter("didww")
        wanted = Wanted(country="GB", type=NumberType.LOCAL, limit=1)
        (number,) = self.bought(carrier, wanted=wanted)
        with pytest.raises(Rejected, match="Company ID"):
            self.registered(carrier, number, LONDON)
        (mine,) = sandbox.world.store.table("didww.dids").values()
        person = {
            "id": "i-1",
            "account": mine["account"],
            "attributes": {"description": "", "company_reg_number": "123"},
        }
        sandbox.world.store.put("didww.identities", "i-1", person)
        mine["identity"] = "i-1"
        assert self.registered(carrier, number, LONDON).state is EmergencyState.ACTIVE

    def test_a_message_names_the_review(self, sandbox: CarrierSandbox) -> None:
        credentials = sandbox.account("didww")["credentials"]
        carrier: Any = sandbox.adapter_for("didww", credentials, webhook_url=WEBHOOKS)
        (number,) = self.bought(carrier)
        there = self.registered(carrier, number, OFFICE)
        sandbox.close()
        # The order's own message is on its way at the same time.
        hints = [carrier.hint(letter.body) for letter in sandbox.letters]
        named = {hint.kind: hint.carrier_reference for hint in hints}
        assert named["emergency_verifications.approved"] == there.carrier_reference

    def bought(self, carrier: Any, count: int = 1, wanted: Wanted | None = None) -> list[E164]:
        """Buy numbers."""
        found = wanted or Wanted(country="US", area_code="312", limit=count)
        return [bought(carrier, found) for _ in range(count)]

    def registered(self, carrier: Any, number: E164, address: Any, reference: str = "") -> Any:
        """Have a number registered, and give what has become of it."""
        carrier.register(
            number,
            carrier_reference="",
            address=address,
            reference=reference or str(uuid4()),
            deadline=soon(),
        )
        for _ in range(10):
            there = carrier.registered(number, carrier_reference="", deadline=soon())
            if there.state is not EmergencyState.PENDING:
                return there
        raise AssertionError("It stays pending.")


def test_unit_and_floor_stand_behind_the_street() -> None:
    assert services.where(OFFICE).street == "100 N Main St, Suite 5, Floor 2"

"""What the journal says about a person is erased on request, and its chain holds."""

from __future__ import annotations

import pytest

from accounts import events, journal, sealing, verification
from accounts.models import Event, PersonalValue
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from accounts.work import acting
from accounts.workflows import erasing
from accounts.workflows.erasing import UnableToErase

EMAIL = "ada@example.com"


@pytest.fixture
def told(cast: Cast) -> None:
    """Have a person named in the journals of two branches."""
    for actor, organization in (
        (cast.dealer_owner, cast.tenant),
        (cast.rival_dealer_owner, cast.rival_tenant),
    ):
        with acting(actor):
            journal.record(
                actor,
                events.INVITED,
                now=NOW,
                subject="test.thing:1",
                organization=organization,
                after={"role": "VIEWER"},
                personal={"email": EMAIL},
            )
    sealing.seal_pending(NOW)


class TestErase:
    def test_erases_within_reach_and_keeps_chain_and_sentence(self, cast: Cast, told: None) -> None:
        assert erasing.erase(value=" ADA@Example.com ", actor=cast.dealer_owner, now=NOW) == 1
        sealing.seal_pending(NOW)
        assert verification.problems() == []
        left = PersonalValue.objects.get()
        assert left.event.organization == cast.rival_tenant
        event = Event.objects.get(action=events.INVITED.name, organization=cast.tenant)
        assert "(erased)" in journal.sentence(event, cast.tenant_owner)
        (erasure,) = Event.objects.filter(action=events.PERSONAL_ERASED.name)
        assert erasure.after == {"count": 1}
        assert EMAIL not in str(vars(erasure)).lower()

    def test_tells_nothing_where_nothing_was(self, cast: Cast, told: None) -> None:
        assert erasing.erase(value="bob@example.com", actor=cast.staff, now=NOW) == 0
        assert not Event.objects.filter(action=events.PERSONAL_ERASED.name).exists()
        assert PersonalValue.objects.count() == 2

    @pytest.mark.parametrize("value", ["", " a ", "x" * 255, "a\x00b@example.com"])
    def test_refuses_what_is_no_value(self, cast: Cast, told: None, value: str) -> None:
        with pytest.raises(UnableToErase) as refusal:
            erasing.erase(value=value, actor=cast.staff, now=NOW)
        assert refusal.value.field == "value"
        assert PersonalValue.objects.count() == 2

"""Who travels, and what they found on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2

from portal.journey.clients import Client
from portal.journey.story import Story, expect
from portal.supervisor.portal_run import PortalRun
from portal.supervisor.telephony import DemoRouter

CARRIERS = ("telnyx", "twilio")


@dataclass(frozen=True)
class Bought:
    """A number that was bought on the way."""

    number: str
    carrier: str


@dataclass
class World:
    """The portal, its clients and the ids they were given."""

    portal: PortalRun
    story: Story
    staff: Client
    sandbox: httpx2.Client
    dealer: Client | None = None
    rival: Client | None = None
    tenant: Client | None = None
    dealer_id: str = ""
    rival_id: str = ""
    tenant_id: str = ""
    pbx_id: str = ""
    order_id: str = ""
    search_id: str = ""
    offer_id: str = ""
    sip_domain: str = "cactus.example"
    trunks: dict[str, str] = field(default_factory=dict)
    found: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    bought: list[Bought] = field(default_factory=list)
    routers: list[DemoRouter] = field(default_factory=list)
    calls: bool = False

    def of(self, carrier: str) -> list[str]:
        """Give the numbers bought at a carrier."""
        return [one.number for one in self.bought if one.carrier == carrier]

    @property
    def allotted(self) -> str:
        """Give the number that the dealer hands to the tenant."""
        return self.of("telnyx")[0]

    @property
    def claimed(self) -> str:
        """Give the number that the tenant claims."""
        return self.of("twilio")[0]

    def look(self) -> None:
        """Have started again what somebody ended; what failed by itself ends the journey."""
        self.portal.run.look()
        failed = [name for name, back in self.portal.run.comebacks.items() if back.failures]
        expect(not failed, f"Ended by itself: {', '.join(failed)}.")


def known(client: Client | None) -> Client:
    """Give a client that an earlier step let in."""
    expect(client is not None, "An earlier step did not let this client in.")
    assert client is not None  # noqa: S101 -- told to the type checker; the line above refuses
    return client

"""
Where the text messages to a number go at Bandwidth: to the application of the number's location.

Facts: `numbers_v2.openapi.yaml` (`applications`, `products/messaging`, `tnoptions`) and the command
line tool of June 2026: without an application the location's messages are dropped in silence. All
numbers of a location share its application, so an address of one number's own needs a location of
its own. An order switches the messages of one number on and off, and is decided later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.bandwidth.options import BandwidthOptions
from trunks.carriers.bandwidth.payloads import details_from, number_out
from trunks.carriers.bandwidth.wire import EMPTY, there
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, Stage, Standing
from trunks.roles import EnablesMessaging
from trunks.xml import Content, text_of, xml_of

SERVICE = "Messaging"
"""What a number that takes messages has among its services, and an application is for."""


@dataclass(frozen=True)
class Place:
    """At which location a number is, and whether it takes messages."""

    peer: str
    takes_messages: bool


class BandwidthTexts(BandwidthOptions, EnablesMessaging):
    """The part of the adapter that routes text messages."""

    sms_settings: ClassVar[Sequence[tuple[str, Content]]] = (
        ("TollFree", "true"),
        ("Protocol", "HTTP"),
        ("Zone1", "true"),
    )
    """How a location is opened for messages; the zone is the United States and Canada."""

    def route_messages(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Give the location its application, then switch the number's messages on; or off."""
        place = self._place(number, deadline)
        if not address:
            return self._switch(number, deadline, on=False) if place.takes_messages else NOTHING
        application = self._application(address, deadline) or self._call(
            "POST",
            "applications",
            content=application_body(address),
            parse=lambda body: text_of(there(body), "Application/ApplicationId"),
            deadline=deadline,
        )
        self._link(place.peer, application, deadline)
        return IN_FORCE if place.takes_messages else self._switch(number, deadline, on=True)

    def messages_of(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the application of the number's location, and whether the number's are on."""
        place = self._place(number, deadline)
        application = self._application(address, deadline) if address else ""
        if not application or self._linked(place.peer, deadline) != application:
            return NOTHING
        if place.takes_messages:
            return IN_FORCE
        last = self._last_order(number, deadline, _switched)
        return last.standing if last is not None and last.word == "on" else NOTHING

    def _place(self, number: E164, deadline: Deadline) -> Place:
        return self._call(
            "GET",
            f"tns/{number_out(number)}/tndetails",
            parse=lambda body: place_from(there(body), number),
            deadline=deadline,
        )

    def _application(self, address: str, deadline: Deadline) -> str:
        name = application_name(address)
        found = self._call(
            "GET",
            "applications",
            parse=lambda body: applications_from(there(body)),
            means={EMPTY: []},
            deadline=deadline,
        )
        return next((id_ for id_, *told in found if told == [name, address]), "")

    def _linked(self, peer: str, deadline: Deadline) -> str:
        return self._call(
            "GET",
            f"{self._messaging_of(peer)}/applicationSettings",
            parse=linked_from,
            deadline=deadline,
        )

    def _link(self, peer: str, application: str, deadline: Deadline) -> None:
        linked = self._linked(peer, deadline)
        if linked == application:
            return
        if linked and self._count(peer, deadline) > 1:
            raise Rejected(
                "Numbers of the same trunk have their messages sent elsewhere, and one trunk has "
                "one address. Choose that address, or deliver the number to a trunk of its own.",
                reason=Reason.NOT_ALLOWED,
            )
        self._open(peer, deadline)
        self._call(
            "PUT",
            f"{self._messaging_of(peer)}/applicationSettings",
            content=xml_of("ApplicationsSettings", [("HttpMessagingV2AppId", application)]),
            parse=lambda body: body,
            deadline=deadline,
        )

    def _open(self, peer: str, deadline: Deadline) -> None:
        """Let a location take messages; how one that takes none is shown is not described."""
        path = f"{self._messaging_of(peer)}/features/sms"
        try:
            is_open = self._call(
                "GET",
                path,
                parse=lambda body: next(there(body).iter("Protocol"), None) is not None,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise
            is_open = False
        if not is_open:
            content = xml_of(
                "SipPeerSmsFeature", [("SipPeerSmsFeatureSettings", self.sms_settings)]
            )
            self._call("POST", path, content=content, parse=lambda body: body, deadline=deadline)

    def _count(self, peer: str, deadline: Deadline) -> int:
        counts = "SipPeerTelephoneNumbersCount/SipPeerTelephoneNumbersCount"
        return self._call(
            "GET",
            f"sites/{self.credentials['site_id']}/sippeers/{peer}/totaltns",
            parse=lambda body: int(text_of(there(body), counts)),
            deadline=deadline,
        )

    def _switch(self, number: E164, deadline: Deadline, *, on: bool) -> Standing:
        option = ("Sms", "on" if on else "off")
        done = Stage.ACTIVE if on else Stage.ABSENT
        return self._order_option(number, option, done=done, deadline=deadline)

    def _messaging_of(self, peer: str) -> str:
        return f"sites/{self.credentials['site_id']}/sippeers/{peer}/products/messaging"


def application_name(address: str) -> str:
    """Name the application of an address: the same one each time."""
    return f"portal {uuid5(NAMESPACE_URL, address)}"


def application_body(address: str) -> bytes:
    """Write an application, which sends to the address what comes in."""
    return xml_of(
        "Application",
        [
            ("ServiceType", "Messaging-V2"),
            ("AppName", application_name(address)),
            ("InboundCallbackUrl", address),
        ],
    )


def applications_from(body: Element) -> list[tuple[str, str, str]]:
    """Read the applications for messages: id, name and address."""
    if body.tag != "ApplicationProvisioningResponse":
        raise ValueError("not a list of applications")
    return [
        (
            text_of(part, "ApplicationId"),
            text_of(part, "AppName"),
            (part.findtext("InboundCallbackUrl") or part.findtext("MsgCallbackUrl") or "").strip(),
        )
        for part in body.iter("Application")
        if text_of(part, "ServiceType").startswith(SERVICE)
    ]


def linked_from(body: Element | None) -> str:
    """Read the application of a location, or empty text; what is around it has two spellings."""
    told = next(there(body).iter("HttpMessagingV2AppId"), None)
    return "" if told is None else (told.text or "").strip()


def place_from(body: Element, number: E164) -> Place:
    """Read where a number is."""
    entry = details_from(body, number)
    services = [(part.text or "").strip() for part in entry.iterfind("ServiceTypes/ServiceType")]
    return Place(peer=text_of(entry, "SipPeer/PeerId"), takes_messages=SERVICE in services)


def _switched(group: Element) -> str:
    """Read whether an order switched messages on or off; empty where neither."""
    word = group.findtext("Sms") or ""
    return word if word in ("on", "off") else ""

"""
For which campaign a number sends at Bandwidth: an option of the number, ordered and decided later.

Facts: `numbers_v2.openapi.yaml` (`a2pCampaigns`, `tnoptions`, `tndetails`). Brands and campaigns
are registered in its portal, or with the registry and imported there; the account then lists them.
Its example of an order names a message class beside the campaign, so that of the list is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.bandwidth.options import BandwidthOptions
from trunks.carriers.bandwidth.payloads import details_from, number_out
from trunks.carriers.bandwidth.wire import there
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, Stage, Standing
from trunks.roles import JoinsCampaigns
from trunks.xml import Content, text_of

DELETE = "delete"


@dataclass(frozen=True)
class Campaign:
    """A campaign of the account; its class is empty where none is told."""

    id: str
    message_class: str


class BandwidthCampaigns(BandwidthOptions, JoinsCampaigns):
    """The part of the adapter that lets numbers send for campaigns."""

    def join_campaign(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Order the campaign for the number, in place of any other."""
        if self._campaign_of(number, deadline) == campaign_reference:
            return IN_FORCE
        known = self._call(
            "GET", "products/messaging/a2pCampaigns", parse=campaigns_from, deadline=deadline
        )
        wanted = next((one for one in known if one.id == campaign_reference), None)
        if wanted is None:
            raise Rejected(
                f"Bandwidth lists no campaign {campaign_reference} in this account. Import it "
                "there, or end the campaign here and write it down with another id.",
                reason=Reason.INVALID,
            )
        of_class = [("MessageClass", wanted.message_class)] if wanted.message_class else []
        told: Content = [*of_class, ("CampaignId", wanted.id), ("Action", "asSpecified")]
        return self._order_option(
            number, ("A2pSettings", told), done=Stage.ACTIVE, deadline=deadline
        )

    def campaign_of(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the campaign of the number, or what became of the last order for one."""
        shown = self._campaign_of(number, deadline)
        if shown == campaign_reference:
            return IN_FORCE
        last = self._last_order(number, deadline, _ordered)
        if last is None or last.word != campaign_reference:
            return NOTHING
        # Only an example of hosted numbers shows a campaign: where none is shown, the order counts.
        is_undone = bool(shown) and last.standing.stage is Stage.ACTIVE
        return NOTHING if is_undone else last.standing

    def leave_campaign(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Order that the number sends for none, unless that was the last order."""
        last = self._last_order(number, deadline, _ordered)
        if self._campaign_of(number, deadline) or (last is not None and last.word != DELETE):
            settings: Content = [("Action", DELETE)]
            self._order_option(
                number, ("A2pSettings", settings), done=Stage.ABSENT, deadline=deadline
            )

    def _campaign_of(self, number: E164, deadline: Deadline) -> str:
        return self._call(
            "GET",
            f"tns/{number_out(number)}/tndetails",
            parse=lambda body: (
                details_from(there(body), number).findtext("MessagingSettings/CampaignId") or ""
            ).strip(),
            deadline=deadline,
        )


def campaigns_from(body: Element | None) -> list[Campaign]:
    """Read the campaigns of an account."""
    if there(body).tag != "MessagingA2pCampaignsResponse":
        raise ValueError("not a list of campaigns")
    return [
        Campaign(text_of(part, "CampaignId"), (part.findtext("MessageClass") or "").strip())
        for part in there(body).iter("MessagingA2pCampaign")
    ]


def _ordered(group: Element) -> str:
    """Read which campaign an order asked for; a word of its own where for none."""
    settings = group.find("A2pSettings")
    if settings is None:
        return ""
    return (settings.findtext("CampaignId") or settings.findtext("Action") or "").strip()

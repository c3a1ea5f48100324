"""
Names of callers at Twilio: a setting of a number looks them up, a product of Trust Hub lists one.

Facts: `twilio_trusthub_v1.json`, and the documentation (twilio.com/docs/voice/
brand-your-calls-using-cnam), which says what such a product consists of. It stands for one name of
one business, is reviewed, and then takes numbers. The business's own profile is made by somebody in
the console, and is found by the name of the business.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.twilio.trust import APPROVED, PATIENCE, Profile, TwilioTrust
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.features import IN_FORCE, NOTHING, CallerNames, Problem, Stage, Standing
from trunks.roles import SetsCallerName

POLICY = "RNf3db3cd1fe25fcfd3c3ded065c8fea53"
"""Of products that list names, the same for every account; in the documentation alone."""
PRODUCTS, PROFILES = "TrustProducts", "CustomerProfiles"
ENDPOINTS = "ChannelEndpointAssignments"
_STAGES = {"draft": Stage.ABSENT, "twilio-rejected": Stage.REJECTED, APPROVED: Stage.READY}
_OPEN = frozenset({Stage.ABSENT, Stage.REJECTED})


@dataclass(frozen=True)
class Product:
    """What lists one name of one business, whatever the numbers that have it."""

    sid: str
    stage: Stage
    words: str = ""

    @property
    def standing(self) -> Standing:
        """Say how far it is; numbers may have the name once it is approved."""
        minded = (Problem(field="text", words=self.words),) if self.words else ()
        return Standing(stage=self.stage, problems=minded)


class TwilioCallerNames(TwilioTrust, SetsCallerName):
    """The part of the adapter that names callers."""

    lists_names: ClassVar[bool] = True
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Switch the look-up, and have the name reviewed, then linked with the number."""
        sid = carrier_reference or self._sid_of(number, deadline)
        self._account(
            "POST",
            f"/IncomingPhoneNumbers/{sid}.json",
            form=[("VoiceCallerIdLookup", "true" if wanted.shows_callers else "false")],
            parse=looks_up,
            deadline=deadline,
        )
        product = self._handed_in(wanted, deadline) if wanted.text else None
        self._take_names(sid, deadline, keep=product.sid if product else "")
        if product is None:
            return IN_FORCE if wanted.shows_callers else NOTHING
        if product.stage is not Stage.READY:
            return product.standing
        # A number is the business's first, and may have one of its names then.
        self._link(PROFILES, self._profile_of(wanted, deadline).sid, sid, deadline)
        self._link(PRODUCTS, product.sid, sid, deadline)
        return IN_FORCE

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """
        Read the setting, and how the name stands that is wanted.

        Which name a number has, where none is wanted, would be one question for each name.
        """
        sid = carrier_reference or self._sid_of(number, deadline)
        is_on = self._account(
            "GET", f"/IncomingPhoneNumbers/{sid}.json", parse=looks_up, deadline=deadline
        )
        if is_on != wanted.shows_callers:
            return NOTHING
        if not wanted.text:
            return IN_FORCE if is_on else NOTHING
        product = self._product(wanted, deadline)
        if product is None:
            return NOTHING
        is_linked = product.stage is Stage.READY and self._links(
            PRODUCTS, product.sid, sid, deadline
        )
        return IN_FORCE if is_linked else product.standing

    def _handed_in(self, wanted: CallerNames, deadline: Deadline) -> Product:
        product = self._product(wanted, deadline)
        if product is not None and product.stage not in _OPEN:
            return product
        if not wanted.text[0].isalpha():
            raise Rejected("At Twilio a name begins with a letter.", reason=Reason.INVALID)
        profile, name = self._profile_of(wanted, deadline), product_name(wanted)
        sid = product.sid if product else self._make_product(name, profile, deadline)
        person = self._person(wanted.text, name, deadline)
        path = f"/v1/{PRODUCTS}/{sid}"
        self.assign("trusthub", f"{path}/EntityAssignments", {profile.sid, person}, deadline)
        words = self.call(
            "POST",
            "trusthub",
            f"{path}/Evaluations",
            form=[("PolicySid", POLICY)],
            parse=minded_from,
            deadline=deadline,
        )
        if words:
            return Product(sid, Stage.REJECTED, words)
        return self.call(
            "POST",
            "trusthub",
            path,
            form=[("Status", "pending-review")],
            parse=product_from,
            deadline=deadline,
        )

    def _product(self, wanted: CallerNames, deadline: Deadline) -> Product | None:
        name = product_name(wanted)
        filters = [("FriendlyName", name), ("PolicySid", POLICY)]
        rows = self.bundles(
            PRODUCTS,
            filters,
            lambda row: product_from(row) if row["friendly_name"] == name else None,
            deadline,
        )
        same = filter(None, rows)
        # After a lost answer there may be two, of which one was never handed in.
        return min(same, key=lambda product: product.stage in _OPEN, default=None)

    def _profile_of(self, wanted: CallerNames, deadline: Deadline) -> Profile:
        profile = self.approved(PROFILES, wanted.business, deadline)
        if profile is None:
            raise Unavailable(
                f"Trust Hub has no approved customer profile that is named {wanted.business}. "
                "Make it in Twilio's console.",
                retry_after=PATIENCE,
            )
        return profile

    def _make_product(self, name: str, profile: Profile, deadline: Deadline) -> str:
        form = [("FriendlyName", name), ("Email", profile.email), ("PolicySid", POLICY)]
        return self.call(
            "POST", "trusthub", f"/v1/{PRODUCTS}", form=form, parse=_sid, deadline=deadline
        )

    def _person(self, text: str, name: str, deadline: Deadline) -> str:
        """Give the object that has the name itself; its list takes no filter."""
        path = "/v1/EndUsers"
        kept = self.pages(
            "trusthub",
            path,
            "results",
            read=lambda row: (str(row["friendly_name"]), str(row["sid"])),
            deadline=deadline,
        )
        form = [
            ("FriendlyName", name),
            ("Type", "cnam_information"),
            ("Attributes", json.dumps({"cnam_display_name": text})),
        ]
        return dict(kept).get(name) or self.call(
            "POST", "trusthub", path, form=form, parse=_sid, deadline=deadline
        )

    def _links(self, kind: str, bundle: str, sid: str, deadline: Deadline) -> list[str]:
        rows = self.pages(
            "trusthub",
            f"/v1/{kind}/{bundle}/{ENDPOINTS}",
            "results",
            read=lambda row: (str(row["channel_endpoint_sid"]), str(row["sid"])),
            deadline=deadline,
            filters=[("ChannelEndpointSid", sid)],
        )
        return [link for endpoint, link in rows if endpoint == sid]

    def _link(self, kind: str, bundle: str, sid: str, deadline: Deadline) -> None:
        if not self._links(kind, bundle, sid, deadline):
            form = [("ChannelEndpointType", "phone-number"), ("ChannelEndpointSid", sid)]
            path = f"/v1/{kind}/{bundle}/{ENDPOINTS}"
            self.call("POST", "trusthub", path, form=form, parse=_sid, deadline=deadline)

    def _take_names(self, sid: str, deadline: Deadline, *, keep: str) -> None:
        """Take a number out of the products of other names; nothing says in which it is."""
        filters = [("Status", APPROVED), ("PolicySid", POLICY)]
        for product in self.bundles(PRODUCTS, filters, _sid, deadline):
            if product == keep:
                continue
            for link in self._links(PRODUCTS, product, sid, deadline):
                path = f"/v1/{PRODUCTS}/{product}/{ENDPOINTS}/{link}"
                self.call("DELETE", "trusthub", path, parse=lambda _body: None, deadline=deadline)


def product_name(wanted: CallerNames) -> str:
    """Name a product by all that it says, so that it is made once."""
    said = f"{wanted.business}\n{wanted.text}"
    return f"portal caller name {wanted.text}: {hashlib.sha256(said.encode()).hexdigest()[:12]}"


def product_from(row: Mapping[str, Any]) -> Product:
    """Read how far a product is; a word that we don't know is no decision."""
    stage = _STAGES.get(str(row["status"]), Stage.PENDING)
    words = _words(row.get("errors")) if stage is Stage.REJECTED else ""
    return Product(str(row["sid"]), stage, words)


def minded_from(body: Mapping[str, Any]) -> str:
    """Read what an evaluation minds; empty where it minds nothing."""
    if body["status"] == "compliant":
        return ""
    failed = [result for result in body["results"] or () if not result.get("passed")]
    troubles = [trouble for result in failed for trouble in result.get("invalid") or [result]]
    return _words(troubles) or "Twilio finds it incomplete."


def _words(troubles: Any) -> str:
    # What such rows hold is in no document; Twilio's errors elsewhere have one of these.
    names = ("failure_reason", "message", "description", "code")
    found = [
        next((str(row[name]) for name in names if row.get(name)), "") for row in troubles or ()
    ]
    return " ".join(filter(None, found))


def looks_up(body: Mapping[str, Any]) -> bool:
    """
    Read whether the callers of a number are looked up.

    :raises TypeError: if that is neither yes nor no
    """
    is_on = body["voice_caller_id_lookup"]
    if not isinstance(is_on, bool):
        raise TypeError("the setting is no yes or no")
    return is_on


def _sid(body: Mapping[str, Any]) -> str:
    return str(body["sid"])

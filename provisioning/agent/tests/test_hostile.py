"""Whatever arrives, the router goes on taking calls."""

from __future__ import annotations

import re
import socket

import pytest

from provisioning.agent.tests.publishing import STRANGER, TRUNK, Stage
from provisioning.agent.tests.words import invite, is_alive, say
from provisioning.pbx.kamailio.calls import place_call
from provisioning.pbx.kamailio.phones import Phones, Rang

pytestmark = pytest.mark.wire
KEY = "13125550123"


def ring(stage: Stage, phones: Phones) -> Rang:
    """Have an honest call answered; gives what rang."""
    stage.publish("inbound", {KEY: "c,20,1001@a.example"})
    assert place_call(source=TRUNK, target=stage.router.address, request_user="+" + KEY).answered
    return phones.rang[-1]


def again(call: Rang, route: str, *, place: str = "", extra: str = "") -> str:
    """Write another INVITE of the caller inside a call."""
    text = invite(n=call.call_id, tag=";tag=phone", extra=f"Route: {route}\r\n{extra}")
    text = text.replace("From: <sip:a@b>;tag=1", f"From: {call.message.one('from')}")
    text = text.replace("CSeq: 1 ", "CSeq: 7 ")
    return text.replace("sip:+13125550123@router SIP", f"{place or call.request_uri} SIP")


class TestHostileMessages:
    def test_are_refused_and_do_no_harm(self, stage: Stage) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        big = "X-Fill: " + "y" * 20_000 + "\r\n"
        assert " 513 " in say(stage.router.address, invite(n="big", extra=big))
        assert " 483 " in say(stage.router.address, invite(n="hops", hops="0"))
        assert " 400 " in say(stage.router.address, invite(n="cseq", method="OPTIONS"))
        assert " 400 " in say(stage.router.address, invite(n="length", length="99999"))
        route = "Route: <sip:127.0.3.10:5999;lr>\r\n"
        assert " 481 " in say(stage.router.address, invite(n="dialog", tag=";tag=2"))
        assert " 403 " in say(
            stage.router.address, invite(n="relay", tag=";tag=2", extra=route), source=STRANGER
        )
        for nonsense in (
            b"\0" * 60_000,
            b"\xff" * 4_000,
            b"INVITE\r\n\r\n",
            b"INVITE sip:" + b"9" * 30_000 + b"@x SIP/2.0\r\n\r\n",
            b"\r\n\r\n",
            b"SIP/2.0 200 OK\r\n\r\n",
            invite(n="user").replace("+13125550123", "%00%ff'\";--" + "9" * 900).encode(),
            invite(n="bytes").encode()[:150],
        ):
            say(stage.router.address, nonsense)
        result = place_call(source=TRUNK, target=stage.router.address, request_user="+13125550123")
        assert result.answered_by == "1001@a.example"
        assert stage.processes["router"].poll() is None

    def test_headers_of_ours_are_taken_off_inside_calls_too(
        self, stage: Stage, phones: Phones
    ) -> None:
        call = ring(stage, phones)
        route, place = call.message.one("record-route"), f"sip:phone@{phones.host}:{phones.port}"
        say(stage.router.address, again(call, route, place=place, extra="X-Outside: planted\r\n"))
        assert [rang.message.all("x-outside") for rang in phones.rang] == [[], []]

    @pytest.mark.parametrize("by", ["contact", "route"])
    def test_a_forged_trunk_cannot_have_us_relay_to_anyone(
        self, stage: Stage, phones: Phones, by: str
    ) -> None:
        call = ring(stage, phones)
        ours = call.message.one("record-route")
        guessed = re.sub("k=[0-9a-f]{32}", "k=" + "0" * 32, ours)
        assert guessed != ours
        shown = {
            "no-mark": f"<sip:{stage.router.address};lr>",
            "empty": f"<sip:{stage.router.address};lr;k=>",
            "guessed": guessed,
            "of-another-call": ours,
            call.call_id: ours,  # of this call, but of nobody in it
        }
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
            victim.bind((STRANGER, 0))
            victim.settimeout(0.5)
            place = f"{STRANGER}:{victim.getsockname()[1]}"
            further = f"Route: <sip:{place};lr>\r\n" if by == "route" else ""
            for name, route in shown.items():
                for method in ("ACK", "INVITE", "BYE"):
                    forged = invite(
                        n=name, tag=";tag=2", method=method, extra=f"Route: {route}\r\n{further}"
                    ).replace("INVITE sip:+13125550123@router SIP", f"{method} sip:1@{place} SIP")
                    forged = forged.replace("z9hG4bK", f"z9hG4bK{method}")
                    if method == "ACK":
                        say(stage.router.address, forged, seconds=0.05)
                    else:
                        assert " 403 " in say(stage.router.address, forged)
            with pytest.raises(TimeoutError):
                victim.recv(65_535)

    def test_what_shows_a_call_of_ours_is_relayed_wherever_its_peers_are(
        self, stage: Stage, phones: Phones
    ) -> None:
        """The same words as the forger's, with the mark that only the call's peers know."""
        call = ring(stage, phones)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind((STRANGER, 0))
            peer.settimeout(5)
            place = f"sip:1@{STRANGER}:{peer.getsockname()[1]}"
            say(stage.router.address, again(call, call.message.one("record-route"), place=place))
            assert peer.recv(65_535).startswith(f"INVITE {place} ".encode())

    def test_keepalives_are_answered_to_those_we_know(self, stage: Stage) -> None:
        assert is_alive(stage.router.address)
        assert not is_alive(stage.router.address, source=STRANGER)

"""
What is known of the trunks of carriers at which a person makes them: it fills the form.

What a carrier gives each customer (hosts, addresses, credentials) is entered by whoever got it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lib.e164 import DidFormat
from trunks.description import Auth, Carries, Codec, Header, TrunkDescription

_EVERYWHERE = (Header.FROM, Header.CONTACT, Header.P_ASSERTED_IDENTITY)
_EUROPE = (Codec.PCMA, Codec.PCMU)
_AMERICA = (Codec.PCMU, Codec.G729)


@dataclass(frozen=True)
class TrunkProfile:
    """
    How the trunks of one carrier are.

    :ivar carrier: the slug of the carrier
    :ivar note: what to mind, in sentences for staff
    """

    slug: str
    name: str
    carrier: str
    note: str
    description: TrunkDescription


_ALL = (
    # PortSIP's knowledge base, "Gamma SIP Trunk".
    TrunkProfile(
        "gamma-ip",
        "Gamma, by address",
        "gamma",
        "Gamma names the host, and must know the PBX's public address. It wants the caller's "
        "number with a plus in three headers, and its own host in P-Asserted-Identity.",
        TrunkDescription(
            auth=Auth.IP, caller_id_in=_EVERYWHERE, asserts_carrier_host=True, codecs=_EUROPE
        ),
    ),
    # PortSIP's knowledge base, "VoiceMeUp SIP Trunk".
    TrunkProfile(
        "voicemeup-register",
        "VoiceMeUp, registered",
        "voicemeup",
        "VoiceMeUp gives a username and a password. It wants the caller's number with a plus in "
        "three headers, and its own host in P-Asserted-Identity.",
        TrunkDescription(
            auth=Auth.REGISTER, caller_id_in=_EVERYWHERE, asserts_carrier_host=True, codecs=_AMERICA
        ),
    ),
    # PortSIP's knowledge base: numbers of eleven digits, without a plus.
    TrunkProfile(
        "voipinnovations-ip",
        "VoIP Innovations, by address",
        "voip_innovations",
        "Make an endpoint group with the PBX's public address in the back office. Its number is "
        "the reference: by it numbers are delivered to this trunk.",
        TrunkDescription(
            auth=Auth.IP,
            did_format=DidFormat.E164,
            cli_format=DidFormat.E164,
            codecs=_AMERICA,
        ),
    ),
    # Its portal; how a trunk group writes numbers is in no document.
    TrunkProfile(
        "voxtelesys-ip",
        "Voxtelesys, a trunk group",
        "voxtelesys",
        "Voxtelesys' support makes trunk groups and names the host. Ask it how numbers are written "
        "before calls come by it; the group's name is the reference that orders are given.",
        TrunkDescription(auth=Auth.IP, codecs=_AMERICA),
    ),
    # PortSIP's knowledge base: messages only, username and password may be anything there.
    TrunkProfile(
        "aire-sms",
        "Aire Networks, messages only",
        "aire_networks",
        "Aire Networks gives sender, username and password for messages. It carries no calls: "
        "numbers and PBXs never see this trunk.",
        TrunkDescription(carries=Carries.MESSAGING, auth=Auth.REGISTER, caller_id_in=()),
    ),
)

PROFILES = {profile.slug: profile for profile in _ALL}

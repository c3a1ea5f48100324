"""What a connection may hold, and what it holds unless told otherwise (API description)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NULL = type(None)

_INBOUND: dict[str, Any] = {
    "ani_number_format": ("+E.164", "E.164", "+E.164-national", "E.164-national"),
    "channel_limit": int,
    "codecs": [str],
    "default_routing_method": ("sequential", "round-robin"),
    "dnis_number_format": ("+e164", "e164", "national", "sip_username"),
    "generate_ringback_tone": bool,
    "isup_headers_enabled": bool,
    "prack_enabled": bool,
    "shaken_stir_enabled": bool,
    "sip_compact_headers_enabled": bool,
    "sip_region": ("US", "Europe", "Australia"),
    "sip_subdomain": str,
    "sip_subdomain_receive_settings": ("only_my_connections", "from_anyone"),
    "timeout_1xx_secs": int,
    "timeout_2xx_secs": int,
}
_OUTBOUND: dict[str, Any] = {
    "ani_override": str,
    "ani_override_type": ("always", "normal", "emergency"),
    "call_parking_enabled": (True, False, None),
    "channel_limit": int,
    "generate_ringback_tone": bool,
    "instant_ringback_enabled": bool,
    "ip_authentication_method": ("tech-prefixp-charge-info", "token"),
    "ip_authentication_token": str,
    "localization": str,
    "outbound_voice_profile_id": str,
    "t38_reinvite_source": (
        *("telnyx", "customer", "disabled"),
        *("passthru", "caller-passthru", "callee-passthru"),
    ),
    "tech_prefix": str,
}
CREATE: dict[str, Any] = {
    "active": bool,
    "anchorsite_override": (
        *("Latency", "Chicago, IL", "Ashburn, VA", "San Jose, CA", "Sydney, Australia"),
        *("Amsterdam, Netherlands", "London, UK", "Toronto, Canada", "Vancouver, Canada"),
        "Frankfurt, Germany",
    ),
    "android_push_credential_id": (str, NULL),
    "call_cost_in_webhooks": bool,
    "connection_name": str,
    "default_on_hold_comfort_noise_enabled": bool,
    "dtmf_type": ("RFC 2833", "Inband", "SIP INFO"),
    "encode_contact_header_enabled": bool,
    "encrypted_media": ("SRTP", None),
    "inbound": _INBOUND,
    "ios_push_credential_id": (str, NULL),
    "jitter_buffer": dict,
    "noise_suppression": ("inbound", "outbound", "both", "disabled"),
    "noise_suppression_details": dict,
    "onnet_t38_passthrough_enabled": bool,
    "outbound": _OUTBOUND,
    "rtcp_settings": dict,
    "tags": [str],
    "transport_protocol": ("UDP", "TCP", "TLS"),
    "webhook_api_version": ("1", "2"),
    "webhook_event_failover_url": (str, NULL),
    "webhook_event_url": str,
    "webhook_timeout_secs": (int, NULL),
}
DEFAULTS: dict[str, Any] = {
    "connection_name": "",
    "active": True,
    "anchorsite_override": "Latency",
    "call_cost_in_webhooks": False,
    "default_on_hold_comfort_noise_enabled": True,
    "dtmf_type": "RFC 2833",
    "encode_contact_header_enabled": False,
    "encrypted_media": None,
    "onnet_t38_passthrough_enabled": False,
    "transport_protocol": "UDP",
    "webhook_api_version": "1",
    "webhook_event_failover_url": None,
    "webhook_timeout_secs": None,
    "rtcp_settings": {"port": "rtp+1", "capture_enabled": False, "report_frequency_secs": 5},
    "tags": [],
}
INBOUND: dict[str, Any] = {
    "ani_number_format": "E.164-national",
    "dnis_number_format": "e164",
    "codecs": ["G722", "G711U", "G711A", "G729", "OPUS", "H.264"],
    "default_routing_method": "sequential",
    "generate_ringback_tone": False,
    "isup_headers_enabled": False,
    "prack_enabled": False,
    "shaken_stir_enabled": False,
    "sip_compact_headers_enabled": True,
    "sip_region": "US",
    "timeout_1xx_secs": 3,
    "timeout_2xx_secs": 90,
}
OUTBOUND: dict[str, Any] = {
    "ani_override": "",
    "ani_override_type": "always",
    "call_parking_enabled": False,
    "generate_ringback_tone": False,
    "instant_ringback_enabled": True,
    "ip_authentication_method": "tech-prefixp-charge-info",
    "t38_reinvite_source": "customer",
    "tech_prefix": "",
}

_METHOD = "ip_authentication_method"
_BY_LOGIN_NOT = ("sip_region", "sip_subdomain", "sip_subdomain_receive_settings")
_BY_LOGIN_OUT_NOT = (_METHOD, "ip_authentication_token", "tech_prefix")
_LOGIN: dict[str, Any] = {
    **{name: kind for name, kind in CREATE.items() if name != "transport_protocol"},
    "inbound": {
        **{name: kind for name, kind in _INBOUND.items() if name not in _BY_LOGIN_NOT},
        "simultaneous_ringing": ("disabled", "enabled"),
    },
    "outbound": {name: kind for name, kind in _OUTBOUND.items() if name not in _BY_LOGIN_OUT_NOT},
    "user_name": str,
    "password": str,
    "sip_uri_calling_preference": ("disabled", "unrestricted", "internal"),
}


@dataclass(frozen=True)
class Kind:
    """
    One of the kinds of connections.

    :ivar inbound: what holds of calls to it unless told otherwise
    :ivar outbound: what holds of calls by it unless told otherwise
    :ivar ranks: the settings that rank its gateways; none where it has no gateways
    """

    record_type: str
    create: dict[str, Any]
    update: dict[str, Any]
    inbound: dict[str, Any]
    outbound: dict[str, Any]
    ranks: tuple[str, ...] = ()


def known(defaults: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a kind of connection does not have."""
    return {name: value for name, value in defaults.items() if name in shape}


def _by_gateways(word: str, methods: tuple[str, ...]) -> Kind:
    ranks = tuple(f"default_{rank}_{word}_id" for rank in ("primary", "secondary", "tertiary"))
    create = {**CREATE, "outbound": {**_OUTBOUND, _METHOD: methods}}
    update = {**create, "inbound": {**_INBOUND, **dict.fromkeys(ranks, str)}}
    outbound = {**OUTBOUND, _METHOD: methods[0]}
    return Kind(f"{word}_connection", create, update, INBOUND, outbound, ranks)


KINDS = {
    "ip_connections": _by_gateways("ip", ("tech-prefixp-charge-info", "token")),
    "fqdn_connections": _by_gateways("fqdn", ("credential-authentication", "ip-authentication")),
    "credential_connections": Kind(
        "credential_connection",
        _LOGIN,
        _LOGIN,
        known(INBOUND, _LOGIN["inbound"]),
        known(OUTBOUND, _LOGIN["outbound"]),
    ),
}
"""By the name of their paths."""

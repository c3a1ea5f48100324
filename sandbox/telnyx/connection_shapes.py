"""What a connection may hold, and what it holds unless told otherwise (API description)."""

from __future__ import annotations

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
UPDATE: dict[str, Any] = {
    **CREATE,
    "inbound": {
        **_INBOUND,
        "default_primary_ip_id": str,
        "default_secondary_ip_id": str,
        "default_tertiary_ip_id": str,
    },
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

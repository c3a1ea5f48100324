"""SIP addresses and domains, read strictly. Pure."""

from __future__ import annotations

import ipaddress
import re

_ADDRESS = re.compile(
    r"sip:(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>\d{1,5}))?"
    r"(?:;transport=(?P<transport>udp|tcp|tls))?",
    re.ASCII,
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)

LONGEST_DOMAIN = 60
"""Leaves room for a local part in the 128 characters of a router's value."""


class NotAnAddress(ValueError):
    """The text cannot be read; the message says why and what to type instead."""


def sip_address(text: str) -> str:
    """
    Read the SIP address of a machine and write it in full.

    :return: such as ``sip:192.0.2.10:5060;transport=udp``
    :raises NotAnAddress: if it is none
    """
    typed = text.strip().lower()
    found = _ADDRESS.fullmatch(typed if typed.startswith("sip:") else f"sip:{typed}")
    if found is None or not _is_host(found["host"]):
        raise NotAnAddress(
            f"“{text[:60]}” is not the SIP address of a machine. Write it like "
            "sip:192.0.2.10:5060;transport=udp."
        )
    port = int(found["port"] or 5060)
    if not 1 <= port <= 65535:
        raise NotAnAddress(f"There is no port {port}. Use one from 1 to 65535.")
    return f"sip:{found['host']}:{port};transport={found['transport'] or 'udp'}"


def sip_domain(text: str) -> str:
    """
    Read the SIP domain of a tenant: a host name with at least two labels, in lower case.

    :raises NotAnAddress: if it is none
    """
    domain = text.strip().lower().rstrip(".")
    labels = domain.split(".")
    if len(domain) > LONGEST_DOMAIN:
        raise NotAnAddress(
            f"A SIP domain has at most {LONGEST_DOMAIN} characters; choose a shorter one."
        )
    if len(labels) < 2 or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise NotAnAddress(
            f"“{text[:60]}” is not a SIP domain. Use a host name such as acme.pbx.example: "
            "letters, digits and hyphens, with at least one dot."
        )
    return domain


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        labels = host.split(".")
        return not labels[-1].isdigit() and all(map(_LABEL.fullmatch, labels))
    return True

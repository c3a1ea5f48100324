"""
One router for each address.

Kamailio binds its ports with SO_REUSEADDR: a second one at the same address starts without a word,
and Linux hands it the calls that were meant for the first.
"""

from __future__ import annotations

import socket
import time

_PATIENCE = 5.0
"""Seconds in which the workers of a router that was just stopped have gone."""


class AddressTaken(Exception):
    """Somebody else listens there; the message is a sentence."""


def take(listen: str, *, seconds: float = _PATIENCE) -> socket.socket:
    """
    Take an address such as ``udp:127.0.0.1:5060`` for the router about to be started.

    It is the router's for as long as any of its processes holds the socket that is given, so that
    must be inherited; it carries nothing.

    :raises AddressTaken: if another router or program has the address
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return _try(listen)
        except OSError as trouble:
            if time.monotonic() > end:
                raise AddressTaken(
                    f"Another router or program listens at {listen} ({trouble.strerror}). Stop it, "
                    "or choose another address."
                ) from trouble
            time.sleep(0.1)


def _try(listen: str) -> socket.socket:
    protocol, _, place = listen.partition(":")
    host, _, port = place.rpartition(":")
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        # Abstract, so it is gone with its last holder; seen wherever the same ports are seen.
        mark.bind(f"\0portal-router/{listen}")
        if protocol == "udp":
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.bind((host.strip("[]"), int(port)))
    except OSError:
        mark.close()
        raise
    return mark

"""Brings the loopback of a fresh network namespace up, then becomes the given command."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys

# linux/sockios.h and linux/if.h
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 0x1


def bring_up(name: bytes) -> None:
    """Set a network device up, as `ip link set NAME up` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sh14x", name, 0))
        flags = struct.unpack("16sh14x", answer)[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", name, flags | IFF_UP))


if __name__ == "__main__":
    bring_up(b"lo")
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606

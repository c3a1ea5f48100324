"""Published targets as rows of Kamailio's dispatcher."""

from __future__ import annotations

from dataclasses import dataclass

_HIGHEST = 1_000_000


class BadTarget(ValueError):
    """A published target cannot be read."""


@dataclass(frozen=True)
class Target:
    """One member of a target set: lower priorities are tried first, then higher weights."""

    key: str
    set: int
    uri: str
    priority: int
    weight: int

    @property
    def row(self) -> tuple[str, int, str, int]:
        """
        Give description, setid, destination and priority.

        The dispatcher tries the highest priority first (README of the module, "priority").
        """
        return self.key, self.set, self.uri, _HIGHEST - self.priority * 1_000 + self.weight


def as_target(key: str, value: str) -> Target:
    """
    Read ``20:1`` -> ``sip:192.0.2.1:5060;transport=udp,10,50``.

    :raises BadTarget: if it is not of that form
    """
    try:
        uri, priority, weight = value.rsplit(",", 2)
        target = Target(key, int(key.partition(":")[0]), uri, int(priority), min(int(weight), 999))
    except ValueError as trouble:
        raise BadTarget(f"target {key!r} cannot be read: {value!r}") from trouble
    if not uri.startswith(("sip:", "sips:")):
        raise BadTarget(f"target {key!r} has no SIP address: {value!r}")
    return target

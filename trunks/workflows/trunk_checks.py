"""What every trunk must be like, whoever makes it at the carrier."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from django.db import IntegrityError

from accounts.wording import one_line
from lib.refusals import UnableTo
from trunks.models import Gateway, Trunk
from trunks.offers import GatewaySpec

LONGEST_NAME = 60
LONGEST_HOST = 253
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 64


class UnableToCreateTrunk(UnableTo):
    """The trunk cannot be asked for as described."""

    code = "cannot_create_trunk"


def checked_name(name: str) -> str:
    """
    Give a trunk's name in one line.

    :raises UnableToCreateTrunk: if it is none
    """
    tidy = one_line(name, longest=LONGEST_NAME)
    if tidy is None:
        raise UnableToCreateTrunk(
            f"Give the trunk a name of 1 to {LONGEST_NAME} characters.", field="name"
        )
    return tidy


def require_gateways(gateways: Sequence[GatewaySpec]) -> None:
    """
    Make sure that there are gateways of ours, each once, which a carrier could reach.

    :raises UnableToCreateTrunk: naming what must change
    """
    if not gateways:
        raise UnableToCreateTrunk(
            "Name at least one gateway, or a password where you register.", field="gateways"
        )
    require_places(gateways, field="gateways", word="gateway")


def require_registration(password: str, gateways: Sequence[GatewaySpec]) -> None:
    """
    Make sure that a trunk at which we register has a password that nobody guesses, and no gateways.

    :raises UnableToCreateTrunk: naming what must change
    """
    if gateways:
        raise UnableToCreateTrunk(
            "Name no gateways where you register: calls come to whatever has registered.",
            field="gateways",
        )
    is_plain = password.isascii() and password.isprintable() and " " not in password
    is_mixed = all(any(map(kind, password)) for kind in (str.islower, str.isupper, str.isdigit))
    if not (is_plain and is_mixed and SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD):
        raise UnableToCreateTrunk(
            f"Give a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} letters, digits and "
            "signs, without spaces: with a small letter, a capital and a digit, as carriers want.",
            field="password",
        )


def require_places(places: Sequence[GatewaySpec], *, field: str, word: str) -> None:
    """
    Make sure that places are named once each, by names and ports that can be.

    :param word: what such a place is called
    :raises UnableToCreateTrunk: naming what must change
    """
    if len({(place.host, place.port) for place in places}) < len(places):
        raise UnableToCreateTrunk(f"Name each {word} once.", field=field)
    for place in places:
        if not 1 <= len(place.host) <= LONGEST_HOST or set(place.host) & set(" ;/@?\r\n"):
            raise UnableToCreateTrunk(
                f"Write each {word}'s host as a name or an IP address.", field=field
            )
        if not (1 <= place.port <= 65535 and 0 <= place.priority <= 65535):
            raise UnableToCreateTrunk("Ports are 1 to 65535, priorities 0 to 65535.", field=field)
        if not 1 <= place.weight <= 65535:
            raise UnableToCreateTrunk("Weights are 1 to 65535.", field=field)


def checked_addresses(addresses: Sequence[str], *, field: str = "source_addresses") -> list[str]:
    """
    Give addresses as they are written canonically, each once.

    :raises UnableToCreateTrunk: if one is no IP address
    """
    whose = "the carrier's" if field == "source_addresses" else "our"
    try:
        # The slash: an IPv6 zone, such as %eth0, means nothing on another machine.
        read = [ip_address(address.replace("%", "/")) for address in addresses]
    except ValueError as trouble:
        raise UnableToCreateTrunk(
            f"Write {whose} addresses as IP addresses, for example 192.0.2.10.", field=field
        ) from trouble
    return list(dict.fromkeys(map(str, read)))


def gateway(trunk: Trunk, spec: GatewaySpec) -> Gateway:
    """Give the row of a gateway."""
    return Gateway(
        trunk=trunk,
        host=spec.host,
        port=spec.port,
        transport=spec.transport,
        priority=spec.priority,
        weight=spec.weight,
    )


def clash_of(clash: IntegrityError, *, name: str, reference: str = "") -> Exception:
    """Say which other trunk of the account stands in the way; another trouble stays what it is."""
    if "trunk_name_once" in str(clash):
        return UnableToCreateTrunk(
            f"There is a trunk “{name}” at this account already. Choose another name.",
            field="name",
        )
    if "trunk_reference_once" in str(clash):
        return UnableToCreateTrunk(
            f"Another trunk of this account has the reference {reference}. Use that one, or "
            "correct the reference.",
            field="carrier_reference",
        )
    return clash

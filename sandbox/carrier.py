"""What every sandbox carrier is to the rest of the sandbox."""

from __future__ import annotations

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sandbox.faults import odd
from sandbox.stock.shelf import Article, Shelf
from sandbox.wire import Answer, Call, Request, Route
from sandbox.world import Account, World


@dataclass(frozen=True)
class Gateway:
    """An address a carrier sends calls to. Lower priority goes first."""

    host: str
    port: int
    transport: str
    priority: int
    weight: int


@dataclass(frozen=True)
class Delivery:
    """Where a call to a number would go right now, or why nowhere."""

    delivered: bool
    reason: str = ""
    request_user: str = ""
    """The called number as the carrier writes it in the request line."""
    gateways: tuple[Gateway, ...] = ()


class Carrier(ABC):
    """A carrier: its shelf, its paths, its door and its own words for trouble."""

    slug: str
    source_address: str
    """Where its calls come from."""
    announces_orders: bool
    """Whether it sends a message when an order is decided."""
    currency: str = "USD"
    """In which its accounts and its shelf are counted."""
    status_names: frozenset[str] = frozenset({"status"})
    """Under which names its answers say what has become of something."""

    def __init__(self, world: World, shelf: Shelf) -> None:
        """Set up shop."""
        self.world = world
        self.shelf = shelf

    @abstractmethod
    def routes(self) -> tuple[Route, ...]:
        """List the paths, without the carrier's own first segment."""

    @abstractmethod
    def open_account(self, credentials: Mapping[str, str], *, webhook_url: str) -> Account:
        """
        Make an account from credentials; what is missing is invented.

        :raises ValueError: if they don't look like this carrier's
        """

    @abstractmethod
    def credentials(self, account: Account) -> dict[str, str]:
        """Say what a customer types into their own system to use the account."""

    @abstractmethod
    def admit(self, request: Request) -> Account:
        """
        Check the credentials.

        :raises Refusal: if they are wrong
        """

    @abstractmethod
    def not_found(self, request: Request) -> Answer:
        """Answer a path that leads nowhere."""

    @abstractmethod
    def method_not_allowed(self, request: Request) -> Answer:
        """Answer a method the path does not take."""

    @abstractmethod
    def rate_limited(self, seconds: float) -> Answer:
        """Answer one request too many, with a hint when to come back unless `seconds` is 0."""

    @abstractmethod
    def refused_credentials(self) -> Answer:
        """Answer credentials that are wrong."""

    def with_odd_words(self, body: bytes, chance: random.Random) -> bytes:
        """Give an answer's body with a word for each status that nobody knows."""
        return json.dumps(odd(json.loads(body), chance, self.status_names)).encode()

    @abstractmethod
    def page_of(self, call: Call) -> int:
        """Say which page of a list is asked for, counted from 1."""

    @abstractmethod
    def delivery(self, number: str) -> Delivery:
        """Say where a call to one of its numbers goes."""

    def settle(self) -> None:  # noqa: B027
        """Let what is due happen: called before each request. Most carriers have nothing due."""

    def announce_now(self) -> None:  # noqa: B027
        """Decide and announce every order at once. Most carriers announce none."""

    def resume(self) -> None:  # noqa: B027
        """Pick up what an earlier run left unfinished."""

    def call_ended(self, number: str) -> bool:
        """Tell the number's owner about an ended call, if the carrier does such a thing."""
        return False

    def for_sale(self, *, country: str = "", kind: str = "", code: str = "") -> Iterator[Article]:
        """Walk what is on the shelf and not taken."""
        taken = self.world.taken(self.slug)
        for article in self.shelf.of(country=country, kind=kind, code=code):
            if article.number not in taken:
                yield article

    def buyable(self, number: str) -> Article | None:
        """Find a number on the shelf, unless it is taken."""
        article = self.shelf.articles.get(number)
        return None if number in self.world.taken(self.slug) else article

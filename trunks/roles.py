"""What a carrier can do by its interface. An adapter inherits exactly the roles that it plays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from lib.e164 import E164, DidFormat, in_format
from lib.money import Money
from trunks.addresses import Address, CheckedAddress, Registered
from trunks.coverage import Sale
from trunks.deadlines import Deadline
from trunks.features import CallerNames, Standing
from trunks.http import Caller
from trunks.messaging import BrandSpec, CampaignSpec
from trunks.numbering import NumberType
from trunks.offers import (
    FoundNumber,
    Hint,
    Hold,
    MadeTrunk,
    OwnedNumber,
    PlacedOrder,
    TrunkSpec,
    Wanted,
)
from trunks.operations import Operation, Whole
from trunks.regulation import Dossier, Requirement
from trunks.toll_free import VerificationSpec


class Carrier(ABC):
    """
    One account at one carrier; every method may raise the errors of `trunks.errors`.

    Where a number's `carrier_reference` is asked for, empty text has the adapter look it up.

    :param base_url: where a stand-in for the carrier listens; empty for the carrier's own hosts
    :param webhook_url: where its messages about the account arrive, for carriers that are told with
        each order; empty where it could not reach that
    """

    slug: ClassVar[str]
    name: ClassVar[str]
    needed_credentials: ClassVar[tuple[str, ...]]
    """The keys that `credentials` must have."""
    optional_credentials: ClassVar[tuple[str, ...]] = ()
    """The keys that `credentials` may have besides; all of them are secrets."""
    open_credentials: ClassVar[tuple[str, ...]] = ()
    """Those of the needed ones that are no secrets, such as an account's name or a public key."""
    calls_per_second: ClassVar[float] = 10.0
    """How often an account is called at most, unless its staff say otherwise."""
    by_hand: ClassVar[Mapping[Operation, str]] = {}
    """What a person does there, each with a sentence that says so; see `trunks.capabilities`."""
    not_done: ClassVar[Mapping[Operation, str]] = {}
    """Why something is not done there, where there is more to say than just that."""
    writes_whole: ClassVar[Mapping[Operation, Whole]] = {}
    """What it changes of something that it has read whole a moment before: those about a number
    would undo one another and take turns. What names only the part that changes is left out."""
    in_part: ClassVar[Mapping[Operation, str]] = {}
    """What its interface does of an operation and what a person does, where it does not do all."""

    def __init__(
        self,
        *,
        credentials: Mapping[str, str],
        caller: Caller,
        base_url: str = "",
        webhook_url: str = "",
    ) -> None:
        self.credentials = credentials
        self.caller = caller
        self.base_url = base_url.rstrip("/")
        self.webhook_url = webhook_url


class SearchesNumbers(Carrier):
    """Finds numbers for sale."""

    sales: ClassVar[tuple[Sale, ...]] = (Sale(),)
    """What is for sale where; the first row that names a country counts, see `trunks.coverage`."""
    untold_prices: ClassVar[frozenset[NumberType]] = frozenset()
    """Types of number whose price is never told, so that staff may keep one."""

    @abstractmethod
    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers that are for sale now, at most `wanted.limit`."""


class LooksAgain(SearchesNumbers):
    """Finds one number by its digits, and so tells whether it is still for sale."""

    def for_sale(
        self, number: E164, *, country: str, type_: NumberType, deadline: Deadline
    ) -> FoundNumber | None:
        """Find one number as it is for sale now; None where it is not."""
        # The last digit is left open: not every pattern matches where nothing follows it.
        start = in_format(number, DidFormat.NATIONAL)[:-1]
        wanted = Wanted(country=country, type=type_, prefix=start)
        found = self.search(wanted, deadline=deadline)
        return next((offer for offer in found if offer.number == number), None)


class HoldsNumbers(Carrier):
    """Keeps numbers for us before they are bought; a hold that is not used lapses."""

    numbers_per_hold: ClassVar[int]
    """How many numbers one outside write can hold."""
    finds_holds: ClassVar[bool] = True
    """Whether `find_hold` can find one; where not, a hold whose answer was lost lapses unused."""
    lookup_lag: ClassVar[timedelta]
    """How long after a write "not there" may not be believed."""

    @abstractmethod
    def hold(self, numbers: Sequence[E164], *, reference: str, deadline: Deadline) -> Hold:
        """
        Hold numbers, each for itself: exactly one outside write, never repeated.

        :param reference: ours, by which the hold can be found again
        """

    @abstractmethod
    def find_hold(self, *, reference: str, deadline: Deadline) -> Hold | None:
        """Find what became of a hold by our reference; None means that none is there now."""

    @abstractmethod
    def read_hold(self, carrier_reference: str, *, deadline: Deadline) -> Hold | None:
        """Read a hold by the carrier's own reference; None where the carrier knows of none."""


class SellsNumbers(Carrier):
    """Sells numbers, and takes them back."""

    numbers_per_order: ClassVar[int]
    """How many numbers one outside write can buy."""
    lookup_lag: ClassVar[timedelta]
    """How long after a write "not there" may not be believed."""
    binds_with_order: ClassVar[bool]
    """Whether an order can say to which trunk its numbers go."""
    orders_one_at_a_time: ClassVar[bool] = False
    """Whether two orders of an account would meet, such as in one cart; `order` is then called
    only while no other one is under way."""

    @abstractmethod
    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """
        Buy numbers: exactly one outside write, never repeated.

        :param reference: ours, by which the order can be found again
        :param binding: the carrier's reference of the trunk to deliver to, or empty
        """

    @abstractmethod
    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """
        Find what became of an order, by our reference or by its numbers.

        None means that nothing is there now, which is final only after `lookup_lag`. Numbers that
        were not bought are absent or FAILED.
        """

    @abstractmethod
    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back to the carrier; one that is no longer ours is `Rejected` NOT_FOUND."""


class ListsNumbers(Carrier):
    """Tells which numbers are ours."""

    tells_trunks: ClassVar[bool] = True
    """Whether the full list says to which trunk each number is delivered."""

    @abstractmethod
    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Give every number that is ours there: all pages, or an error."""

    @abstractmethod
    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Give one number that is ours there, or None."""


class RoutesNumbers(Carrier):
    """Delivers numbers to trunks."""

    @abstractmethod
    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Deliver a number to a trunk; empty `trunk_reference` delivers it nowhere. Repeatable."""

    @abstractmethod
    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Give the reference of the trunk to which a number is delivered, or empty text."""


class LocksDeletion(Carrier):
    """Refuses to take a number back while it is locked, whoever asks."""

    @abstractmethod
    def is_locked(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> bool:
        """Tell whether a number is locked."""

    @abstractmethod
    def set_lock(
        self, number: E164, *, carrier_reference: str, locked: bool, deadline: Deadline
    ) -> None:
        """Lock a number or unlock it; `is_locked` may show it later. Repeatable."""


class ManagesTrunks(Carrier):
    """Makes trunks."""

    did_formats: ClassVar[frozenset[DidFormat]]
    """In which forms the carrier can write the called number."""
    registered_formats: ClassVar[frozenset[DidFormat]] = frozenset()
    """In which of them to a trunk at which we register; none where its interface makes no such."""
    registrars: ClassVar[tuple[str, ...]] = ()
    """At which hosts to register there; any of them will do."""
    trunk_lag: ClassVar[timedelta]
    """How long after a write a trunk may be missing from the carrier's list."""

    @abstractmethod
    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """
        Make a trunk with its gateways and addresses, or complete the one that has our reference.

        The trunk is looked for by our reference first, so after an unknown outcome it may be called
        again once `trunk_lag` has passed.
        """

    @abstractmethod
    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Find the trunk that carries our reference; it may be incomplete."""


class SetsCallerName(Carrier):
    """Lists the name that a number's calls show, and looks up the names of those who call it."""

    lists_names: ClassVar[bool]
    """Whether a name can be listed for a number."""
    looks_up_callers: ClassVar[bool]
    """Whether the names of callers can be looked up for a number."""
    unlists_names: ClassVar[bool] = True
    """Whether its interface takes a name off; where not, that is refused: a person does."""

    @abstractmethod
    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """List a name and switch the look-up; what is not wanted is taken off. Repeatable."""

    @abstractmethod
    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read how what is wanted stands; ABSENT where something else is set."""


class ChecksAddresses(Carrier):
    """Tells whether help would find an address."""

    address_countries: ClassVar[frozenset[str]]
    """The countries whose addresses it knows."""

    @abstractmethod
    def check_address(self, address: Address, *, deadline: Deadline) -> CheckedAddress:
        """Have an address looked at; nothing is kept of it."""


class RegistersEmergency(Carrier):
    """Tells emergency services where a number is."""

    emergency_countries: ClassVar[frozenset[str]]
    """The countries of which it takes addresses."""

    @abstractmethod
    def register(
        self,
        number: E164,
        *,
        carrier_reference: str,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Registered:
        """
        Have a number found at an address, in place of the one that it has. Repeatable.

        :param reference: ours of the address, by which it can be told from another one
        """

    @abstractmethod
    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read which address a number has; None where it has none."""

    @abstractmethod
    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Take a number's address off it; no harm where it has none. Repeatable."""


class EnablesMessaging(Carrier):
    """Takes text messages for numbers, and hands them on to an address."""

    @abstractmethod
    def route_messages(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Hand the messages of a number on to an address; an empty one takes none. Repeatable."""

    @abstractmethod
    def messages_of(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read whether a number's messages go to an address; ABSENT where they go elsewhere."""


class JoinsCampaigns(Carrier):
    """Lets numbers send for campaigns, which a person may have registered there (10DLC)."""

    @abstractmethod
    def join_campaign(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Let a number send for a campaign. Repeatable."""

    @abstractmethod
    def campaign_of(
        self, number: E164, *, campaign_reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read whether a number sends for a campaign; ABSENT where it does for another or none."""

    @abstractmethod
    def leave_campaign(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Take a number out of its campaign. Repeatable."""


class RegistersCampaigns(JoinsCampaigns):
    """Registers who sends messages and what for (10DLC)."""

    ends_brands: ClassVar[bool] = True
    """Whether its interface deletes brands; where not, `end_brand` is refused: a person does."""
    asks_of_brands: ClassVar[frozenset[str]] = frozenset()
    asks_of_campaigns: ClassVar[frozenset[str]] = frozenset()
    """Which fields it cannot do without that others can, by their names in `trunks.messaging`."""

    @abstractmethod
    def register_brand(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """
        Register a brand, which costs money: one outside write, never repeated.

        :param carrier_reference: of the one that was registered before and is corrected, or empty
        """

    @abstractmethod
    def brand_standing(
        self, brand: BrandSpec, *, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read how a brand stands; without a carrier's reference it is looked for."""

    @abstractmethod
    def register_campaign(
        self,
        campaign: CampaignSpec,
        *,
        brand_reference: str,
        reference: str,
        carrier_reference: str,
        deadline: Deadline,
    ) -> Standing:
        """Register what a brand sends, which costs money: one outside write, never repeated."""

    @abstractmethod
    def campaign_standing(
        self, *, brand_reference: str, reference: str, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read how a campaign stands; without a carrier's reference ours finds it."""

    @abstractmethod
    def end_brand(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """Delete a brand. Repeatable."""

    @abstractmethod
    def end_campaign(self, carrier_reference: str, *, deadline: Deadline) -> None:
        """End a campaign. Repeatable."""


class VerifiesTollFree(Carrier):
    """
    Has toll-free numbers verified, without which networks block their text messages.

    :cvar takes_back_verified: whether what was verified can be taken back; if not, it goes with
        its number
    """

    takes_back_verified: ClassVar[bool] = True

    @abstractmethod
    def verify_toll_free(
        self, number: E164, spec: VerificationSpec, *, deadline: Deadline
    ) -> Standing:
        """Hand in what is said about a number, in place of what was said before. Repeatable."""

    @abstractmethod
    def toll_free_standing(self, number: E164, *, deadline: Deadline) -> Standing:
        """Read how the verification of a number stands."""

    @abstractmethod
    def end_toll_free(self, number: E164, *, deadline: Deadline) -> None:
        """Take back what was handed in, as far as the carrier lets us. Repeatable."""


class ReportsBalance(Carrier):
    """Tells how much money is left."""

    @abstractmethod
    def balance(self, *, deadline: Deadline) -> Money:
        """Give what may still be spent."""


class ProvesCredentials(Carrier):
    """Tells whether our credentials are good where no balance does."""

    @abstractmethod
    def prove(self, *, deadline: Deadline) -> None:
        """Read something that only we may read; bad credentials are `Misconfigured`."""


class SendsEvents(Carrier):
    """Sends signed messages when something happens."""

    told_with_orders: ClassVar[bool] = False
    """Whether each order says where its messages go; where not, a person enters it there."""

    @abstractmethod
    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> bool:
        """
        Tell whether a message was signed by the carrier for this account, in constant time.

        :param url: the public address to which it was sent, with its query
        """

    @abstractmethod
    def hint(self, body: bytes) -> Hint:
        """
        Read what a verified message is about.

        :raises ValueError: if it cannot be read
        """


class AsksForDocuments(Carrier):
    """Sells some numbers only to whoever has shown who and where they are."""

    asks_nobody_in: ClassVar[frozenset[str]] = frozenset()
    """Countries (ISO 3166 alpha-2) in which nothing is asked for, so that it is not asked what."""
    asks_by_number: ClassVar[bool] = False
    """Whether a search says of each number if anything is asked for, so that only then it is asked
    what."""
    reviews_numbers: ClassVar[bool] = False
    """Whether somebody there decides only once a number is bought, about each number: what was
    handed in is then handed in once more."""

    @abstractmethod
    def requirements(
        self,
        country: str,
        of_type: NumberType,
        *,
        deadline: Deadline,
    ) -> tuple[Requirement, ...]:
        """Give what is asked for before such numbers are sold; nothing where that is nothing."""

    @abstractmethod
    def file(self, dossier: Dossier, *, reference: str, deadline: Deadline) -> Standing:
        """
        Hand everything in, and have the carrier decide.

        Each part is looked for by our reference first, so after an unknown outcome it may be called
        again. What was refused before is replaced.
        """

    @abstractmethod
    def filing_standing(
        self, *, reference: str, deadline: Deadline, numbers: Collection[E164] = ()
    ) -> Standing:
        """
        Look up by our reference how a filing stands; ABSENT where there is none.

        :param numbers: as in a dossier; READY where one of them is still to be shown
        """

    @abstractmethod
    def withdraw_filing(self, *, reference: str, deadline: Deadline) -> None:
        """Take a filing back, if it is there. Repeatable."""

    @abstractmethod
    def order_with_papers(
        self,
        numbers: Sequence[E164],
        *,
        reference: str,
        binding: str,
        papers: str,
        deadline: Deadline,
    ) -> PlacedOrder:
        """
        Buy numbers that an approved filing allows, as `SellsNumbers.order` buys others.

        :param papers: the carrier's reference of the filing
        """

"""Carrier accounts: connect, check, pause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import IntegrityError

from accounts import journal
from accounts.actors import Actor
from accounts.journal import EventType
from accounts.models import Organization
from accounts.wording import one_line
from accounts.work import acting
from lib.money import Money
from lib.refusals import UnableTo
from lib.transitions import LostRace
from trunks import connect as connections
from trunks import events, health, pacing, registry
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Misconfigured, Rejected, SlowDown
from trunks.models import CarrierAccount
from trunks.roles import Carrier, ProvesCredentials, ReportsBalance
from trunks.states import ACCOUNT_EDGES

LONGEST_NAME = 80
LONGEST_URL = 200
CHECK_SECONDS = 10.0
CHECK_EVERY = timedelta(minutes=5)
Status = CarrierAccount.Status


class UnableToConnect(UnableTo):
    """The account cannot be connected as described."""

    code = "cannot_connect"


class UnableToCheck(UnableTo):
    """The account cannot be asked at this moment."""

    code = "cannot_check"
    conflict = True


def connect(
    *,
    carrier: str,
    name: str,
    credentials: Mapping[str, str],
    actor: Actor,
    now: datetime,
    base_url: str = "",
    rate_per_second: float | None = None,
    webhook_secret: str = "",
    owner: Organization | None = None,
) -> CarrierAccount:
    """
    Connect an account; nothing is asked of the carrier before `check`.

    :param rate_per_second: how often it may be called; what its carrier allows unless said
    :param owner: who signed the contract; the actor's own organization unless said
    :raises UnableToConnect: naming the field that must change
    """
    owner = owner or actor.reach
    if owner is None or not owner.is_provider:
        raise UnableToConnect("Carrier accounts belong to the provider. Ask its staff.")
    tidy = one_line(name, longest=LONGEST_NAME)
    if tidy is None:
        raise UnableToConnect(f"Give a name of 1 to {LONGEST_NAME} characters.", field="name")
    adapter = adapter_of(carrier)
    rate = adapter.calls_per_second if rate_per_second is None else rate_per_second
    if not 0 < rate <= 1000:
        raise UnableToConnect("Allow more than 0, at most 1000 calls.", field="rate_per_second")
    account = CarrierAccount(
        carrier=carrier,
        name=tidy,
        owner=owner,
        credentials=checked_credentials(adapter, credentials),
        webhook_secret=webhook_secret,
        base_url=_checked_url(base_url),
        rate_per_second=rate,
        status_since=now,
        created_at=now,
    )
    try:
        with acting(actor):
            account.save(force_insert=True)
            _record(actor, events.ACCOUNT_CONNECTED, account, now, after={"carrier": carrier})
    except IntegrityError as clash:
        if "carrier_account_name_once" not in str(clash):
            raise
        raise UnableToConnect(
            f"There is a carrier account “{tidy}” already. Choose another name.", field="name"
        ) from clash
    return account


def check(*, account: CarrierAccount, actor: Actor, now: datetime) -> None:
    """
    Ask the carrier for the balance, or for less, which proves the credentials; keep what it said.

    Refused credentials make an active account BROKEN, accepted ones a broken one ACTIVE.

    :raises UnableToCheck: if the account may not be called at this moment
    """
    if health.is_by_hand(account):
        raise UnableToCheck(f"{account.name} is worked by hand, so there is nothing to check.")
    wait, why = pacing.seconds_to_wait(account)
    if wait > 0:
        raise UnableToCheck(f"{why} Try again in {wait:.0f} s.")
    carrier = connections.connected(account, purpose="check")
    balance: Money | None = None
    trouble: CarrierError | None = None
    try:
        if isinstance(carrier, ReportsBalance):
            balance = carrier.balance(deadline=Deadline(CHECK_SECONDS))
        elif isinstance(carrier, ProvesCredentials):
            carrier.prove(deadline=Deadline(CHECK_SECONDS))
    except CarrierError as failure:
        trouble = failure
    with acting(actor):
        was_low = account.is_low
        _keep_health(account, balance, trouble, now)
        if account.is_low and not was_low:
            after = {"balance": str(account.balance)}
            _record(actor, events.BALANCE_LOW, account, now, after=after)
        try:
            _follow(account, trouble, actor, now)
        except LostRace:
            # A person paused the account meanwhile; that word counts.
            account.refresh_from_db()


def pause(*, account: CarrierAccount, actor: Actor, now: datetime, reason: str = "") -> None:
    """Stop using an account: no new calls, its numbers stay."""
    with acting(actor):
        ACCOUNT_EDGES.move(account, to=Status.PAUSED, now=now)
        _record(actor, events.ACCOUNT_PAUSED, account, now, reason=reason)


def resume(*, account: CarrierAccount, actor: Actor, now: datetime) -> None:
    """Use a paused account again."""
    with acting(actor):
        ACCOUNT_EDGES.move(account, to=Status.ACTIVE, now=now)
        _record(actor, events.ACCOUNT_RESUMED, account, now)


def replace_credentials(
    *, account: CarrierAccount, credentials: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    """
    Put new credentials in; check the account afterwards.

    :raises UnableToConnect: if some are missing
    """
    account.credentials = checked_credentials(adapter_of(account.carrier), credentials)
    with acting(actor):
        account.save(update_fields=["credentials"])
        _record(actor, events.CREDENTIALS_REPLACED, account, now)
    pacing.forget(account)


def due(now: datetime) -> list[int]:
    """Find the accounts whose last check is too old, but for paused ones and those by hand."""
    old = CarrierAccount.objects.exclude(status=Status.PAUSED).exclude(
        checked_at__gt=now - CHECK_EVERY
    )
    return [one.pk for one in old.order_by("pk") if not health.is_by_hand(one)]


def adapter_of(carrier: str) -> type[Carrier]:
    """
    Give the adapter of a carrier.

    :raises UnableToConnect: if there is none
    """
    try:
        return registry.carrier(carrier)
    except registry.UnknownCarrier as unknown:
        raise UnableToConnect(str(unknown), field="carrier") from unknown


def checked_credentials(adapter: type[Carrier], credentials: Mapping[str, str]) -> dict[str, str]:
    """
    Give credentials as the carrier wants them.

    :raises UnableToConnect: if some are missing, unknown or no plain text
    """
    given = {key: str(value).strip() for key, value in credentials.items()}
    wanted = (*adapter.needed_credentials, *adapter.optional_credentials)
    missing = [key for key in adapter.needed_credentials if not given.get(key)]
    if missing:
        raise UnableToConnect(
            f"{adapter.name} needs {' and '.join(missing)}. Copy it from the carrier's portal.",
            field="credentials",
        )
    if unknown := sorted(set(given) - set(wanted)):
        known = f"only {' and '.join(wanted)}"
        raise UnableToConnect(
            f"{adapter.name} knows no {', '.join(unknown)}. Give {known if wanted else 'none'}.",
            field="credentials",
        )
    if any(not value.isascii() or not value.isprintable() for value in given.values()):
        raise UnableToConnect(
            "Credentials are plain letters, digits and signs. Copy them again.",
            field="credentials",
        )
    return {key: value for key, value in given.items() if value}


def _checked_url(base_url: str) -> str:
    base_url = base_url.strip().rstrip("/")
    if base_url and not (len(base_url) <= LONGEST_URL and _is_plain(base_url)):
        raise UnableToConnect(
            "Write the address with http:// or https:// and nothing but host, port and path, "
            f"in at most {LONGEST_URL} characters, or leave it empty.",
            field="base_url",
        )
    return base_url


def _is_plain(address: str) -> bool:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return False
    # The address is shown and kept with every exchange: no place for a password or a key.
    bare = "@" not in parts.netloc and not parts.query and not parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and bare


def _keep_health(
    account: CarrierAccount, balance: Money | None, trouble: CarrierError | None, now: datetime
) -> None:
    account.checked_at = now
    _keep_signs(account, trouble)
    account.health = "" if trouble is None else str(trouble)[:300]
    account.trouble_since = None if trouble is None else account.trouble_since or now
    if balance is not None:
        account.balance_amount = balance.quantized().amount
        account.balance_currency = balance.currency
        account.balance_at = now
    account.save(
        update_fields=[
            "checked_at",
            "health",
            "reachable",
            "authenticated",
            "trouble_since",
            "balance_amount",
            "balance_currency",
            "balance_at",
        ]
    )


def _keep_signs(account: CarrierAccount, trouble: CarrierError | None) -> None:
    """Write down what a check proves: silence says nothing about the credentials."""
    asks = (ReportsBalance, ProvesCredentials)
    if trouble is None and not issubclass(adapter_of(account.carrier), asks):
        # Nothing was asked, so nothing is known.
        return
    account.reachable = trouble is None or isinstance(trouble, Misconfigured | Rejected | SlowDown)
    if isinstance(trouble, Misconfigured):
        account.authenticated = False
    elif trouble is None or isinstance(trouble, Rejected):
        account.authenticated = True


def _follow(
    account: CarrierAccount, trouble: CarrierError | None, actor: Actor, now: datetime
) -> None:
    if isinstance(trouble, Misconfigured):
        events.tell_refusal(account, account.health, now)
    if isinstance(trouble, Misconfigured) and account.status == Status.ACTIVE:
        ACCOUNT_EDGES.move(account, to=Status.BROKEN, now=now)
        _record(actor, events.ACCOUNT_BROKEN, account, now, reason=account.health)
    elif trouble is None and account.status == Status.BROKEN:
        ACCOUNT_EDGES.move(account, to=Status.ACTIVE, now=now)
        _record(actor, events.ACCOUNT_RESTORED, account, now)


def _record(
    actor: Actor,
    event_type: EventType,
    account: CarrierAccount,
    now: datetime,
    *,
    after: Mapping[str, str] | None = None,
    reason: str = "",
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=account.subject,
        organization=account.owner,
        after={"name": account.name, **(after or {})},
        reason=reason,
    )

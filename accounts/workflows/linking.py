"""People for whom somebody else vouches: who they are here, and which account there is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts import events
from accounts.models import User
from accounts.workflows import signing_in
from lib.locks import no_key
from lib.refusals import UnableTo

PROVIDER = "oidc"
ISSUER = "issuer"
"""Under which key an account keeps where it is one."""
FACTOR = "factor"
"""Under which key it keeps whether the issuer vouched for a second factor, last time."""


class UnableToLink(UnableTo):
    """Nobody here is the person for whom an issuer vouches."""

    code = "cannot_link"


@dataclass(frozen=True)
class Linked:
    """
    Whose account it is.

    :param is_new: whether that was not known before
    """

    user: User
    account: SocialAccount
    is_new: bool


def link(
    *, account: SocialAccount, email: str, name: str, now: datetime, request_id: str
) -> Linked:
    """
    Find the person with that verified address, and remember that the account is theirs.

    An address may be given to somebody else one day: from the second time on, it must be the same
    account too.

    :param account: as the issuer showed it: its `uid`, and its issuer in `extra_data`
    :param email: an address that the issuer has verified
    :param name: what people call the issuer
    :raises UnableToLink: if nobody has that address, or the account is another one than before
    """
    address = EmailAddress.objects.filter(email__iexact=email, verified=True).first()
    if address is None:
        raise UnableToLink(
            f"Nobody has an account here with the address {email}. People come in by invitation: "
            "ask an owner or manager of your organization for one to this address."
        )
    with transaction.atomic():
        user = no_key(User.objects.filter(pk=address.user_id)).get()
        accounts = SocialAccount.objects.filter(provider=PROVIDER)
        there = account.extra_data[ISSUER]
        if accounts.filter(user=user, extra_data__issuer=there).exclude(uid=account.uid).exists():
            raise UnableToLink(
                f"{name} knows you by another account than before. Sign in with your password; "
                f'under "Your sign-in" you can disconnect the old one.'
            )
        kept, is_new = accounts.get_or_create(
            uid=account.uid,
            provider=PROVIDER,
            defaults={"user": user, "extra_data": account.extra_data},
        )
        if kept.user_id != user.pk:
            raise UnableToLink(
                f"Your account at {name} belongs to another address here. Sign in with your "
                "password, or tell an owner of your organization."
            )
        if is_new:
            signing_in.note(
                user=user,
                event_type=events.ISSUER_LINKED,
                now=now,
                request_id=request_id,
                after={ISSUER: name},
            )
    return Linked(user=user, account=kept, is_new=is_new)


def of(user: User) -> SocialAccount | None:
    """Give the account that opens a person's own, if there is one."""
    return SocialAccount.objects.filter(provider=PROVIDER, user=user).order_by("-pk").first()


def unlink(*, user: User, name: str, now: datetime, request_id: str) -> bool:
    """Forget which accounts elsewhere are a person's; gives whether there was one."""
    with transaction.atomic():
        gone, _ = SocialAccount.objects.filter(provider=PROVIDER, user=user).delete()
        if gone:
            signing_in.note(
                user=user,
                event_type=events.ISSUER_UNLINKED,
                now=now,
                request_id=request_id,
                after={ISSUER: name},
            )
    return bool(gone)

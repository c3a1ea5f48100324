"""What people change in how they sign in goes into the journal of each of their organizations."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from accounts import events
from accounts.journal import EventType
from accounts.models import User
from accounts.workflows import signing_in
from portal.actor import request_id_of

Type = Authenticator.Type
FACTORS = {Type.TOTP: "an authenticator app", Type.WEBAUTHN: "a passkey"}


def write(
    user: User,
    event_type: EventType,
    *,
    after: dict[str, str] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    """Write what the request at hand changed."""
    signing_in.note(
        user=user,
        event_type=event_type,
        now=timezone.now(),
        request_id=request_id_of(context.request) if context.request else "",
        after=after,
        personal=personal,
    )


def factor_kept(
    sender: object, instance: Authenticator, *, created: bool, raw: bool = False, **_newer: Any
) -> None:
    """Note a new factor; recovery codes come with the first one, and whenever new ones are made."""
    if not created or raw:
        return
    if instance.type == Type.RECOVERY_CODES:
        write(instance.user, events.CODES_RENEWED)
    else:
        write(instance.user, events.FACTOR_ADDED, after={"factor": FACTORS[instance.type]})


def factor_gone(sender: object, instance: Authenticator, **_newer: Any) -> None:
    """Note that a factor is gone; recovery codes go with the last one, or before new ones."""
    if instance.type != Type.RECOVERY_CODES:
        write(instance.user, events.FACTOR_REMOVED, after={"factor": FACTORS[instance.type]})


def address_changed(
    sender: object, user: User, to_email_address: EmailAddress, **_newer: Any
) -> None:
    """Note by which address a person signs in now."""
    write(user, events.ADDRESS_CHANGED, personal={"email": to_email_address.email})


post_save.connect(factor_kept, sender=Authenticator, dispatch_uid="portal.factor_kept")
post_delete.connect(factor_gone, sender=Authenticator, dispatch_uid="portal.factor_gone")
email_changed.connect(address_changed, dispatch_uid="portal.address_changed")

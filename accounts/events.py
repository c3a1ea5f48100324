"""What can happen to organizations, people and programs."""

from __future__ import annotations

from accounts.journal import declare

CREATED = declare("accounts.organization.created", "{actor} created {organization}.")
RENAMED = declare(
    "accounts.organization.renamed", "{actor} changed the organization's name to {name}."
)
LOCATED = declare(
    "accounts.organization.located",
    "{actor} set the country of {organization} to {country} and its time zone to {time_zone}.",
)
NUMBERS_LIMITED = declare(
    "accounts.organization.numbers_limited",
    "{actor} set the number limit of {organization} to {number_limit}.",
)
TENANTS_LIMITED = declare(
    "accounts.organization.tenants_limited",
    "{actor} set the tenant limit of {organization} to {tenant_limit}.",
)
SUSPENDED = declare("accounts.organization.suspended", "{actor} suspended {organization}.")
RESUMED = declare("accounts.organization.resumed", "{actor} let {organization} go on.")
INVITED = declare("accounts.invitation.sent", "{actor} invited {email} as {role}.")
RESENT = declare("accounts.invitation.resent", "{actor} sent the invitation of {email} again.")
WITHDRAWN = declare("accounts.invitation.withdrawn", "{actor} withdrew the invitation of {email}.")
JOINED = declare("accounts.membership.joined", "{email} joined {organization} as {role}.")
ROLE_CHANGED = declare("accounts.membership.role_changed", "{actor} gave {email} the role {role}.")
LEFT = declare("accounts.membership.ended", "{actor} ended the membership of {email} as {role}.")
CLIENT_ISSUED = declare("accounts.client.issued", "{actor} let the program {name} in.")
CLIENT_RENEWED = declare(
    "accounts.client.renewed", "{actor} renewed the secret of the program {name}."
)
CLIENT_REVOKED = declare("accounts.client.revoked", "{actor} locked the program {name} out.")
PERSONAL_ERASED = declare(
    "accounts.personal.erased", "{actor} erased a person's values from {count} events."
)
ACTING_STARTED = declare("accounts.acting.started", "{actor} began to act for {organization}.")
ACTING_STOPPED = declare("accounts.acting.stopped", "{actor} stopped acting for {organization}.")
JOURNAL_EXPORTED = declare("accounts.journal.exported", "{actor} exported the journal: {what}.")
FACTOR_ADDED = declare(
    "accounts.sign_in.factor_added", "{actor} set up {factor} as a second factor."
)
FACTOR_REMOVED = declare(
    "accounts.sign_in.factor_removed", "{actor} no longer has {factor} as a second factor."
)
CODES_RENEWED = declare("accounts.sign_in.codes_renewed", "{actor} got new recovery codes.")
PASSWORD_CHANGED = declare("accounts.sign_in.password_changed", "{actor} set a new password.")
ADDRESS_CHANGED = declare("accounts.sign_in.address_changed", "{actor} signs in as {email} now.")
SESSION_ENDED = declare("accounts.sign_in.session_ended", "{actor} signed {browser} out.")
SESSIONS_ENDED = declare(
    "accounts.sign_in.sessions_ended", "{actor} signed out everywhere but in one browser."
)
ISSUER_LINKED = declare("accounts.sign_in.linked", "{actor} signs in by {issuer} too.")
ISSUER_UNLINKED = declare("accounts.sign_in.unlinked", "{actor} no longer signs in by {issuer}.")

"""The demo's organizations, people and programs."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from accounts import clients, invitation_mail
from accounts.actors import Actor, System, member_actor
from accounts.models import ApiClient, Kind, Membership, Organization, Role, SentMail
from accounts.permissions import OF_KIND
from accounts.workflows import api_clients, invitations, organizations
from billing.workflows import accounts
from portal.demo.cast import COMPANIES, PASSWORD, PROGRAMS, ROLES, Company
from provisioning.models import Pbx
from provisioning.workflows import tenants

DEMO = System("demo")
LINK = re.compile(r"/invitations/([^/\s]+)/")


def ensure_provider(now: datetime) -> Organization:
    """Give the provider, made if it is not there."""
    company = COMPANIES[0]
    found = Organization.objects.filter(kind=Kind.PROVIDER).first()
    return found or organizations.create(
        kind=Kind.PROVIDER,
        parent=None,
        name=company.name,
        slug=company.slug,
        country=company.country,
        currency="USD",
        time_zone=company.time_zone,
        actor=DEMO,
        now=now,
    )


def ensure_companies(pbx: Pbx, now: datetime) -> dict[str, Organization]:
    """Give all organizations by their short names, made where they are missing."""
    made = {COMPANIES[0].slug: ensure_provider(now)}
    for company in COMPANIES[1:]:
        parent = made[company.parent]
        found = Organization.objects.filter(parent=parent, name=company.name).first()
        made[company.slug] = found or _make(company, parent, pbx, now)
    return made


def _make(company: Company, parent: Organization, pbx: Pbx, now: datetime) -> Organization:
    if company.kind == Kind.TENANT:
        return tenants.create(
            name=company.name,
            country=company.country,
            time_zone=company.time_zone,
            sip_domain=company.domain,
            pbx=pbx,
            number_limit=company.number_limit,
            owner_email="",
            parent=parent,
            actor=DEMO,
            now=now,
        )
    dealer = organizations.create(
        kind=company.kind,
        parent=parent,
        name=company.name,
        slug=company.slug,
        country=company.country,
        currency=parent.currency,
        time_zone=company.time_zone,
        number_limit=company.number_limit,
        actor=DEMO,
        now=now,
    )
    accounts.open(
        organization=dealer,
        currency=dealer.currency,
        credit_limit=Decimal(500),
        actor=DEMO,
        now=now,
    )
    return dealer


def ensure_people(companies: dict[str, Organization], now: datetime) -> list[dict[str, str]]:
    """Invite everybody, accept with the demo's password; gives who may sign in as what."""
    told = []
    for company in COMPANIES:
        organization = companies[company.slug]
        for role in ROLES[company.kind]:
            email = f"{role.lower()}@{company.domain}"
            known = Membership.objects.open().filter(organization=organization, user__email=email)
            if not known.exists():
                _join(email, organization, role, now)
            told.append({"email": email, "role": role, "organization": organization.name})
    return told


def _join(email: str, organization: Organization, role: Role, now: datetime) -> None:
    open_ones = organization.invitations.filter(email=email, status="PENDING")
    invitation = open_ones.first() or invitations.invite(
        email=email, organization=organization, role=role, actor=DEMO, now=now
    )
    # Sent here and now: what a worker has taken may still be under way, with a link of its own.
    while not invitation_mail.send(invitation_id=invitation.pk, now=now):
        invitations.resend(invitation=invitation, actor=DEMO, now=now)
    letter = SentMail.objects.filter(recipients__contains=[email]).latest("pk")
    link = LINK.search(letter.body)
    if link is None:
        raise LookupError(f"The invitation of {email} has no link.")
    name = f"{role.label} of {organization.name}"
    invitations.accept(token=link[1], password=PASSWORD, name=name, now=now)


def owner_of(organization: Organization) -> Actor:
    """Give the owner of an organization as an actor."""
    owner = Membership.objects.open().filter(organization=organization, role=Role.OWNER)
    return member_actor(owner.select_related("organization", "user").earliest("pk"))


def ensure_programs(
    companies: dict[str, Organization], known: dict[str, str], now: datetime
) -> dict[str, str]:
    """Give a token for each program; those that still open the door are kept."""
    tokens = {}
    for name, slug in PROGRAMS.items():
        token = known.get(name, "")
        tokens[name] = (
            token if clients.authenticate(token, now) else _issue(name, slug, companies, now)
        )
    return tokens


def _issue(name: str, slug: str, companies: dict[str, Organization], now: datetime) -> str:
    organization, title = companies[slug], f"Demo program: {name}"
    # The token of an earlier one was lost with the file that held it.
    for stale in ApiClient.objects.filter(name=title, revoked_at__isnull=True):
        api_clients.revoke(client=stale, actor=DEMO, now=now)
    _, token = api_clients.issue(
        organization=organization,
        name=title,
        scopes=[str(scope) for scope in OF_KIND[Kind(organization.kind)]],
        actor=DEMO,
        now=now,
    )
    return token

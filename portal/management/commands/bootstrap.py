"""`manage.py bootstrap`: the very first steps on an empty portal."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.actors import System
from accounts.models import Kind, Organization, Role
from accounts.permissions import Permission
from accounts.workflows import api_clients, invitations, organizations
from lib.refusals import UnableTo
from portal.supervisor.passwords import write_private


class Command(BaseCommand):
    """Create the provider, invite its first owner, let a first program in."""

    help = "Create the provider on an empty portal and let its first people and programs in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what describes the provider."""
        parser.add_argument("--name", required=True, help="the provider's name")
        parser.add_argument("--country", required=True, help="ISO 3166 code, such as US")
        parser.add_argument("--currency", required=True, help="ISO 4217 code, such as USD")
        parser.add_argument("--time-zone", default="UTC", help="such as America/Chicago")
        parser.add_argument("--owner", default="", help="e-mail address of the first owner")
        parser.add_argument(
            "--token-file", type=Path, help="issue a token with every scope into this new file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it all or nothing."""
        if not options["owner"] and not options["token_file"]:
            raise CommandError("Name --owner or --token-file, otherwise nobody could come in.")
        if Organization.objects.filter(kind=Kind.PROVIDER).exists():
            raise CommandError("There is a provider already; it lets everybody else in.")
        try:
            with transaction.atomic():
                self._begin(options)
        except UnableTo as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{options['name']} is there.")

    def _begin(self, options: dict[str, Any]) -> None:
        actor, now = System("bootstrap"), timezone.now()
        provider = organizations.create(
            kind=Kind.PROVIDER,
            parent=None,
            name=options["name"],
            country=options["country"],
            currency=options["currency"],
            time_zone=options["time_zone"],
            actor=actor,
            now=now,
        )
        if options["owner"]:
            invitations.invite(
                email=options["owner"],
                organization=provider,
                role=Role.OWNER,
                actor=actor,
                now=now,
            )
        if options["token_file"]:
            _, token = api_clients.issue(
                organization=provider,
                name="First program",
                scopes=list(Permission),
                actor=actor,
                now=now,
            )
            write_private(options["token_file"], token + "\n")

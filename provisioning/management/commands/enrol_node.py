"""Let a router in from the command line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actors import System
from lib.refusals import UnableTo
from provisioning.models import Pbx
from provisioning.workflows import nodes


class Command(BaseCommand):
    """Enrol a router and print the connection string for its agent, once."""

    help = (
        "Let a router read the routes of its PBX; prints the connection string of its agent once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what it takes."""
        parser.add_argument("pbx", help="name of the PBX")
        parser.add_argument("node", help="name of the router, unique on its PBX")
        parser.add_argument("--address", required=True, help="such as sip:192.0.2.10:5060")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Enrol it."""
        pbx = Pbx.objects.filter(name=options["pbx"]).first()
        if pbx is None:
            known = ", ".join(Pbx.objects.order_by("name").values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no PBX named {options['pbx']}. Known: {known}.")
        try:
            _node, dsn = nodes.enrol(
                pbx=pbx,
                name=options["node"],
                address=options["address"],
                actor=System("enrol_node"),
                now=timezone.now(),
            )
        except UnableTo as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(dsn)

"""`manage.py demo`: a small world to look around in; run again, it changes nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dids.workflows import tallying
from lib.refusals import UnableTo
from portal.demo import by_hand, companies, money, numbers, places, switch, wishes
from portal.demo.cast import PASSWORD
from portal.demo.waiting import NotYet
from portal.supervisor.passwords import write_private


class Command(BaseCommand):
    """Make the demo's organizations, people, carriers, PBX and numbers."""

    help = "Make demo data through the workflows; needs DEMO=1, a sandbox and running workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where things are on this machine."""
        parser.add_argument("--folder", type=Path, required=True, help="for tokens and sign-ins")
        parser.add_argument("--sandbox", required=True, help="URL of the sandbox carriers")
        parser.add_argument("--router", action="append", default=[], help="host:port, repeatable")
        parser.add_argument("--phones", default="127.0.0.1:5160", help="host:port of the target")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing."""
        if not settings.DEMO:
            raise CommandError("Demo data is made only where DEMO=1 is set.")
        try:
            self._make(options)
        except (UnableTo, NotYet) as refusal:
            raise CommandError(str(refusal)) from None

    def _make(self, options: dict[str, Any]) -> None:
        now, folder = timezone.now(), options["folder"]
        provider = companies.ensure_provider(now)
        pbx = switch.ensure_pbx(options["phones"], actor=companies.DEMO, now=now)
        cast = companies.ensure_companies(pbx, now)
        people = companies.ensure_people(cast, now)
        staff = companies.owner_of(provider)
        tokens = companies.ensure_programs(cast, _read(folder / "tokens.json"), now)
        write_private(folder / "tokens.json", json.dumps(tokens, indent=1) + "\n")
        signing_in = {"password": PASSWORD, "people": people}
        write_private(folder / "sign-ins.json", json.dumps(signing_in, indent=1) + "\n")
        money.ensure_rates(provider, actor=staff, now=now)
        accounts = switch.ensure_accounts(
            options["sandbox"], settings.PUBLIC_URL, provider=provider, actor=staff, now=now
        )
        money.ensure_fee(accounts["telnyx"], actor=staff, now=now)
        trunks = switch.ensure_trunks(
            accounts, pbx, routers=options["router"], actor=staff, now=now
        )
        places.ensure_places(cast, timezone.now())
        count = numbers.ensure_numbers(cast, trunks, actor=staff)
        dealer = companies.owner_of(cast["prairie"])
        numbers.ensure_offer(cast, actor=dealer, now=timezone.now())
        now = timezone.now()
        by_hand.ensure_quote(provider, cast["thames"], actor=staff, now=now)
        by_hand.ensure_others(provider, actor=staff, now=now)
        wishes.ensure_back_order(cast["prairie"], now)
        wishes.ensure_document(cast["cactus"], now)
        wishes.ensure_brand(cast["cactus"], accounts["telnyx"], now)
        # What there is now is the first day of the picture over time; nothing before it is made up.
        tallying.tally(now=timezone.now())
        self.stdout.write(f"{len(cast)} organizations, {len(people)} people, {count} numbers.")


def _read(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    tokens: dict[str, str] = json.loads(path.read_text())
    return tokens

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.clients import authenticate
from accounts.models import Invitation, Kind, Organization, Role
from accounts.permissions import Permission

DESCRIBED = ["--name", "Example Telecom", "--country", "US", "--currency", "USD"]


@pytest.mark.django_db
class TestBootstrap:
    def test_lets_the_first_owner_and_the_first_program_in(self, tmp_path: Path) -> None:
        file = tmp_path / "token"

        call_command("bootstrap", *DESCRIBED, "--owner", "me@example.com", "--token-file", file)

        provider = Organization.objects.get(kind=Kind.PROVIDER)
        invitation = Invitation.objects.get(organization=provider)
        assert (invitation.email, invitation.role) == ("me@example.com", Role.OWNER)
        client = authenticate(file.read_text().strip(), timezone.now())
        assert client is not None
        assert set(client.scopes) == set(Permission)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_happens_once(self, tmp_path: Path) -> None:
        call_command("bootstrap", *DESCRIBED, "--owner", "me@example.com")

        with pytest.raises(CommandError, match="There is a provider already"):
            call_command("bootstrap", *DESCRIBED, "--owner", "you@example.com")

    def test_wants_somebody_to_come_in(self) -> None:
        with pytest.raises(CommandError, match="--owner or --token-file"):
            call_command("bootstrap", *DESCRIBED)

    def test_leaves_nothing_behind_when_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="e-mail address"):
            call_command(
                "bootstrap", *DESCRIBED, "--owner", "nobody", "--token-file", tmp_path / "token"
            )

        assert not Organization.objects.exists()
        assert not (tmp_path / "token").exists()


class TestDemo:
    def test_is_refused_where_real_people_sign_in(self, tmp_path: Path, settings: Settings) -> None:
        settings.DEMO = False

        with pytest.raises(CommandError, match="DEMO=1"):
            call_command("demo", "--folder", tmp_path, "--sandbox", "http://127.0.0.1:1")

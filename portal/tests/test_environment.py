from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment


class TestBroker:
    @pytest.mark.parametrize(
        ("redis_url", "broker"),
        [
            ("redis://127.0.0.1:6379/2", "redis://127.0.0.1:6379/2"),
            ("unix:///run/r.sock?db=3", "redis+socket:///run/r.sock?virtual_host=3"),
            ("unix://:pw@/run/r.sock", "redis+socket://:pw@/run/r.sock?virtual_host=0"),
        ],
    )
    def test_is_written_as_celery_wants_it(self, redis_url: str, broker: str) -> None:
        assert environment.broker(redis_url) == broker


class TestDatabase:
    def test_takes_a_socket_folder(self) -> None:
        read = environment.database("postgres://app:pw@/numbers?host=/run/pg")
        assert (read["NAME"], read["USER"]) == ("numbers", "app")
        assert read["OPTIONS"]["host"] == "/run/pg"

    def test_notices_soon_that_the_server_vanished_unless_the_address_says_otherwise(self) -> None:
        usual = environment.database("postgres://app:pw@db/numbers")
        patient = environment.database("postgres://app:pw@db/numbers?connect_timeout=60")
        assert usual["OPTIONS"]["connect_timeout"] == 5
        assert patient["OPTIONS"]["connect_timeout"] == 60

    def test_takes_away_the_locks_of_whoever_stopped_in_the_middle(self) -> None:
        options = environment.session_options(lock_seconds=10)
        assert "idle_in_transaction_session_timeout=30s" in options
        assert "lock_timeout=10s" in options

    def test_says_how_to_get_one(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="script/server"):
            environment.database("")


class TestIssuer:
    ALL = {
        "OIDC_ISSUER": "https://id.example/realm",
        "OIDC_CLIENT_ID": "portal",
        "OIDC_CLIENT_SECRET": "not-to-be-shown",
    }

    def test_is_nobody_unless_somebody_is_named(self) -> None:
        assert environment.issuer(demo=False) is None

    def test_is_named_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in self.ALL.items():
            monkeypatch.setenv(name, value)
        named = environment.issuer(demo=False)
        assert named is not None
        assert (named.name, named.trusted_with_factors) == ("id.example", False)
        assert "not-to-be-shown" not in repr(named)

    @pytest.mark.parametrize("left_out", list(ALL))
    def test_says_what_is_missing(self, monkeypatch: pytest.MonkeyPatch, left_out: str) -> None:
        for name, value in self.ALL.items():
            monkeypatch.setenv(name, "" if name == left_out else value)
        with pytest.raises(ImproperlyConfigured, match=f"Set {left_out} too"):
            environment.issuer(demo=False)

    def test_is_not_asked_where_others_could_listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in self.ALL.items():
            monkeypatch.setenv(name, value.replace("https:", "http:"))
        with pytest.raises(ImproperlyConfigured, match="https"):
            environment.issuer(demo=False)

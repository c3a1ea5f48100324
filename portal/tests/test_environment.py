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

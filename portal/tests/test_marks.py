"""The watch over planted secrets sees them wherever they turn up."""

from __future__ import annotations

import base64
import logging
import secrets
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from accounts.models import Organization
from accounts.tests.factories import make_provider
from portal.celery import app
from portal.testing.marks import MARK, Watch, found_in


@pytest.fixture
def watch() -> Watch:
    """Give a watch of one's own; what it sees fails nothing."""
    return Watch()


def record(message: str, *args: object, trouble: Any = None) -> logging.LogRecord:
    """Make a log record."""
    return logging.LogRecord("a", logging.INFO, "a.py", 1, message, args, trouble)


class TestTheWatch:
    def test_sees_a_secret_in_a_log_line(self, watch: Watch) -> None:
        watch.emit(record("signed in with %s", f"Bearer {MARK}-1"))
        watch.emit(record("signed in"))

        (seen,) = watch.taken()
        assert seen.startswith("log: …a INFO signed in")
        assert not watch.taken()

    def test_sees_a_secret_in_a_traceback(self, watch: Watch) -> None:
        with pytest.raises(ValueError, match=MARK) as caught:
            int(MARK)
        watch.emit(record("failed", trouble=caught._excinfo))

        assert watch.taken()

    def test_sees_a_secret_in_the_arguments_of_a_task(self, watch: Watch) -> None:
        watch.published(sender="a.task", body=((), {"token": f"{MARK}-1"}, {}), headers={})

        (seen,) = watch.taken()
        assert seen.startswith("task a.task")

    @pytest.mark.parametrize("before", ["", "u", "us", "user:", "ACxx:"])
    def test_sees_a_secret_in_base64(self, before: str) -> None:
        assert found_in(base64.b64encode(f"{before}{MARK}-and-more".encode()).decode())
        assert not found_in(base64.b64encode(f"{before}nothing to be seen".encode()).decode())

    def test_sees_a_secret_in_a_row(self, watch: Watch, db: None) -> None:
        provider = make_provider()
        tables = connection.introspection.table_names()
        watch.rows(tables)
        assert not watch.taken()

        Organization.objects.filter(pk=provider.pk).update(name=f"{MARK} Inc.")
        watch.rows(tables)
        assert watch.taken() == ["a row of accounts_organization"]
        Organization.objects.filter(pk=provider.pk).update(name="Inc.")

    @pytest.mark.stores
    def test_sees_a_secret_in_redis(self, watch: Watch) -> None:
        with Redis.from_url(settings.REDIS_URL) as store:
            key = f"marks:{secrets.token_hex(4)}"
            store.xadd(key, {"why": f"the key {MARK}-1 was refused"})
            watch.redis(store)
            store.delete(key)

        assert any(key in seen for seen in watch.taken())


class TestThePlugin:
    def test_has_drawn_secrets_carry_the_mark(self) -> None:
        assert found_in(secrets.token_urlsafe(16))

    @pytest.mark.shows_secrets
    def test_watches_this_run(self, request: pytest.FixtureRequest, db: None) -> None:
        plugin: Any = request.config.pluginmanager.get_plugin("marks")
        logging.getLogger("portal").warning("The key is %s", f"{MARK}-in-a-log")
        app.send_task("nobody.listens", kwargs={"key": f"{MARK}-in-a-task"})
        Organization.objects.filter(pk=make_provider().pk).update(name=f"{MARK} Inc.")
        plugin.look_at_rows()

        places = [seen.split(":")[0] for seen in plugin.watch.taken()]
        assert places == ["log", "task nobody.listens", "a row of accounts_organization"]

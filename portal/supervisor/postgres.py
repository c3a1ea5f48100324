"""An embedded PostgreSQL: made once, reached by a socket only, with roles of random passwords."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.supervisor import proc
from portal.supervisor.binaries import Program, find_postgres
from portal.supervisor.children import Child, Spec
from portal.supervisor.elsewhere import runnable
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders
from portal.supervisor.passwords import Passwords, write_private
from portal.supervisor.waiting import until_ready

SUPERUSER = "postgres"
DATABASE = "portal"
PORT = "5432"
ROLES = {"portal_owner": "LOGIN CREATEROLE CREATEDB", "portal_app": "LOGIN"}

# Nothing of a throwaway cluster outlives the run, so nothing need reach the disk. What was
# committed must reach the system all the same: the server may be killed and come back meanwhile.
FAST = ("fsync=off", "full_page_writes=off")


@dataclass(frozen=True)
class Postgres:
    """A cluster in a data folder."""

    folders: Folders
    passwords: Passwords
    program: Program
    data: Path
    socket: Path

    def prepare(self) -> None:
        """
        Make the cluster if it is not there.

        :raises UnableToRun: if that fails, or if another major version made it
        """
        version = self.data / "PG_VERSION"
        if version.is_file():
            self._check_version(version.read_text().strip())
            self._drop_stale_lock()
            return
        secret = self.data.with_name("password")
        write_private(secret, self.passwords.superuser + "\n")
        self.folders.identity.own(secret)
        try:
            self._run_initdb(secret)
        finally:
            secret.unlink(missing_ok=True)

    def child(self) -> Child:
        """Describe the server as a child; SIGINT makes it stop at once and cleanly."""
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.socket}",
            "timezone=UTC",
            "log_timezone=UTC",
            "max_connections=200",
            *(FAST if self.folders.throwaway else ()),
        ]
        command = [str(self.program.path), "-D", str(self.data), "-p", PORT]
        for setting in settings:
            command += ["-c", setting]
        spec = Spec(
            name="postgres",
            command=command,
            group="postgres",
            identity=self.folders.identity,
            folder=self.data,
            stop_signal=signal.SIGINT,
            stop_seconds=30.0,
        )
        return Child(spec, self.folders)

    def wait(self, child: Child) -> None:
        """Wait until it takes connections and has our roles and database."""
        until_ready(child, self._answers)
        self._ensure_roles()

    def urls(self) -> Mapping[str, str]:
        """Give the environment that leads the portal here."""
        return {
            "DATABASE_URL": self._url("portal_app", self.passwords.portal_app),
            "DATABASE_OWNER_URL": self._url("portal_owner", self.passwords.portal_owner),
        }

    def _url(self, role: str, secret: str) -> str:
        # A host in the path part is not decoded by every reader; as a parameter it is.
        return f"postgres://{role}:{secret}@/{DATABASE}?host={quote(str(self.socket))}"

    def _connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket),
            port=PORT,
            user=SUPERUSER,
            password=self.passwords.superuser,
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_roles(self) -> None:
        with self._connect() as connection:
            for role, rights in ROLES.items():
                known = connection.execute("select 1 from pg_roles where rolname = %s", [role])
                statement = "alter role {} {} password {}"
                if known.fetchone() is None:
                    statement = "create role {} {} password {}"
                connection.execute(
                    sql.SQL(statement).format(
                        sql.Identifier(role),
                        sql.SQL(rights),
                        sql.Literal(getattr(self.passwords, role)),
                    )
                )
            if self.folders.throwaway:
                # Tests drop databases in which a session of the application may still be open.
                connection.execute("grant pg_signal_backend to portal_owner")
            known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f"create database {DATABASE} owner portal_owner")

    def _run_initdb(self, secret: Path) -> None:
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        answer = subprocess.run(
            [
                self.program.beside("initdb"),
                f"--pgdata={self.data}",
                f"--username={SUPERUSER}",
                "--auth=scram-sha-256",
                f"--pwfile={secret}",
                "--encoding=UTF8",
                f"--locale={locale}",
                "--no-sync",
            ],
            user=self.folders.identity.uid,
            group=self.folders.identity.gid,
            extra_groups=[] if self.folders.identity.is_other else None,
            cwd=self.data.parent,
            # Settings of another PostgreSQL in our environment must not reach this one.
            env={k: v for k, v in os.environ.items() if not k.startswith("PG")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            raise UnableToRun(
                f"initdb could not make a cluster in {self.data}:\n{answer.stdout}{answer.stderr}"
            )

    def _check_version(self, made_by: str) -> None:
        answer = subprocess.run(
            [self.program.path, "--version"],
            user=self.folders.identity.uid,
            group=self.folders.identity.gid,
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
        )
        found = answer.stdout.split()[2].partition(".")[0]
        if found != made_by:
            raise UnableToRun(
                f"{self.data} was made by PostgreSQL {made_by}, but {self.program.path} is "
                f"version {found}. Install version {made_by}, or start with an empty data folder."
            )

    def _drop_stale_lock(self) -> None:
        # We hold the folder's lock, so a live owner of this file can only be a stranger who was
        # given the number of a postmaster that a crash of the machine ended.
        lock = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            seen = proc.look(int(lock.read_text().split()[0]))
            if seen is None or str(self.data) not in seen.command:
                lock.unlink()


def prepare_postgres(folders: Folders, passwords: Passwords) -> Postgres:
    """
    Find the server, bring it within reach of its user and make the cluster.

    :raises UnableToRun: if there is none, or it does not work here
    """
    home = folders.for_store("postgres")
    cluster = Postgres(
        folders=folders,
        passwords=passwords,
        program=runnable(find_postgres(), folders),
        data=home / "data",
        socket=folders.for_socket("postgres"),
    )
    cluster.prepare()
    return cluster

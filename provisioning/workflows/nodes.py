"""Let routers in, each by a database login of its own, and take machines away."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connections, transaction
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from provisioning import addresses, dirty, events, grants
from provisioning.models import Pbx, PbxNode
from provisioning.refusals import UnableToSetUp
from provisioning.workflows import pbxs

OWNER = "owner"
"""The connection that may make roles; it is used at enrolment and removal only."""

# A whole copy of some million rows takes a minute; what takes longer hangs.
_PATIENCE = "ALTER ROLE {login} SET statement_timeout = '5min'"
_MAKE = (
    "CREATE ROLE {login} LOGIN NOINHERIT CONNECTION LIMIT 5 PASSWORD {verifier}",
    "ALTER ROLE {login} SET search_path = feed, pg_catalog",
    # An agent that hangs must not keep old rows alive for everybody.
    "ALTER ROLE {login} SET idle_in_transaction_session_timeout = '60s'",
    _PATIENCE,
    "GRANT CONNECT ON DATABASE {database} TO {login}",
    "GRANT USAGE ON SCHEMA feed TO {login}",
    "GRANT SELECT ON feed.me, feed.head, feed.entry, feed.change TO {login}",
    "GRANT EXECUTE ON FUNCTION feed.acknowledge(text, bigint, bigint, text, boolean) TO {login}",
)
_RENEW = ("ALTER ROLE {login} PASSWORD {verifier}", _PATIENCE)
_UNMAKE = (
    "REVOKE EXECUTE ON FUNCTION feed.acknowledge(text, bigint, bigint, text, boolean) FROM {login}",
    "REVOKE SELECT ON feed.me, feed.head, feed.entry, feed.change FROM {login}",
    "REVOKE USAGE ON SCHEMA feed FROM {login}",
    "REVOKE CONNECT ON DATABASE {database} FROM {login}",
    "DROP ROLE {login}",
)


def enrol(*, pbx: Pbx, name: str, address: str, actor: Actor, now: datetime) -> tuple[PbxNode, str]:
    """
    Let a router read the routes of its switch, and acknowledge them; nothing else.

    A router of that name that is enrolled already gets a new password and its present address.

    :return: the machine and the connection string for its agent, which is kept nowhere
    :raises UnableToSetUp: if the address cannot be read, or the name belongs to a target
    """
    password = secrets.token_urlsafe(32)
    with acting(actor):
        known = PbxNode.objects.select_for_update(no_key=True).filter(pbx=pbx, name=name.strip())
        node = known.first()
        if node is None:
            node = _new(pbx, name, address, now)
            statements: tuple[str, ...] = _MAKE
        else:
            _again(node, address, now)
            statements = _RENEW
        journal.record(
            actor,
            events.NODE_ENROLLED,
            now=now,
            subject=pbxs.subject(pbx),
            organization=pbxs.provider(),
            after={"name": node.name, "pbx": pbx.name, "address": node.address},
        )
        login = str(node.login)
        # Last: a role that is left behind by a commit that fails can read nothing, since the feed
        # knows it by the row alone.
        _on_roles(statements, login, password)
    return node, _dsn(login, password)


def remove(*, node: PbxNode, actor: Actor, now: datetime) -> None:
    """
    Take a machine away: a target from its set, a router with its login.

    The router goes on with the routes that it has; it gets no more.
    """
    with acting(actor):
        pbx, login = node.pbx, node.login
        dirty.mark_facts(pbx.pk)
        journal.record(
            actor,
            events.NODE_REMOVED,
            now=now,
            subject=pbxs.subject(pbx),
            organization=pbxs.provider(),
            before={"name": node.name, "pbx": pbx.name, "address": node.address},
            after={"name": node.name, "pbx": pbx.name},
        )
        node.delete()
        if login:
            _on_roles(_UNMAKE, login, "")


def _new(pbx: Pbx, name: str, address: str, now: datetime) -> PbxNode:
    return pbxs.add_node(
        PbxNode(
            pbx=pbx,
            name=name,
            role=PbxNode.Role.ROUTER,
            address=address,
            # Logins are shared by all databases of a cluster, hence not a name that could repeat.
            login=f"router_{secrets.token_hex(8)}",
            enrolled_at=now,
            created_at=now,
        )
    )


def _again(node: PbxNode, address: str, now: datetime) -> None:
    if node.role != PbxNode.Role.ROUTER:
        raise UnableToSetUp(
            f"{node.name} is a target of {node.pbx.name}. Choose another name for the router.",
            field="name",
        )
    try:
        node.address = addresses.sip_address(address)
    except addresses.NotAnAddress as trouble:
        raise UnableToSetUp(str(trouble), field="address") from trouble
    node.enrolled_at = now
    node.save(update_fields=["address", "enrolled_at"])


def _on_roles(statements: tuple[str, ...], login: str, password: str) -> None:
    connection = connections[OWNER]
    with transaction.atomic(using=OWNER), connection.cursor() as cursor:
        server: Connection = connection.connection
        grants.close_doors(cursor)
        # The server gets the SCRAM verifier, so that no log of statements can hold the password.
        verifier = server.pgconn.encrypt_password(
            password.encode(), login.encode(), b"scram-sha-256"
        ).decode()
        for statement in statements:
            cursor.execute(
                sql.SQL(statement)
                .format(
                    login=sql.Identifier(login),
                    verifier=sql.Literal(verifier),
                    database=sql.Identifier(server.info.dbname),
                )
                .as_string(server)
            )


def _dsn(login: str, password: str) -> str:
    info = connections[OWNER].connection.info
    return make_conninfo(
        host=info.host, port=info.port, dbname=info.dbname, user=login, password=password
    )

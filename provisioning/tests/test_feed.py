from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.tests.factories import NOW
from provisioning import publisher
from provisioning.models import NodeAck, PbxNode
from provisioning.refusals import UnableToSetUp
from provisioning.tests.scene import SYSTEM, Scene, make_numbers, make_pbx, place
from provisioning.workflows import nodes

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

REFUSALS = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedTable,
    psycopg.errors.ObjectNotInPrerequisiteState,
)
FORBIDDEN = [
    "SELECT * FROM public.provisioning_inboundroute",
    "SELECT * FROM public.provisioning_pbxnode",
    "SELECT * FROM public.accounts_user",
    "SELECT * FROM accounts_organization",
    "UPDATE feed.entry SET value = 'x'",
    "DELETE FROM feed.change",
    "INSERT INTO feed.head (version) VALUES (9)",
    "INSERT INTO public.provisioning_nodeack VALUES (1)",
    "CREATE TEMP TABLE mine (a int)",
    "CREATE TABLE public.mine (a int)",
    "CREATE TABLE feed.mine (a int)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "SET ROLE portal_owner",
    "SELECT nextval('public.provisioning_nodeack_id_seq')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT public.dids_holder_is_open_holding()",
    "COPY feed.entry TO PROGRAM 'cat'",
]
ADDRESS = "sip:192.0.2.20:5060"


@pytest.fixture
def scene(committed: Scene) -> Scene:
    make_numbers(committed.account, committed.tenant, count=3)
    publisher.run(pbx_id=committed.pbx.pk, clock=timezone.now)
    return committed


@pytest.fixture
def dsn(scene: Scene) -> Iterator[str]:
    node, dsn = nodes.enrol(pbx=scene.pbx, name="r1", address=ADDRESS, actor=SYSTEM, now=NOW)
    yield dsn
    # Logins outlive the database of a test.
    for left in PbxNode.objects.filter(pk=node.pk):
        nodes.remove(node=left, actor=SYSTEM, now=NOW)


@pytest.fixture
def router(dsn: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(dsn, autocommit=True) as router:
        yield router


class TestRouter:
    def test_reads_the_routes_of_its_own_switch_only(
        self, scene: Scene, router: psycopg.Connection
    ) -> None:
        other = make_pbx()
        publisher.run(pbx_id=other.pk, clock=timezone.now)

        me = router.execute("SELECT node, pbx, channel FROM feed.me").fetchall()
        keys = router.execute("SELECT key FROM feed.entry WHERE tbl = 'inbound'").fetchall()
        heads = router.execute("SELECT tbl, version, rows FROM feed.head ORDER BY 1").fetchall()
        changes = router.execute("SELECT count(*) FROM feed.change WHERE tbl = 'inbound'")

        assert me == [("r1", scene.pbx.pk, scene.pbx.channel)]
        assert len(keys) == 3
        assert ("inbound", 1, 3) in heads
        assert len(heads) == 4
        assert changes.fetchone() == (3,)

    def test_acknowledges_for_itself(self, scene: Scene, router: psycopg.Connection) -> None:
        for at in (1, 2):
            router.execute("SELECT feed.acknowledge('inbound', %s, 3, 'delta', true)", [at])

        ack = NodeAck.objects.get(node__pbx=scene.pbx)
        assert (ack.table, ack.version, ack.rows, ack.ready) == ("inbound", 2, 3, True)

    def test_is_told_of_a_new_version(self, scene: Scene, router: psycopg.Connection) -> None:
        router.execute(f"LISTEN {scene.pbx.channel}")
        make_numbers(scene.account, scene.tenant, first=99_910_000_000)
        from provisioning import dirty

        dirty.mark_numbers(["+99910000000"], lane="INTERACTIVE")
        publisher.run(pbx_id=scene.pbx.pk, clock=timezone.now)

        (notice,) = router.notifies(timeout=5, stop_after=1)
        assert notice.payload == "inbound:2"

    def test_may_do_nothing_else(self, router: psycopg.Connection) -> None:
        done = []
        for statement in FORBIDDEN:
            try:
                router.execute(statement.encode())
            except REFUSALS:
                continue
            done.append(statement)

        assert done == []

    def test_cannot_acknowledge_a_table_that_is_none(self, router: psycopg.Connection) -> None:
        with pytest.raises(psycopg.errors.RaiseException, match="no table of that name"):
            router.execute("SELECT feed.acknowledge('secrets', 1, 1, 'full', true)")

    def test_gets_nothing_any_more_once_it_is_removed(
        self, scene: Scene, dsn: str, router: psycopg.Connection
    ) -> None:
        nodes.remove(node=PbxNode.objects.get(name="r1"), actor=SYSTEM, now=NOW)

        for statement in (
            "SELECT * FROM feed.entry",
            "SELECT feed.acknowledge('inbound', 1, 1, 'full', true)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                router.execute(statement.encode())
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(dsn)


class TestEnrol:
    def test_renews_the_password_of_a_router_that_is_known(self, scene: Scene, dsn: str) -> None:
        before = _verifier(dsn)
        node, again = nodes.enrol(
            pbx=scene.pbx, name="r1", address="sip:192.0.2.21:5070", actor=SYSTEM, now=NOW
        )

        assert PbxNode.objects.get(pbx=scene.pbx, role="ROUTER") == node
        assert node.address == "sip:192.0.2.21:5070;transport=udp"
        assert again != dsn
        assert _verifier(again) != before

    def test_keeps_no_password(self, dsn: str) -> None:
        assert _verifier(dsn).startswith("md5") is False
        password = psycopg.conninfo.conninfo_to_dict(dsn)["password"]
        assert str(password) not in str(list(PbxNode.objects.values()))

    def test_leaves_no_login_when_the_name_is_taken_by_a_target(self, scene: Scene) -> None:
        from provisioning.workflows import pbxs

        pbxs.add_target(pbx=scene.pbx, name="a1", address="192.0.2.30", actor=SYSTEM, now=NOW)
        with pytest.raises(UnableToSetUp, match="is a target"):
            nodes.enrol(pbx=scene.pbx, name="a1", address=ADDRESS, actor=SYSTEM, now=NOW)

    def test_prints_the_connection_string_from_the_command_line(
        self, scene: Scene, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("enrol_node", scene.pbx.name, "r9", address=ADDRESS, skip_checks=True)

        dsn = capsys.readouterr().out.strip()
        with psycopg.connect(dsn) as router:
            assert router.execute("SELECT node FROM feed.me").fetchone() == ("r9",)
        nodes.remove(node=PbxNode.objects.get(name="r9"), actor=SYSTEM, now=NOW)

    def test_says_which_switches_there_are(self, scene: Scene) -> None:
        with pytest.raises(CommandError, match=scene.pbx.name):
            call_command("enrol_node", "nowhere", "r9", address=ADDRESS, skip_checks=True)


def test_a_tenants_switch_is_all_its_routers_see(scene: Scene, router: psycopg.Connection) -> None:
    from accounts.tests.factories import make_tenant

    other, tenant = make_pbx(), make_tenant()
    place(tenant, other)
    make_numbers(scene.account, tenant, first=99_920_000_000)
    from provisioning import dirty

    dirty.mark_pbx(other.pk)
    publisher.run(pbx_id=other.pk, clock=timezone.now)

    keys = {key for (key,) in router.execute("SELECT key FROM feed.entry").fetchall()}
    assert "99920000000" not in keys


def _verifier(dsn: str) -> str:
    login = psycopg.conninfo.conninfo_to_dict(dsn)["user"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = %s", [login])
        assert cursor.fetchone() is not None
    return str(psycopg.conninfo.conninfo_to_dict(dsn)["password"])

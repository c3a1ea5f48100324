"""The router follows what is published, and goes on when everything else is gone."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from provisioning.agent.feed import connected as feeding
from provisioning.agent.options import Options
from provisioning.agent.syncing import Sync
from provisioning.agent.tests.publishing import (
    E164_TRUNK,
    NATIONAL_TRUNK,
    STRANGER,
    TRUNK,
    Stage,
    eventually,
    publish_basics,
)
from provisioning.agent.tests.words import invite, say
from provisioning.pbx.kamailio.calls import CallResult, place_call
from provisioning.pbx.kamailio.listening import AddressTaken
from provisioning.pbx.kamailio.memory import Memory
from provisioning.pbx.kamailio.phones import Manner, Phones
from provisioning.pbx.kamailio.router import Router
from provisioning.pbx.kamailio.rpc import connected

pytestmark = pytest.mark.wire
NUMBER = "+13125550123"
KEY = "13125550123"
BRITISH = "442079460123"


def call(
    stage: Stage, user: str = NUMBER, *, source: str = TRUNK, to: str | None = None
) -> CallResult:
    """Call the stage's router."""
    return place_call(
        source=source, target=stage.router.address, request_user=user, to_user=to, seconds=12
    )


class TestRouting:
    def test_rings_where_it_was_moved_to_with_the_next_call(self, stage: Stage) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        assert call(stage).answered_by == "1001@a.example"
        stage.publish("inbound", {KEY: "c,20,1002@a.example"})
        assert call(stage).answered_by == "1002@a.example"
        stage.publish("inbound", {KEY: None})
        assert call(stage).status == 404

    def test_reads_every_format_of_numbers(self, stage: Stage, phones: Phones) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example", BRITISH: "c,20,2001@b.example"})
        assert call(stage, NUMBER).answered_by == "1001@a.example"
        assert call(stage, KEY, source=E164_TRUNK).answered_by == "1001@a.example"
        assert call(stage, "2079460123", source=NATIONAL_TRUNK).answered_by == "2001@b.example"
        assert call(stage, "+" + BRITISH, source=NATIONAL_TRUNK).answered_by == "2001@b.example"
        assert call(stage, "+1-312-555-0123;npdi").answered_by == "1001@a.example"
        assert [rang.message.all("x-outside") for rang in phones.rang] == [[]] * 5

    @pytest.mark.parametrize("user", ["", "trunk-one"])
    def test_reads_the_number_from_to_when_the_request_line_has_none(
        self, stage: Stage, user: str
    ) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        assert call(stage, user, to=NUMBER).answered_by == "1001@a.example"

    def test_refuses_strangers_and_hangs_up_when_told_to(self, stage: Stage) -> None:
        stage.publish("inbound", {KEY: "h,0,"})
        assert call(stage, source=STRANGER).status == 403
        assert call(stage).status == 603

    def test_refuses_calls_out_of_a_target(self, stage: Stage, phones: Phones) -> None:
        said = say(stage.router.address, invite(n="out", source=phones.host), source=phones.host)
        assert said == "SIP/2.0 403 No Outbound Routes Here"

    def test_tries_the_next_target_when_one_is_out_of_order_or_silent(
        self, stage: Stage, phones: Phones, other_phones: Phones
    ) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        stage.publish("targets", {"20:2": f"{other_phones.uri},20,50"})
        assert call(stage).answered
        assert not other_phones.rang
        phones.manner = Manner.FAIL
        assert call(stage).answered
        assert len(other_phones.rang) == 1
        phones.manner = Manner.SILENT
        assert call(stage).answered
        assert len(other_phones.rang) == 2

    def test_forgets_a_target_that_was_withdrawn(
        self, stage: Stage, phones: Phones, other_phones: Phones
    ) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        stage.publish("targets", {"20:1": None, "20:2": f"{other_phones.uri},20,50"})
        assert call(stage).answered
        assert (len(phones.rang), len(other_phones.rang)) == (0, 1)
        stage.publish("targets", {"20:2": None})
        assert call(stage).status == 503


class TestUnknownNumbers:
    def test_fall_through_to_the_operators_own_route(self, bare: Stage, phones: Phones) -> None:
        publish_basics(bare.publisher, phones, authoritative=False)
        bare.router.folder.mkdir()
        (bare.router.folder / "operator.cfg").write_text(
            'route[OPERATOR] { sl_send_reply("480", "Ask The Operator"); exit; }\n'
        )
        bare.start_router()
        bare.start_agent()
        bare.settle()
        assert call(bare).status == 480
        bare.publish("settings", {"authoritative": "1"})
        assert call(bare).status == 404

    def test_get_404_without_such_a_route(self, stage: Stage) -> None:
        stage.publish("settings", {"authoritative": "0"})
        assert call(stage).status == 404


class TestRecovery:
    def test_answers_503_until_the_tables_are_whole(self, bare: Stage, phones: Phones) -> None:
        publish_basics(bare.publisher, phones)
        bare.publisher.publish("inbound", {KEY: "c,20,1001@a.example"})
        bare.start_router()
        assert call(bare).status == 503
        bare.start_agent()
        bare.settle()
        assert call(bare).answered_by == "1001@a.example"
        assert bare.publisher.ack("inbound")[:2] == (1, 1)

    def test_a_router_started_without_the_database_serves_what_the_file_holds(
        self, stage: Stage
    ) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        stage.cut_off()
        stage.stop("router", kill=True)
        stage.start_router()
        assert call(stage).answered_by == "1001@a.example"
        version = stage.publisher.publish("inbound", {KEY: "c,20,1002@a.example"})
        stage.let_back()
        eventually(lambda: stage.publisher.acknowledged("inbound", version))
        assert call(stage).answered_by == "1002@a.example"
        assert (
            "full sync" not in stage.agent_log().partition("connected")[2].partition("connected")[2]
        )

    @pytest.mark.parametrize("harm", ["damaged", "missing", "half"])
    def test_a_router_without_a_usable_file_says_503_and_is_filled_anew(
        self, stage: Stage, harm: str
    ) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        stage.stop("agent")
        stage.stop("router")
        content = stage.router.file.read_bytes()
        stage.router.file.unlink()
        if harm == "damaged":
            stage.router.file.write_bytes(content[:100] + b"\0garbage" * 500)
        if harm == "half":
            stage.router.file.write_bytes(content[: len(content) // 2])
        stage.start_router()
        assert call(stage).status == 503
        stage.start_agent()
        eventually(lambda: (state := stage.state()) and state.ready)
        assert call(stage).answered_by == "1001@a.example"

    def test_a_file_lost_under_a_running_agent_is_written_anew(self, stage: Stage) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        synced = stage.agent_log().count("full sync")
        stage.router.file.unlink()
        eventually(lambda: stage.agent_log().count("full sync") > synced)
        stage.publish("inbound", {KEY: "c,20,1002@a.example"})
        assert call(stage).answered_by == "1002@a.example"

    def test_an_agent_that_was_killed_catches_up(self, stage: Stage) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example", BRITISH: "c,20,2001@a.example"})
        stage.stop("agent", kill=True)
        for extension in range(1002, 1010):
            stage.publisher.publish("inbound", {KEY: f"c,20,{extension}@a.example"})
        version = stage.publisher.publish("inbound", {BRITISH: None})
        assert call(stage).answered_by == "1001@a.example"
        stage.start_agent()
        eventually(lambda: stage.publisher.acknowledged("inbound", version))
        assert stage.publisher.ack("inbound") == (version, 1, "delta")
        assert call(stage).answered_by == "1009@a.example"

    @pytest.mark.parametrize("why", ["pruned", "too many"])
    def test_an_agent_too_far_behind_copies_the_tables_as_a_whole(
        self, stage: Stage, why: str
    ) -> None:
        stage.stop("agent")
        stage.bulk = 100
        many = {f"999{n:08}": "c,20,1@a.example" for n in range(150 if why == "too many" else 5)}
        version = stage.publisher.publish("inbound", {**many, KEY: "c,20,1001@a.example"})
        if why == "pruned":
            stage.publisher.prune("inbound")
        stage.start_agent()
        eventually(lambda: stage.publisher.acknowledged("inbound", version))
        assert "full sync" in stage.agent_log().rpartition("connected")[2]
        assert stage.publisher.ack("inbound")[1] == len(many) + 1
        assert call(stage).answered_by == "1001@a.example"
        stage.publish("targets", {"20:1": None})
        assert call(stage).status == 503

    def test_rows_that_went_astray_in_memory_come_back(self, stage: Stage) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        with connected(stage.router.rpc) as rpc:
            rpc.call("htable.delete", "inbound", KEY)
        eventually(lambda: call(stage).answered_by == "1001@a.example")

    def test_a_router_that_restarts_in_the_middle_of_a_step_gets_its_rows(
        self, stage: Stage
    ) -> None:
        stage.publish("inbound", {KEY: "c,20,1001@a.example"})
        stage.stop("agent")
        version = stage.publisher.publish("inbound", {KEY: "c,20,1002@a.example"})

        class Interrupted(Memory):
            def apply(self, table: str, changes: Mapping[str, str | None]) -> None:
                """Have the router read the file once more before the step is committed."""
                super().apply(table, changes)
                stage.stop("router", kill=True)
                stage.start_router()

        options = Options(stage.dsn, stage.router.file, stage.router.rpc)
        with connected(stage.router.rpc) as rpc, feeding(options.dsn) as feed:
            sync = Sync(options, Interrupted(rpc))
            sync.step(feed)
            assert call(stage).answered_by == "1001@a.example"
            assert not stage.publisher.acknowledged("inbound", version)
            sync.step(feed)
            assert call(stage).answered_by == "1002@a.example"
            sync.close()

    def test_no_second_router_takes_the_calls_of_the_first(self, stage: Stage) -> None:
        place = stage.folder / "second"
        second = Router(stage.router.listen, place, place / "routes.sqlite")
        with pytest.raises(AddressTaken, match="Another router"):
            second.start()

    def test_an_agent_told_to_stop_ends_cleanly(self, stage: Stage) -> None:
        process = stage.processes["agent"]
        asked = time.monotonic()
        stage.stop("agent")
        assert process.returncode == 0
        assert time.monotonic() - asked < 3

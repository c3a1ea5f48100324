"""Lists of numbers over the API: in three ways in, checked, read row by row, applied once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dids.models import Import, PhoneNumber
from dids.states import ImportStatus
from dids.tests.lists import listed, numbers
from dids.workflows import importing
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.world import LISTED, World


@pytest.fixture
def staff(world: World) -> Caller:
    return caller_of(world.cast.provider)


def work(source: str) -> None:
    """Do what the worker does."""
    found = Import.objects.get(uuid=source)
    importing.carry_out(import_id=found.pk, now=found.status_since)


class TestAnUpload:
    @pytest.mark.parametrize("way", ["csv", "file"])
    def test_takes_a_file(self, staff: Caller, world: World, way: str) -> None:
        path = f"/api/v1/carrier-accounts/{world.account.uuid}/imports"
        content = listed(*numbers(3))
        if way == "csv":
            answer = staff.client.post(
                f"{path}?file_name=mine.csv", content, content_type="text/csv"
            )
        else:
            file = SimpleUploadedFile("mine.csv", content, content_type="text/csv")
            answer = staff.client.post(path, {"file": file})
        assert answer.status_code == 201
        body: Any = answer.json()
        assert (body["file_name"], body["lines"], body["status"]) == ("mine.csv", 3, "UPLOADED")
        assert body["columns"] == {"number": 0, "monthly": 1, "currency": 2, "locality": 3}
        assert answer["Location"].endswith(f"/api/v1/imports/{body['id']}")

    def test_refuses_what_is_no_list(self, staff: Caller, world: World) -> None:
        path = f"carrier-accounts/{world.account.uuid}/imports"
        assert staff("POST", path, {"content": "number\n\x00"}).is_problem(422, "content")
        assert staff("POST", path, {"content": "+13125550100\n"}).is_problem(422, "file")
        assert staff("POST", path, {}).is_problem(422, "content")
        latin = staff.client.post(f"/api/v1/{path}", b"number\n\xe9", content_type="text/csv")
        assert latin.status_code == 422
        assert "UTF-8" in latin.json()["detail"]


class TestAList:
    def test_goes_into_stock(self, staff: Caller, world: World) -> None:
        source = str(world.source.uuid)
        (row,) = staff("GET", f"imports/{source}/rows?verdict=NEW").body["results"]
        assert (row["number"], row["verdict"], row["line"]) == (LISTED, "NEW", 2)
        rehearsed = staff("POST", f"imports/{source}/apply?dry_run=true", {})
        assert (rehearsed.status, rehearsed.body["status"]) == (200, "APPLYING")
        assert Import.objects.get().status == ImportStatus.CHECKED
        assert staff("POST", f"imports/{source}/apply", {}).status == 202
        work(source)
        told = staff("GET", f"imports/{source}").body
        assert (told["status"], told["new"]) == ("APPLIED", 1)
        assert PhoneNumber.objects.get(e164=LISTED).holder == world.cast.provider
        assert staff("POST", f"imports/{source}/apply", {}).is_problem(409)

    def test_is_checked_again_as_a_full_list(self, staff: Caller, world: World) -> None:
        source = str(world.source.uuid)
        PhoneNumber.objects.update(bought_at=timezone.now() - timedelta(days=3))
        answer = staff("POST", f"imports/{source}/check", {"is_full_list": True})
        assert answer.status == 202
        work(source)
        assert staff("GET", f"imports/{source}").body["missing"] > 0
        # Of few numbers, any share may be missing.
        Import.objects.update(ours=20, missing=3)
        refused = staff("POST", f"imports/{source}/apply", {})
        assert refused.is_problem(409, "believes_short_list")
        believed = staff("POST", f"imports/{source}/apply", {"believes_short_list": True})
        assert believed.status == 202

    def test_refuses_columns_that_make_no_sense(self, staff: Caller, world: World) -> None:
        path = f"imports/{world.source.uuid}/check"
        refused = staff("POST", path, {"columns": {"locality": 3}})
        assert refused.is_problem(422, "columns.number")

    def test_hides_costs_from_a_program_that_may_not_see_them(self, world: World) -> None:
        program = caller_of(world.cast.provider, "MANAGE_CARRIERS")
        (row,) = program("GET", f"imports/{world.source.uuid}/rows").body["results"]
        assert "text" not in row

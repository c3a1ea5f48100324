"""A bulk does not run ahead of the routers."""

from __future__ import annotations

import time

import pytest

from provisioning import dirty, pacing
from provisioning.models import DirtyRoute, RouteHead
from provisioning.tests.scene import Scene
from provisioning.tests.test_live import acknowledge, router

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_version_ten(scene: Scene) -> None:
    DirtyRoute.objects.all().delete()
    RouteHead.objects.filter(pbx=scene.pbx, table="inbound").update(version=10)


def waits(scene: Scene) -> bool:
    began = time.monotonic()
    pacing.wait(scene.pbx.pk)
    return time.monotonic() - began >= pacing.LONGEST


class TestWait:
    def test_holds_a_bulk_back_while_a_router_is_two_versions_behind(self, scene: Scene) -> None:
        acknowledge(router(scene, "behind"), 8)
        assert waits(scene)

    def test_goes_on_while_a_router_takes_in_the_last_version(self, scene: Scene) -> None:
        acknowledge(router(scene, "near"), 9)
        assert not waits(scene)

    def test_goes_on_without_a_router_that_said_nothing_for_a_second(self, scene: Scene) -> None:
        acknowledge(router(scene, "silent"), 1, ago=pacing.HEARD + 0.5)
        acknowledge(router(scene, "starting"), 1, ready=False)
        assert not waits(scene)

    def test_goes_on_when_a_person_wants_something(self, scene: Scene) -> None:
        acknowledge(router(scene, "behind"), 1)
        dirty.mark_facts(scene.pbx.pk)
        assert not waits(scene)

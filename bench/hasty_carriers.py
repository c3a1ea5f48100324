"""The sandbox's carriers, which show what they did at once: `bench.hasty` takes them from here."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from django.utils.module_loading import import_string

from trunks import registry
from trunks.roles import Carrier


@cache
def __getattr__(slug: str) -> type[Carrier]:
    """Give the adapter of a carrier, a shorter lag for what can be looked up there."""
    if slug not in registry.CARRIERS:
        raise AttributeError(slug)
    adapter: type[Carrier] = import_string(registry.CARRIERS[slug])
    return type(adapter.__name__, (adapter,), {"lookup_lag": timedelta(seconds=2)})

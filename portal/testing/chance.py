"""
Chance in tests: the same in every run of the suite, another one when searching by hand.

`pytest --hypothesis-profile=search --hypothesis-seed=N` plays many more and longer lives.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

SUITE, SEARCH = "suite", "search"
_MORE = 40
"""So many times as many lives when searching."""
_LONGER = 3

settings.register_profile(SUITE, derandomize=True, database=None, deadline=None)
settings.register_profile(SEARCH, database=None, deadline=None, print_blob=True)
settings.load_profile(SUITE)


def lives(*, count: int, steps: int) -> settings:
    """Give how many lives a state machine leads, and how long they are."""
    searching = settings.get_current_profile_name() == SEARCH
    return settings(
        max_examples=count * (_MORE if searching else 1),
        stateful_step_count=steps * (_LONGER if searching else 1),
        # A life takes a second: what it found is told as it is, and made smaller only by hand.
        phases=[Phase.generate, Phase.shrink] if searching else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

"""docs/states.md, rendered from `dids.states`."""

from __future__ import annotations

from collections.abc import Iterator

from dids.states import LIFECYCLES, Lifecycle

_HEAD = """# States

Generated from `dids/states/` by `manage.py states_page`; change it there. Every status that is
not final either rests (nobody is awaited) or says after how long which sweep looks at it.
"""


def render() -> str:
    """Give the whole page as Markdown."""
    return "\n".join([_HEAD, *(_section(lifecycle) for lifecycle in LIFECYCLES)])


def _section(lifecycle: Lifecycle) -> str:
    rows = "\n".join(_rows(lifecycle))
    return (
        f"## {lifecycle.title}\n\n{lifecycle.about}\n\n"
        "| Status | becomes | looked at after | by | awaited | then |\n|---|---|---|---|---|---|\n"
        f"{rows}\n"
    )


def _rows(lifecycle: Lifecycle) -> Iterator[str]:
    edges = lifecycle.edges
    order = [*edges.edges, *sorted(edges.final)]
    for status in order:
        wait = lifecycle.waits.get(status)
        if wait is None:
            yield f"| {status} | final | | | | |"
            continue
        # A set has no order, so that of the page is the alphabet's.
        becomes = ", ".join(sorted(edges.edges[status]))
        after = "rests" if wait.stale_after is None else f"{wait.stale_after.total_seconds():g} s"
        by = f"`{wait.sweep}`" if wait.sweep else ""
        yield f"| {status} | {becomes} | {after} | {by} | {wait.who} | {wait.then} |"

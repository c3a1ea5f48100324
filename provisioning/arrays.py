"""
Many values as one parameter.

psycopg adapts the elements of a list one by one, which for a batch of the publisher takes longer
than the statement; PostgreSQL reads its own array text at once.
"""

from __future__ import annotations

from collections.abc import Iterable


def texts(values: Iterable[str]) -> str:
    """Write texts for a parameter with the cast ``::text[]``."""
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


def integers(values: Iterable[int]) -> str:
    """Write numbers for a parameter with the cast ``::bigint[]``."""
    return "{" + ",".join(map(str, values)) + "}"

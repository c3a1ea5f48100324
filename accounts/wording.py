"""What people write in one line: names of all kinds."""

from __future__ import annotations

import re

# Control characters have no place in a line; PostgreSQL and UTF-8 take no zero byte and no half of
# a surrogate pair.
_UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def one_line(text: str, *, longest: int) -> str | None:
    """Give the text without needless space; None if it is empty, too long or no line of text."""
    tidy = " ".join(text.split())
    return tidy if 0 < len(tidy) <= longest and not _UNFIT.search(tidy) else None

"""Cells that spreadsheets read and write: no formula goes out, none that came in counts as one."""

from __future__ import annotations

import re

from lib.e164 import is_e164

_BEGINS_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""Signs that begin a formula, in full width too, also behind blanks that a program takes off."""


def guarded(cell: str) -> str:
    """
    Write a text so that no spreadsheet takes it for a formula: with an apostrophe before it.

    A number in E.164 begins with a plus and gets none: plus and digits compute nothing, and the
    file can be read back by programs.
    """
    return f"'{cell}" if _BEGINS_FORMULA.match(cell) and not is_e164(cell) else cell


def unguarded(cell: str) -> str:
    """Give the text of a cell as it was before it was guarded."""
    rest = cell.removeprefix("'")
    return rest if rest != cell and _BEGINS_FORMULA.match(rest) else cell

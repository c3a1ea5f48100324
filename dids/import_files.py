"""An uploaded list as it comes and as it is kept: bounded, read piece by piece. Pure."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator

from dids.import_lines import LONGEST_LINE, UnreadableList
from lib.e164 import is_e164

LARGEST = 50 * 1024 * 1024
MOST_LINES = 200_000
MOST_COLUMNS = 200
SAMPLED = 6
"""Lines that are shown before the list is checked, the names of its columns among them."""
_EMPTY = "The file is empty. Its first line names the columns."
_HEAD = 64 * 1024
_SEPARATORS = ",;\t"


class Arrival:
    """
    Looks at a list while its pieces come in, and keeps none of them.

    :ivar sha256: what tells one list from another, once all came
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._head = ""
        self._line = 0
        self.size = 0
        self.breaks = 0

    def look(self, piece: bytes) -> None:
        """
        Look at the next piece.

        :raises UnreadableList: if the file is too large, or no text in UTF-8
        """
        self.size += len(piece)
        if self.size > LARGEST:
            raise UnreadableList("The file is larger than 50 MB. Part it into several files.")
        self._hash.update(piece)
        text = self._decoded(piece)
        self._head += text[: _HEAD - len(self._head)] if len(self._head) < _HEAD else ""
        if "\0" in text:
            raise UnreadableList("The file holds zero bytes. Save it as CSV (comma separated).")
        self._measure(text)

    def end(self) -> None:
        """
        Say that all came.

        :raises UnreadableList: if nothing did, or it ends in the middle of a letter
        """
        self._decoded(b"", final=True)
        if not self._head.strip():
            raise UnreadableList(_EMPTY)

    @property
    def lines(self) -> int:
        """Give how many lines came behind the first one."""
        return self.breaks - 1 + (self._line > 0)

    @property
    def sha256(self) -> str:
        """Give the digest of all that came."""
        return self._hash.hexdigest()

    def separator(self) -> str:
        """Say what parts the cells: that of which the first line has most."""
        first = next(line for line in self._head.splitlines() if line.strip())
        return max(_SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark))))

    def sample(self) -> list[list[str]]:
        """
        Give the cells of the first lines.

        :raises UnreadableList: if the first one holds a number instead of names
        """
        lines = self._head.splitlines(keepends=True)
        rows = list(csv.reader(lines[: 4 * SAMPLED], delimiter=self.separator()))
        stripped = [[cell.strip()[:100] for cell in row] for row in rows]
        filled = [row for row in stripped if any(row)][:SAMPLED]
        if not filled:
            raise UnreadableList(_EMPTY)
        if len(filled[0]) > MOST_COLUMNS:
            raise UnreadableList(
                f"The first line names more than {MOST_COLUMNS} columns. Save the list as CSV, a "
                "number in each line."
            )
        if any(is_e164(cell) for cell in filled[0]):
            raise UnreadableList(
                "The first line holds a number. Put a line with the names of the columns before it."
            )
        return filled

    def _decoded(self, piece: bytes, *, final: bool = False) -> str:
        try:
            return self._decoder.decode(piece, final)
        except UnicodeDecodeError:
            raise UnreadableList(
                "The file is not in UTF-8. Save it as “CSV UTF-8”; in other encodings letters such "
                "as é would come out wrong."
            ) from None

    def _measure(self, text: str) -> None:
        parts = text.split("\n")
        self.breaks += len(parts) - 1
        longest = max(self._line + len(parts[0]), *map(len, parts[1:]), 0)
        self._line = len(parts[-1]) + (self._line if len(parts) == 1 else 0)
        if longest > LONGEST_LINE:
            raise UnreadableList(
                f"Line {self.breaks} or one near it is longer than {LONGEST_LINE:,} characters. "
                "Save the list as CSV, a number in each line."
            )
        if self.breaks > MOST_LINES + 1:
            raise UnreadableList(
                f"The file has more than {MOST_LINES:,} lines. Part it into several files."
            )


class _Raw(io.RawIOBase):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                self._rest = next(self._pieces)
            except StopIteration:
                return 0
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Give the lines of a list that was kept in pieces, holding one piece at a time."""
    yield from io.TextIOWrapper(io.BufferedReader(_Raw(pieces)), "utf-8-sig", newline="")

"""Bodies: JSON, and a sentence instead of a stack trace for what is none; lists also as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser

PIECE = 64 * 1024
MOST_IN_MEMORY = 1024 * 1024
LARGEST_LIST = 50 * 1024 * 1024


class JsonBody(JSONParser):
    """Reads a JSON body."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """
        Read the body.

        :raises ParseError: if it is not JSON, or nested so deeply that nobody can mean it
        """
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as trouble:
            where = str(trouble.detail).removeprefix("JSON parse error - ")
            raise ParseError(f"The body is not valid JSON: {where}") from None
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None


@dataclass(frozen=True)
class SentList:
    """A body that is a list itself, put down on disk where it is long."""

    file: SpooledTemporaryFile[bytes]

    @property
    def pieces(self) -> Iterator[bytes]:
        """Give what came, a piece at a time, once."""
        with self.file:
            self.file.seek(0)
            while piece := self.file.read(PIECE):
                yield piece


class CsvBody(BaseParser):
    """Takes a list in whole before anything is done with it: no work waits for a slow caller."""

    media_type = "text/csv"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, SentList]:
        """Take the body in; what is far too long only to its end that is allowed, and one piece."""
        # It is read after the parser has returned, and closed by whoever reads it.
        file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115
        while file.tell() <= LARGEST_LIST and (piece := stream.read(PIECE)):
            file.write(piece)
        return {CsvBody.media_type: SentList(file)}

"""Bodies: JSON only, and a sentence instead of a stack trace for what is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


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

"""Parts of addresses that Django does not know by itself."""

from __future__ import annotations


class E164Converter:
    """A number in E.164 with its plus sign, as it stands in addresses."""

    regex = r"\+[1-9][0-9]{1,14}"

    def to_python(self, value: str) -> str:
        """Take the number as it stands."""
        return value

    def to_url(self, value: object) -> str:
        """Give the number as it stands."""
        return str(value)

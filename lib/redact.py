"""Secrets out of everything that is kept or shown: by the name of the field, and by known value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

REMOVED = "[removed]"

_SECRET_NAME = re.compile(
    r"pass(word|wd|code|phrase)?$|secret|token|api[-_]?key|authori[sz]ation|cookie|signature|"
    r"credential|private|^pin$|_pin$|otp|^file$",
    re.IGNORECASE,
)
_SECRET_WORDS = (
    *("pass", "secret", "token", "api", "authori", "cookie", "signature", "credential"),
    *("private", "pin", "otp", "file"),
)
"""Where none of these stands in a text, no name in it is a secret's."""
_XML_NAMES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_SHORTEST = 4
"""Shorter values than this are not searched for: they stand in ordinary words.

Where one is all that a field says, such as a first name, it goes all the same.
"""


def is_secret_name(name: str) -> bool:
    """Tell whether a field or header of that name holds a secret."""
    return bool(_SECRET_NAME.search(name))


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace each known secret wherever it stands, also escaped for JSON, addresses or XML."""
    escaped = "\\" in text or "%" in text or "&" in text
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, REMOVED)
            if escaped:
                text = _in_any_spelling(secret).sub(REMOVED, text)
    return text


@lru_cache(maxsize=256)
def _in_any_spelling(secret: str) -> re.Pattern[str]:
    """Match a secret each character of which may be escaped, several times over."""
    return re.compile("".join(map(_spellings, secret)))


def _spellings(character: str) -> str:
    in_json = "".join(rf"\\+u{unit}" for unit in _hex(character.encode("utf-16-be"), 4))
    in_address = "".join(f"%(?:25)*{unit}" for unit in _hex(character.encode(), 2))
    in_xml = f"&(?:{_XML_NAMES.get(character, '-')}|#0*{ord(character)}|#x0*{ord(character):x});"
    return rf"(?:\\*{re.escape(character)}|(?i:{in_json})|(?i:{in_address})|(?i:{in_xml}))"


def _hex(encoded: bytes, digits: int) -> list[str]:
    text = encoded.hex()
    return [text[start : start + digits] for start in range(0, len(text), digits)]


def redact_headers(headers: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    """Keep the headers, without what signs people and machines in."""
    known = tuple(secrets)
    return {
        name: REMOVED if is_secret_name(name) else redact(value, known)
        for name, value in headers.items()
    }


def redact_value(value: Any, secrets: Iterable[str] = ()) -> Any:
    """Keep a JSON-like value, without its secrets at any depth."""
    known = tuple(secrets)
    match value:
        case dict():
            return {
                redact_value(key, known): REMOVED
                if is_secret_name(str(key)) and item
                else redact_value(item, known)
                for key, item in value.items()
            }
        case list() | tuple():
            return [redact_value(item, known) for item in value]
        case str():
            return _field(value, known)
        case _:
            return value


def _field(value: str, known: tuple[str, ...]) -> str:
    return REMOVED if value and value in known else redact(value, known)


def _may_hold_secrets(text: str, secrets: Iterable[str]) -> bool:
    # Most bodies are lists of numbers without any secret; one look at the whole is much cheaper
    # than one at each value. Behind escapes anything may stand.
    lowered = text.lower()
    return (
        "\\" in text
        or "%" in text
        or any(word in lowered for word in _SECRET_WORDS)
        or any(secret in text for secret in secrets)
    )


def redact_body(body: str, content_type: str, secrets: Iterable[str] = ()) -> str:
    """Keep a request's or answer's body (JSON, form or text), without its secrets."""
    known = tuple(secrets)
    if content_type.startswith("multipart/"):
        # A file of somebody's.
        return REMOVED
    if not _may_hold_secrets(body, known):
        return body
    if "json" in content_type:
        try:
            return json.dumps(redact_value(json.loads(body), known), ensure_ascii=False)
        except ValueError:
            return redact(body, known)
    if "form-urlencoded" in content_type:
        pairs = parse_qsl(body, keep_blank_values=True)
        kept = [
            (
                redact(name, known),
                REMOVED if is_secret_name(name) and value else _field(value, known),
            )
            for name, value in pairs
        ]
        return urlencode(kept, safe="[]+:/@")
    return redact(body, known)

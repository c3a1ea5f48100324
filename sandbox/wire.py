"""Requests and answers as the sandbox sees them, and the table that joins paths to handlers."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from sandbox.world import Account

Environ = dict[str, Any]
StartResponse = Callable[..., object]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

ON_SOCKET = "sandbox.on_socket"
"""In the environment if the server can do to a connection what faults ask for."""
MANNER = "sandbox.manner"
"""Where the environment then says in which manner the answer is to be sent."""


@dataclass(frozen=True)
class Attachment:
    """A file in a form: its name, of which type it is said to be, and its content."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Request:
    """
    What came over the wire.

    :ivar base: scheme and host as the client named them
    :ivar on_socket: whether the server answers over a connection that can suffer
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    base: str
    on_socket: bool = False

    def form(self) -> dict[str, str]:
        """Read a form-encoded body; the last of a repeated key counts."""
        return dict(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """Read a form-encoded body with its repeated keys."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def multipart(self) -> tuple[dict[str, str], dict[str, Attachment]]:
        """Read a form with files: the texts, and the files by the names of their fields."""
        kind = self.headers.get("content-type", "")
        message = BytesParser(policy=HTTP).parsebytes(
            f"Content-Type: {kind}\r\n\r\n".encode() + self.body
        )
        texts: dict[str, str] = {}
        files: dict[str, Attachment] = {}
        for part in message.iter_parts() if message.is_multipart() else ():
            name = str(part.get_param("name", "", header="content-disposition"))
            content = part.get_payload(decode=True)
            content = content if isinstance(content, bytes) else b""
            file = part.get_filename()
            if file is None:
                texts[name] = content.decode("utf-8", "replace")
            else:
                files[name] = Attachment(file, part.get_content_type(), content)
        return texts, files

    def signed_in(self) -> tuple[str, str]:
        """Read user and password of HTTP Basic; both are empty where there are none."""
        scheme, _, text = self.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return (user, password) if scheme.lower() == "basic" else ("", "")

    def json(self) -> Any:
        """
        Read a JSON body.

        :raises ValueError: if it is none
        """
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """A handler's way to stop with the carrier's own error."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True)
class Call:
    """One request that passed the door: its path parts, and the account it came from."""

    request: Request
    account: Account
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """The query parameters; the last of a repeated one counts."""
        return dict(self.request.query)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """
    A method and path, what the sandbox counts and disturbs it as, and who answers.

    `operation` is a word of the control endpoint, or a function of the request where one path
    serves two purposes.
    """

    method: str
    pattern: re.Pattern[str]
    operation: str | Callable[[Request], str]
    handler: Handler

    def operation_of(self, request: Request) -> str:
        """Name the operation this request is counted as."""
        return self.operation if isinstance(self.operation, str) else self.operation(request)


def route(
    method: str, path: str, operation: str | Callable[[Request], str], handler: Handler
) -> Route:
    """Build a route from a path in which `{name}` stands for one segment."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(path))
    return Route(method, re.compile(pattern), operation, handler)


def as_json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Answer with JSON."""
    body = json.dumps(value).encode()
    kind = ("Content-Type", "application/json; charset=utf-8")
    return Answer(status, body, (kind, *(headers or {}).items()))


def as_text(body: str | bytes, kind: str, *, status: int = 200) -> Answer:
    """Answer with text of a kind such as `application/xml`."""
    content = body if isinstance(body, bytes) else body.encode()
    return Answer(status, content, (("Content-Type", f"{kind}; charset=utf-8"),))


def gateway_timeout() -> Answer:
    """Answer as the proxy in front of a carrier does when the carrier itself doesn't."""
    page = b"<html><head><title>504 Gateway Time-out</title></head><body></body></html>"
    return Answer(504, page, (("Content-Type", "text/html"),))


def read(environ: Environ) -> Request:
    """Take the request out of a WSGI environment."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "") or ""
    host = headers.get("host") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path.encode("latin-1").decode("utf-8", "replace"),
        query=tuple(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        headers=headers,
        body=body,
        base=f"{environ['wsgi.url_scheme']}://{host}",
        on_socket=bool(environ.get(ON_SOCKET)),
    )


def send(answer: Answer, start_response: StartResponse) -> list[bytes]:
    """Give the answer to the WSGI server."""
    headers = list(answer.headers)
    if answer.status != HTTPStatus.NO_CONTENT:
        headers.append(("Content-Length", str(len(answer.body))))
    start_response(f"{answer.status} {_phrase(answer.status)}", headers)
    return [answer.body] if answer.body else []


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        # Some carriers answer with a status of their own.
        return "Refused"

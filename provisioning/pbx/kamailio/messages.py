"""As much of SIP as test phones and test calls need."""

from __future__ import annotations

from dataclasses import dataclass

_SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}


@dataclass(frozen=True)
class Message:
    """A request or an answer: its first line and its headers in order."""

    first_line: str
    headers: tuple[tuple[str, str], ...]

    @property
    def method(self) -> str:
        """Give the request's method, empty for an answer."""
        return "" if self.status else self.first_line.partition(" ")[0]

    @property
    def uri(self) -> str:
        """Give the request URI."""
        return self.first_line.split(" ")[1]

    @property
    def status(self) -> int:
        """Give the answer's status, 0 for a request."""
        parts = self.first_line.split(" ")
        return int(parts[1]) if parts[0] == "SIP/2.0" and parts[1].isdigit() else 0

    def all(self, name: str) -> list[str]:
        """Give the values of every header of that name."""
        return [value for known, value in self.headers if known == name]

    def one(self, name: str) -> str:
        """Give the first header of that name, empty if there is none."""
        return next(iter(self.all(name)), "")


def read(text: str) -> Message | None:
    """Read a message; None when it is none."""
    head = text.replace("\r\n", "\n").partition("\n\n")[0]
    first_line, *lines = head.split("\n")
    if len(first_line.split(" ")) < 3:
        return None
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            known = name.strip().lower()
            headers.append((_SHORT.get(known, known), value.strip()))
    return Message(first_line, tuple(headers))


def address(value: str) -> str:
    """Give the URI inside a header's value, with its parameters where brackets set them apart."""
    return value.partition("<")[2].partition(">")[0] or value.partition(";")[0].strip()


def answer(
    request: Message, status: str, *, tag: str, extra: tuple[str, ...] = (), body: str = ""
) -> bytes:
    """Write an answer such as ``486 Busy Here`` to a request."""
    to = request.one("to")
    lines = [
        f"SIP/2.0 {status}",
        *(f"Via: {via}" for via in request.all("via")),
        *(f"Record-Route: {route}" for route in request.all("record-route")),
        f"From: {request.one('from')}",
        f"To: {to}" if ";tag=" in to else f"To: {to};tag={tag}",
        f"Call-ID: {request.one('call-id')}",
        f"CSeq: {request.one('cseq')}",
        *extra,
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

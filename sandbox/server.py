"""A small threaded HTTP/1.1 server for a WSGI application; connections stay open."""

from __future__ import annotations

import io
import math
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox.app import Sandbox
from sandbox.spoiling import Manner, Way
from sandbox.wire import MANNER, ON_SOCKET, Environ

DRIP_SECONDS = 0.05
"""Between two drops; fewer and slower ones where the seconds are long and the bytes few."""
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: what closes then is reset."""


class Server(ThreadingHTTPServer):
    """Serves the sandbox; each connection has a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: Sandbox) -> None:
        """Bind to the address; port 0 takes any free one."""
        self.app = app
        self.over = threading.Event()
        super().__init__(address, _Handler)
        app.world.faults.has_socket = True

    def server_close(self) -> None:
        """Stop listening, and dripping."""
        self.over.set()
        super().server_close()

    def shutdown_request(self, request: Any) -> None:
        """End a connection politely, unless it is to be reset."""
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_AT_ONCE)) == _AT_ONCE:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    @property
    def url(self) -> str:
        """Where the server listens."""
        host, port = self.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong, unless a client just hung up: timeouts are what we provoke."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    timeout = 75
    """Seconds an idle connection is kept."""
    wbufsize = -1
    """Buffered, so that headers and body leave together."""

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def answer(self) -> None:
        """Hand the request to the application and its answer to the client in one write."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            self.send_error(411)
            return
        length = int(self.headers.get("Content-Length") or 0)
        status = ""
        headers: list[tuple[str, str]] = []

        def start_response(line: str, given: list[tuple[str, str]], *_: object) -> None:
            nonlocal status, headers
            status, headers = line, given

        environ = self._environ(self.rfile.read(length))
        body = b"".join(self.server.app(environ, start_response))
        head = self._head(status, headers)
        manner: Manner | None = environ.get(MANNER)
        if manner is None:
            self.wfile.write(head + body)
            return
        self.close_connection = True
        match manner.way:
            case Way.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            case Way.CUT:
                # Without a body, the head is what is cut.
                whole, rest = (head, body) if body else (b"", head)
                self.wfile.write(whole + rest[: int(len(rest) * manner.cut_at)])
            case Way.DRIP_BODY if body:
                self.wfile.write(head)
                self._drip(body, manner.seconds)
            case Way.DRIP_BODY | Way.DRIP_HEADERS:
                self._drip(head, manner.seconds)
                self.wfile.write(body)

    def _head(self, status: str, headers: list[tuple[str, str]]) -> bytes:
        named = [("Server", self.version_string()), ("Date", self.date_time_string()), *headers]
        lines = [f"{self.protocol_version} {status}", *(f"{name}: {text}" for name, text in named)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _drip(self, text: bytes, seconds: float) -> None:
        drops = min(len(text), math.ceil(seconds / DRIP_SECONDS))
        size = math.ceil(len(text) / drops)
        for start in range(0, len(text), size):
            self.wfile.write(text[start : start + size])
            self.wfile.flush()
            if self.server.over.wait(seconds / drops):
                return

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the control endpoint knows what was asked."""

    def _environ(self, body: bytes) -> Environ:
        parts = urlsplit(self.path)
        host, port = self.server.server_address[:2]
        environ: Environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(parts.path, "latin-1"),
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            ON_SOCKET: True,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ

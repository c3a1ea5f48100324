"""A small issuer of OpenID Connect on the loopback: its own keys, and the faults asked of it."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "portal"
SECRET = "issued-for-tests"


@dataclass
class World:
    """
    What the issuer knows, and what it is to do wrong.

    :param claims: about the person who signs in next
    :param userinfo: the same, where asked with the access token
    :param description: what it says of itself beyond the truth
    :param down: answer nothing but 503
    :param keeps_silent: seconds before it answers
    """

    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    token_answer: dict[str, Any] | None = None
    down: bool = False
    keeps_silent: float = 0
    signs_with: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    """Signs people in without asking them anything."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on any free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = World()
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def authorize(self, address: str) -> str:
        """Do what a browser meets there: gives the address that it is sent back to."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = uuid4().hex
        self.world.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def id_token(self) -> str:
        """Sign what it says of the person."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            **self.world.claims,
        }
        key = self.world.signs_with or self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "1"})


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        url, world = self.server.url, self.server.world
        match urlsplit(self.path).path:
            case "/.well-known/openid-configuration":
                endpoints = {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "userinfo_endpoint": f"{url}/userinfo",
                    "jwks_uri": f"{url}/keys",
                }
                self._answer({**endpoints, **world.description})
            case "/keys":
                public = jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key(), True)
                self._answer({"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]})
            case "/userinfo" if self.headers["Authorization"] == "Bearer access":
                self._answer({"sub": "person-1", **world.userinfo})
            case "/authorize":
                self.send_response(302)
                self.send_header("Location", self.server.authorize(self.path))
                self.end_headers()
            case _:
                self._answer({}, 404)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        form = {name: values[0] for name, values in sent.items()}
        begun = self.server.world.codes.pop(form.get("code", ""), None)
        if begun is None or not _fits(form, begun):
            self._answer({"error": "invalid_grant"}, 400)
            return
        answer = {"access_token": "access", "token_type": "Bearer"}
        given = self.server.world.token_answer
        self._answer(given or {**answer, "id_token": self.server.id_token()})

    def _answer(self, what: dict[str, Any], status: int = 200) -> None:
        self.server.world.asked.append(urlsplit(self.path).path)
        time.sleep(self.server.world.keeps_silent)
        body = json.dumps(what).encode()
        self.send_response(503 if self.server.world.down else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def _fits(form: dict[str, str], begun: dict[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (
        challenge == begun["code_challenge"]
        and form["redirect_uri"] == begun["redirect_uri"]
        and (form["client_id"], form["client_secret"]) == (CLIENT_ID, SECRET)
    )


@contextmanager
def running() -> Iterator[Server]:
    """Run an issuer."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

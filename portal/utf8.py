"""Requests are read as UTF-8, whatever character set they say they are written in."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Utf8Only:
    """
    WSGI application in front of the portal that takes the character set out of Content-Type.

    JSON and forms are UTF-8 in any case. Django 5.2 reads the query in the named character set
    while it makes the request, before it could answer for trouble: “charset=hex” was a bare 500.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the portal does."""
        kind, *parameters = environ.get("CONTENT_TYPE", "").split(";")
        kept = [one for one in parameters if one.partition("=")[0].strip().lower() != "charset"]
        return self.application(
            {**environ, "CONTENT_TYPE": ";".join([kind, *kept])}, start_response
        )

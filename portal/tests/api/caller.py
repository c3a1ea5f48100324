"""Callers of the API, who check every answer against the committed description of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import yaml
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from accounts.models import ApiClient, Membership, Organization
from accounts.tests.factories import make_client
from portal.api.event_stream import MEDIA_TYPE

PROBLEM = "application/problem+json"
FILE = "application/octet-stream"


@dataclass(frozen=True)
class SentFile:
    """A file in a body, which is sent as a form then."""

    name: str
    content: bytes


class Answer:
    """What came back."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status = response.status_code
        self.is_file = response.get("Content-Type") == FILE
        self.text = "" if self.is_file else response.content.decode()
        self.body: Any = json.loads(self.text) if self.text else None

    @property
    def fields(self) -> set[str]:
        """The fields that a problem names."""
        return {error["field"] for error in self.body["errors"]}

    def is_problem(self, status: int, *fields: str) -> bool:
        """Tell whether it is a whole problem document of this status that names these fields."""
        assert self.status == status, self.text
        assert self.response["Content-Type"] == PROBLEM
        assert self.body["status"] == status
        assert self.body["title"] == HTTPStatus(status).phrase
        assert self.body["detail"]
        assert self.body["request_id"]
        assert set(fields) <= self.fields, self.text
        assert "Traceback" not in self.text
        return True


class Caller:
    """Somebody who calls the API."""

    def __init__(self, *, token: str = "", member: Membership | None = None) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token else {})
        if member:
            self.client.force_login(member.user)

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send a request with its body and check the answer against the description."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        content, content_type = written(body)
        response = self.client.generic(
            method, f"/api/v1/{path}", content, content_type=content_type, headers=sent
        )
        answer = Answer(response)
        check(method, path, answer)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """Write."""
        return self("POST", path, body, **headers)


def written(body: object) -> tuple[str | bytes, str]:
    """Write a body: as JSON, or as a form where there is a file in it."""
    if isinstance(body, dict) and any(isinstance(value, SentFile) for value in body.values()):
        form = {
            name: SimpleUploadedFile(value.name, value.content)
            if isinstance(value, SentFile)
            else value
            for name, value in body.items()
        }
        return encode_multipart(BOUNDARY, form), MULTIPART_CONTENT
    return "" if body is None else json.dumps(body), "application/json"


def caller_of(organization: Organization, *scopes: str) -> Caller:
    """Give a program of an organization, with every scope of its kind unless told otherwise."""
    client, token = make_client(organization=organization, scopes=scopes or None)
    # It was just here: its use need not be noted anew with each request that is undone again.
    ApiClient.objects.filter(pk=client.pk).update(last_used_at=timezone.now())
    return Caller(token=token)


@cache
def description() -> Any:
    """Give the committed description of the API."""
    text = (settings.BASE_DIR / "docs" / "openapi.yaml").read_text()
    # The reader in C takes a tenth of the time; it is there unless PyYAML was built without it.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def check(method: str, path: str, answer: Answer) -> None:
    """Hold an answer against the description of its address."""
    template = _template(path.split("?")[0])
    operation = description()["paths"].get(template, {}).get(method.lower())
    if operation is None or answer.status == HTTPStatus.NO_CONTENT or answer.is_file:
        return
    told = operation["responses"]
    code = str(answer.status)
    assert code in told, f"{method} {path} answers {code}, which is described nowhere"
    errors = list(_validator(template, method.lower(), code).iter_errors(answer.body))
    assert not errors, f"{method} {path}: {errors[0].json_path} {errors[0].message}"


@cache
def _validator(template: str, method: str, code: str) -> Any:
    told = description()["paths"][template][method]["responses"][code]["content"]
    (content,) = (told[kind] for kind in told if kind != MEDIA_TYPE)
    return Draft202012Validator({**content["schema"], "components": description()["components"]})


@cache
def _template(bare: str) -> str:
    address = f"/api/v1/{bare}"
    return next((template for template, told in _templates() if told.fullmatch(address)), "")


@cache
def _templates() -> list[tuple[str, re.Pattern[str]]]:
    paths = map(str, description()["paths"])
    return [(path, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))) for path in paths]

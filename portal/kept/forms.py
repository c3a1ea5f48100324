"""
A form that arrived after the session had ended: kept, found again, forgotten.

It waits in the browser's session, sealed, for the person who was given the form, some minutes long.
Passwords and other secrets are never kept, nor are files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.fernet import InvalidToken
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lib import sealed
from portal.endpoints import PAGES
from portal.kept import authors

IN_SESSION = "kept_forms"
NAME = "kept"
"""The parameter that names a kept form to the page that shows it."""
MINUTES = 30
MOST_FORMS = 3
MOST_CHARACTERS = 200_000
SECRET = {"password", "passwd", "pass", "secret", "token", "key", "credential", "pin", "otp", "sid"}
"""A field with one of these words in its name is not kept."""
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
_WORD = re.compile(r"[a-z]+")
_SHOWS = frozenset(page.name for page in PAGES if page.method == "GET")


@dataclass(frozen=True)
class KeptForm:
    """
    What somebody had entered.

    :param key: names it within its session
    :param author: uuid of the person who alone may see it
    :param path: where it was sent
    :param page: where the form stands, or "" if that is not known
    :param fields: names and values, in order; none if it was too much
    :param again: names of fields with secrets or files, which are to be entered again
    :param until: seconds since 1970
    """

    key: str
    author: str
    path: str
    page: str
    fields: list[tuple[str, str]]
    again: list[str]
    too_large: bool
    until: float

    @property
    def address(self) -> str:
        """Where to go to see it."""
        if not self.page or self.too_large:
            return f"{reverse('kept_form')}?{urlencode({'form': self.key})}"
        path, _, query = self.page.partition("?")
        others = [pair for pair in parse_qsl(query) if pair[0] != NAME]
        return f"{path}?{urlencode([*others, (NAME, self.key)])}"


def is_secret(name: str) -> bool:
    """Tell whether a field of that name may hold a secret."""
    return name == _TOKEN or not SECRET.isdisjoint(_WORD.findall(name.lower()))


def keep(request: HttpRequest) -> KeptForm | None:
    """Keep what was sent, if it is known who was given the form; the same sent twice is one."""
    author = authors.of_form(request)
    if not author:
        return None
    sent = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    fields = [(name, value) for name, value in sent if not is_secret(name)]
    too_large = sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS
    path = request.get_full_path()
    told = json.dumps([author, path, fields])
    kept = KeptForm(
        key=salted_hmac(NAME, told, algorithm="sha256").hexdigest()[:16],
        author=author,
        path=path,
        page=page_of(request),
        fields=[] if too_large else fields,
        again=_to_enter_again(request, sent),
        too_large=too_large,
        until=timezone.now().timestamp() + 60 * MINUTES,
    )
    others = [form for form in all_in(request) if form.key != kept.key]
    put(request, [*others, kept][-MOST_FORMS:])
    request.kept_form = kept  # type: ignore[attr-defined]
    return kept


def all_in(request: HttpRequest) -> Iterator[KeptForm]:
    """Give the kept forms of a session that have not expired, the oldest first."""
    now = timezone.now().timestamp()
    for token in request.session.get(IN_SESSION, []):
        try:
            read = json.loads(sealed.unseal(token))
            kept = KeptForm(**{**read, "fields": [(name, value) for name, value in read["fields"]]})
        except (InvalidToken, KeyError, TypeError):
            # Sealed with a key that is gone, or by another version: there is nothing to show.
            continue
        if kept.until > now:
            yield kept


def of(request: HttpRequest) -> list[KeptForm]:
    """Give the kept forms of the person who is signed in."""
    if IN_SESSION not in request.session or not request.user.is_authenticated:
        return []
    mine = request.user.uuid.hex
    return [kept for kept in all_in(request) if kept.author == mine]


def find(request: HttpRequest, key: str) -> KeptForm | None:
    """Give one kept form of the person who is signed in."""
    return next((kept for kept in of(request) if kept.key == key), None)


def forget_sent(request: HttpRequest) -> None:
    """Forget what was kept for the address of this request, since it has been sent there now."""
    if IN_SESSION in request.session and not hasattr(request, "kept_form"):
        path = request.get_full_path()
        put(request, [kept for kept in all_in(request) if kept.path != path])


def only_of(request: HttpRequest, author: str) -> None:
    """Forget what belongs to others than the person who has just signed in."""
    if IN_SESSION in request.session:
        put(request, [kept for kept in all_in(request) if kept.author == author])


def put(request: HttpRequest, forms: list[KeptForm]) -> None:
    """Have a session keep these and no others."""
    if forms:
        request.session[IN_SESSION] = [sealed.seal(json.dumps(asdict(kept))) for kept in forms]
    else:
        request.session.pop(IN_SESSION, None)


def page_of(request: HttpRequest) -> str:
    """Give the page of ours that a request came from, or "" if none is known that can be seen."""
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if parts.netloc != request.get_host():
        return ""
    try:
        match = resolve(parts.path)
    except Resolver404:
        return ""
    if match.url_name not in _SHOWS:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _to_enter_again(request: HttpRequest, sent: list[tuple[str, str]]) -> list[str]:
    secrets = [name for name, value in sent if value and is_secret(name) and name != _TOKEN]
    return list(dict.fromkeys([*secrets, *request.FILES]))

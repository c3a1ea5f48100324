"""
Putting values back into a form of a page.

The page is drawn by its own view, which knows nothing of it. Its text is walked through twice: once
to find the form that posts to an address, once to copy everything as it is but the controls of that
form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Fields = list[tuple[str, str]]
Given = dict[str, str | None]
"""The attributes of a tag; None for those without a value."""

_CHOSEN = {"checkbox", "radio"}
_LEFT_ALONE = {"password", "file", "submit", "button", "image", "reset"}
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
FORM_ID = "kept-form"
"""Where to jump to, unless the form has an id."""
NOTICE = "data-kept"
"""The notice goes behind the tag that has this attribute."""


@dataclass(frozen=True)
class Filled:
    """
    A page with values in one of its forms.

    :param before: its text up to the place for a notice
    :param after: the rest
    :param left: the values that found no place in it
    :param form_id: of the form
    """

    before: str
    after: str
    left: Fields
    form_id: str


def fill(html: str, *, page: str, path: str, fields: Fields) -> Filled | None:
    """
    Give a page with the fields in its form that posts to a path; None if it has no such form.

    :param page: the path of the page itself
    """
    look = _Look(page, path)
    look.feed(html)
    best = look.best(fields)
    if best is None:
        return None
    copy = _Copy(page, number=best, fields=fields)
    copy.feed(html)
    before, after = copy.out[: copy.place], copy.out[copy.place :]
    return Filled("".join(before), "".join(after), copy.left(), copy.form_id)


class _Walk(HTMLParser):
    """Walks through a page and knows in which form each control is."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self._page = page
        self._count = -1
        self._here: int | None = None
        self._ids: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._count += 1
            self._here = self._count
            self._ids[given.get("id") or ""] = self._count
            self.form(self._count, given)
        elif tag in {"input", "select", "textarea", "button"}:
            named = given.get("form")
            self.control(tag, given, self._ids.get(named) if named else self._here)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._here = None

    def form(self, number: int, given: Given) -> None:
        """Meet a form."""

    def control(self, tag: str, given: Given, number: int | None) -> None:
        """Meet a control, of a form or of none."""

    def path_of(self, address: str | None) -> str:
        """Give the whole path of an address that stands on the page."""
        return urlsplit(urljoin(self._page, address or "")).path


@dataclass
class _Form:
    fits: bool
    names: set[str] = field(default_factory=set)
    holds: set[tuple[str, str]] = field(default_factory=set)


class _Look(_Walk):
    """Finds the forms that post to a path."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__(page)
        self._path = path
        self._forms: list[_Form] = []

    def form(self, number: int, given: Given) -> None:
        posts = (given.get("method") or "").lower() == "post"
        self._forms.append(_Form(posts and self.path_of(given.get("action")) == self._path))

    def control(self, tag: str, given: Given, number: int | None) -> None:
        if number is None:
            return
        form = self._forms[number]
        if given.get("formaction") and self.path_of(given["formaction"]) == self._path:
            form.fits = True
        name = given.get("name") or ""
        form.names.add(name)
        form.holds.add((name, given.get("value") or ""))

    def best(self, fields: Fields) -> int | None:
        """Give the form that has most of the fields, and among equals the one that holds most."""
        names = {name for name, _ in fields}
        ranked = [
            (len(form.names & names), len(form.holds & set(fields)), -number)
            for number, form in enumerate(self._forms)
            if form.fits
        ]
        return -max(ranked)[2] if ranked else None


class _Copy(_Walk):
    """Copies a page, with values in the controls of one form."""

    def __init__(self, page: str, *, number: int, fields: Fields) -> None:
        super().__init__(page)
        self._number = number
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            if name != _TOKEN:
                self._values.setdefault(name, []).append(value)
        self._choices: list[str] | None = None
        self._in_text, self._text, self._tag = False, "", ""
        self.place = 0
        self.form_id = FORM_ID
        self.out: list[str] = []

    def left(self) -> Fields:
        """Give the values that are not in the page."""
        return [(name, value) for name, values in self._values.items() for value in values if value]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._tag = self.get_starttag_text() or ""
        super().handle_starttag(tag, attrs)
        if tag == "option" and self._choices is not None:
            self._choose(given, given.get("value") or "", self._choices, "selected")
        if not self._in_text or tag == "textarea":
            self.out.append(self._tag)
        if tag == "textarea" and self._in_text:
            self.out.append("\n" + escape(self._text, quote=False))
        if NOTICE in given:
            self.place = len(self.out)

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag == "select":
            self._choices = None
        elif tag == "textarea":
            self._in_text = False
        self._say(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._say(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def form(self, number: int, given: Given) -> None:
        if number != self._number:
            return
        if given.get("id"):
            self.form_id = str(given["id"])
        else:
            self._tag = _tag("form", {**given, "id": FORM_ID})

    def control(self, tag: str, given: Given, number: int | None) -> None:
        name, kind = given.get("name") or "", (given.get("type") or "text").lower()
        if number != self._number or name == _TOKEN or not name:
            return
        if tag == "select":
            self._choices = self._values.get(name)
        elif tag == "textarea" and self._values.get(name):
            self._text, self._in_text = self._values[name].pop(0), True
        elif tag == "input" and kind in _CHOSEN:
            # What was not chosen was not sent.
            self._choose(given, given.get("value") or "on", self._values.get(name, []), "checked")
        elif tag == "input" and kind not in _LEFT_ALONE and self._values.get(name):
            self._tag = _tag(tag, {**given, "value": self._values[name].pop(0)})

    def _choose(self, given: Given, value: str, wanted: list[str], word: str) -> None:
        tag = "option" if word == "selected" else "input"
        rest = {name: other for name, other in given.items() if name != word}
        if value in wanted:
            wanted.remove(value)
            rest[word] = None
        self._tag = _tag(tag, rest)

    def _say(self, text: str) -> None:
        if not self._in_text:
            self.out.append(text)


def _tag(tag: str, given: Given) -> str:
    written = [
        name if value is None else f'{name}="{escape(value)}"' for name, value in given.items()
    ]
    return f"<{' '.join([tag, *written])}>"

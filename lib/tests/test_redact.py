from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.redact import REMOVED, redact, redact_body, redact_headers

SECRET = "S3cr+t/Key=0123"
"""With what escapes differently: letters, digits, and what base64 adds."""

holding_it = st.sampled_from([SECRET, f"a{SECRET}", f"{SECRET}=b", f"x {SECRET} y"])
"""Texts that hold the secret somewhere."""


def escaped(text: str) -> str:
    """Write every character as JSON may."""
    return "".join(f"\\u{ord(character):04x}" for character in text)


def all_escaped(text: str) -> str:
    """Write every character as an address may."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


spellings = st.sampled_from(
    [
        str,
        escaped,
        all_escaped,
        quote,
        json.dumps,
        lambda text: text.replace("/", "\\/"),
        lambda text: escaped(text[:4]) + text[4:8] + all_escaped(text[8:]),
        lambda text: quote(all_escaped(text)),
        lambda text: json.dumps(json.dumps({"inner": escaped(text)})),
    ]
)

documents = st.recursive(
    st.one_of(holding_it, st.integers(), st.none(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(holding_it, st.sampled_from("ab")), inner, max_size=3),
        inner.map(json.dumps),
    ),
    max_leaves=8,
)


def read(text: str) -> str:
    """Undo every escape, as whoever searches what is kept for a secret could."""
    for _ in range(4):
        text = re.sub(r"\\+", r"\\", unquote(text)).replace("\\/", "/")
        for character in set(SECRET):
            text = text.replace(escaped(character), character)
    return text


class TestAPlantedSecret:
    @given(documents)
    def test_is_gone_from_json_wherever_it_stood(self, document: Any) -> None:
        for body in (json.dumps(document), json.dumps(document).replace("/", "\\/")):
            assert SECRET not in read(redact_body(body, "application/json", [SECRET]))

    @given(st.lists(st.tuples(holding_it | st.just("a"), holding_it | st.just("b")), max_size=4))
    def test_is_gone_from_forms_wherever_it_stood(self, pairs: list[tuple[str, str]]) -> None:
        kept = redact_body(urlencode(pairs), "application/x-www-form-urlencoded", [SECRET])
        assert SECRET not in read(kept)

    @given(holding_it, spellings, st.sampled_from(["text/plain", "application/json", ""]))
    def test_is_gone_from_text_however_it_was_spelled(
        self, text: str, spelled: Any, content_type: str
    ) -> None:
        body = f"<oops {spelled(text)}"
        assert SECRET in read(body)
        kept = redact_body(body, content_type, [SECRET])
        assert SECRET not in read(kept)
        assert REMOVED in kept


class TestRedact:
    def test_removes_known_secrets_wherever_they_stand(self) -> None:
        assert redact("key=KEY0123 and KEY0123", ["KEY0123"]) == f"key={REMOVED} and {REMOVED}"

    def test_leaves_secrets_alone_that_are_too_short_to_search_for(self) -> None:
        assert redact("a cat", ["a"]) == "a cat"

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            ('{"first_name": "Ann", "name": "Annex"}', "application/json"),
            ("first_name=Ann&name=Annex", "application/x-www-form-urlencoded"),
        ],
    )
    def test_removes_short_ones_where_a_field_says_nothing_else(
        self, body: str, content_type: str
    ) -> None:
        kept = redact_body(body, content_type, ["Ann"])
        assert kept == body.replace("Ann", REMOVED, 1)

    @pytest.mark.parametrize(
        "text", ["<s>p&amp;w&lt;'-1234</s>", "<s>p&#38;w&#x3C;&apos;-1234</s>"]
    )
    def test_finds_them_behind_the_escapes_of_xml(self, text: str) -> None:
        assert redact(text, ["p&w<'-1234"]) == f"<s>{REMOVED}</s>"


class TestHeaders:
    def test_drops_what_signs_in(self) -> None:
        kept = redact_headers({"Authorization": "Bearer x", "Accept": "text/plain"})
        assert kept == {"Authorization": REMOVED, "Accept": "text/plain"}


class TestBody:
    def test_cleans_json_at_any_depth(self) -> None:
        kept = redact_body('{"a": [{"api_key": "x", "n": 1}]}', "application/json")
        assert kept == f'{{"a": [{{"api_key": "{REMOVED}", "n": 1}}]}}'

    def test_cleans_forms(self) -> None:
        body = "Username=ann&Password=hunter22&To=%2B13125550123"
        kept = redact_body(body, "application/x-www-form-urlencoded")
        assert "hunter22" not in kept
        assert "Username=ann" in kept

    @pytest.mark.parametrize(
        "body",
        [
            '{"note": "KEY0123"}',
            '{"note": "KEY\\u0030123"}',
            '{"PassWord": "KEY0123"}',
            '{"my_pin": "KEY0123", "n": 1}',
        ],
    )
    def test_finds_secrets_by_value_by_name_and_behind_escapes(self, body: str) -> None:
        kept = redact_body(body, "application/json", ["KEY0123"])
        assert "0123" not in kept
        assert REMOVED in kept

    def test_keeps_what_holds_no_secret_as_it_came(self) -> None:
        body = '{"data":[{"phone_number":"+13125550123"}]}'
        assert redact_body(body, "application/json", ["KEY0123"]) == body

    def test_cleans_what_only_claims_to_be_json(self) -> None:
        assert "KEY0123" not in redact_body("oops KEY0123", "application/json", ["KEY0123"])

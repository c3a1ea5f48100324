from __future__ import annotations

import pytest

from lib.redact import REMOVED, redact, redact_body, redact_headers


class TestRedact:
    def test_removes_known_secrets_wherever_they_stand(self) -> None:
        assert redact("key=KEY0123 and KEY0123", ["KEY0123"]) == f"key={REMOVED} and {REMOVED}"

    def test_leaves_secrets_alone_that_are_too_short_to_search_for(self) -> None:
        assert redact("a cat", ["a"]) == "a cat"


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

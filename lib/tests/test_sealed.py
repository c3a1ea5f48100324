from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from lib import sealed


@pytest.fixture
def keys() -> Iterator[list[str]]:
    yield [Fernet.generate_key().decode() for _ in range(2)]
    sealed.use_keys(settings.FIELD_KEYS)


class TestSeal:
    def test_hides_the_text_and_gives_it_back(self) -> None:
        token = sealed.seal("KEY0123")
        assert "KEY0123" not in token
        assert sealed.unseal(token) == "KEY0123"

    def test_reads_what_an_older_key_wrote(self, keys: list[str]) -> None:
        older, newer = keys
        sealed.use_keys([older])
        token = sealed.seal("x")
        sealed.use_keys([newer, older])
        assert sealed.unseal(token) == "x"

    def test_cannot_be_read_with_another_key(self, keys: list[str]) -> None:
        older, newer = keys
        sealed.use_keys([older])
        token = sealed.seal("x")
        sealed.use_keys([newer])
        with pytest.raises(InvalidToken):
            sealed.unseal(token)

    def test_refuses_to_work_without_keys(self, keys: list[str]) -> None:
        sealed.use_keys([])
        with pytest.raises(sealed.NoKeys):
            sealed.seal("x")

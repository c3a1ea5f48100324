"""Model fields for the vocabulary of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models

from lib import e164

if TYPE_CHECKING:
    CharField = models.CharField[str, str]
else:  # Django's fields cannot be subscripted at run time.
    CharField = models.CharField


class E164Field(CharField):
    """A canonical E.164 number, such as +13125550123."""

    default_validators = [RegexValidator(r"^\+[1-9][0-9]{6,14}$", "Not an E.164 number.")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = e164.MAX_LENGTH
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

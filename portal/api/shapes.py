"""What the serializers of all resources have in common: strict in what comes, discreet outwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.actors import Actor
from accounts.permissions import FieldGroup


class Asked(serializers.Serializer[Any]):
    """What a caller may send; anything else is refused by name instead of being ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the input, refusing fields that this place does not take."""
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            message = f"Unknown field. This place takes: {', '.join(known) or 'nothing'}."
            strangers = {str(name): [message] for name in data if name not in known}
            if strangers:
                # What else is wrong is told with them: whoever corrects a request does it once.
                raise serializers.ValidationError({**self._wrong(data), **strangers})
        return super().to_internal_value(data)

    def _wrong(self, data: Any) -> dict[str, Any]:
        try:
            super().to_internal_value(data)
        except serializers.ValidationError as trouble:
            return dict(trouble.detail) if isinstance(trouble.detail, dict) else {}
        return {}


class Nothing(Asked):
    """An empty body."""


class Shown(serializers.Serializer[Any]):
    """What an actor is shown; fields of a group that they may not see are absent."""

    groups: ClassVar[Mapping[str, FieldGroup]] = {}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Give the fields that the actor of the context may see; without an actor, all of them."""
        fields = super().get_fields()
        actor = self.context.get("actor")
        for name, group in self.groups.items():
            fields[name].required = False
            if actor is not None and not actor.sees(group):
                del fields[name]
        return fields


def discreet(
    shape: type[Shown], things: Iterable[Mapping[str, Any]], actor: Actor
) -> list[dict[str, Any]]:
    """Give things that have a shape already, without the fields that the actor may not see."""
    hidden = {name for name, group in shape.groups.items() if not actor.sees(group)}
    return [{name: thing[name] for name in thing if name not in hidden} for thing in things]


class OrganizationBrief(Shown):
    """An organization where another thing mentions it."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()

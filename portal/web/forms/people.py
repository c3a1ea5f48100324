"""Which role somebody gets."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.models import Organization
from accounts.roles import handed_out_by
from portal.web.forms import PortalForm
from portal.web.rights import ROLES


class RoleField(forms.ChoiceField):
    """A choice among roles, each told in words."""

    def __init__(self, **kwargs: Any) -> None:
        boxes = forms.RadioSelect(attrs={"class": "form-check-input"})
        super().__init__(widget=boxes, **kwargs)

    def offer(self, actor: Actor, organization: Organization) -> None:
        """Let choose among the roles that the actor may hand out there."""
        self.choices = [
            (role.value, f"{role.label}: {ROLES[role]}")
            for role in handed_out_by(actor, organization)
        ]


class _GivesARole(PortalForm):
    role = RoleField()

    def __init__(
        self, data: Any = None, *, actor: Actor, organization: Organization, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        chosen = self.fields["role"]
        if isinstance(chosen, RoleField):
            chosen.offer(actor, organization)


class RoleForm(_GivesARole):
    """Another role for a person."""


class InvitationForm(_GivesARole):
    """A person to be let in."""

    email = forms.EmailField(label="E-mail", max_length=254)

    field_order = ("email", "role")

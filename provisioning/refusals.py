"""What this app says no with."""

from __future__ import annotations

from lib.refusals import UnableTo


class UnableToRoute(UnableTo):
    """Calls to a number cannot be brought where they should go; undoes the change that asked."""

    code = "cannot_route"


class UnableToDetach(UnableTo):
    """Numbers that ring on the switch still come by this trunk."""

    code = "cannot_detach"
    conflict = True


class UnableToSetUp(UnableTo):
    """A switch, a machine of it, or what is on it cannot be set up this way."""

    code = "cannot_set_up"

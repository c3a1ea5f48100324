"""Lists as people want to see them again: saved under a name, named anew, deleted."""

from __future__ import annotations

from accounts.actors import Member
from accounts.models import Membership, SavedView
from accounts.permissions import Permission
from accounts.work import acting
from lib.locks import no_key
from lib.refusals import UnableTo

MOST = 20
"""Of one person, in one seat, on one list."""
LONGEST = 1000


class UnableToSaveView(UnableTo):
    """The view cannot be saved."""

    code = "cannot_save_view"


def save(*, page: str, name: str, query: str, is_shared: bool, actor: Member) -> SavedView:
    """
    Save a list under a name. A name that is there shows the new list; a list that is there already
    gets the new name.

    :param page: the name of the list's address
    :param query: filters, sorting and columns, as the address has them
    :raises UnableToSaveView: if there is no name, it is too much, or it may not be shared
    """
    words = " ".join(name.split())
    if not words or len(words) > 40:
        raise UnableToSaveView("Write a name of 1 to 40 characters.", field="name")
    if len(query) > LONGEST:
        raise UnableToSaveView("These are too many filters for a view. Take some off.")
    if is_shared and not actor.may(Permission.MANAGE_PEOPLE):
        raise UnableToSaveView(
            "Only who manages people shares views. Save it for yourself.", field="is_shared"
        )
    with acting(actor):
        # One after the other: else two at once would be one too many.
        list(no_key(Membership.objects.filter(pk=actor.membership.pk)))
        own = list(SavedView.objects.of(actor).filter(page=page))
        view = _found(own, words, query)
        if view is None and len(own) >= MOST:
            raise UnableToSaveView(f"You have {MOST} views of this list. Delete one first.")
        view = view or SavedView(membership=actor.membership, organization=actor.reach, page=page)
        view.name, view.query, view.is_shared = words, query, is_shared
        view.save()
    return view


def delete(*, view: SavedView, actor: Member) -> None:
    """
    Delete a view: one's own, or a shared one as who manages people.

    :raises UnableToSaveView: if it is somebody else's
    """
    if view.membership_id != actor.membership.pk and not actor.may(Permission.MANAGE_PEOPLE):
        raise UnableToSaveView("This view is somebody else's. Ask whoever manages people.")
    with acting(actor):
        SavedView.objects.filter(pk=view.pk).delete()


def _found(own: list[SavedView], name: str, query: str) -> SavedView | None:
    named = (view for view in own if view.name == name)
    alike = (view for view in own if view.query == query)
    return next(named, None) or next(alike, None)

"""To which places help is sent."""

from __future__ import annotations

from django.db import models

from dids.states.features import feature
from dids.states.lifecycles import SECONDS_5, Wait, lifecycle, rests


class LocationStatus(models.TextChoices):
    """Whether help would find an emergency location."""

    DRAFT = "DRAFT", "Not checked yet"
    VALIDATING = "VALIDATING", "Being checked"
    WITH_PERSON = "WITH_PERSON", "Being checked by a person"
    ACTIVE = "ACTIVE", "Active"
    REJECTED = "REJECTED", "Not accepted"
    RETIRED = "RETIRED", "Retired"


_S = LocationStatus

LOCATION = lifecycle(
    "Emergency location",
    "Where somebody is who calls for help. An active address never changes: whoever moves makes "
    "another one.",
    {
        _S.DRAFT: (_S.VALIDATING, _S.RETIRED),
        # A check changes nothing: where its answer was lost, it is made again.
        _S.VALIDATING: (_S.VALIDATING, _S.WITH_PERSON, _S.ACTIVE, _S.REJECTED),
        _S.WITH_PERSON: (_S.ACTIVE, _S.REJECTED),
        _S.REJECTED: (_S.DRAFT, _S.VALIDATING, _S.RETIRED),
        _S.ACTIVE: (_S.RETIRED,),
    },
    {
        _S.DRAFT: rests("Have the address checked."),
        _S.VALIDATING: Wait(
            SECONDS_5, "locations", "the carrier", "The address is looked at and may be corrected."
        ),
        _S.WITH_PERSON: rests("Somebody of the provider looks at the address."),
        _S.REJECTED: rests("Correct the address, or accept what is suggested, and check it again."),
        _S.ACTIVE: rests("Numbers that name it, or none, are registered there."),
    },
)

REGISTRATION = feature(
    "Emergency registration",
    "At which location emergency services look for a number. Another location replaces it; a "
    "release removes it before the carrier stops delivering, a suspension never.",
    rejected="Somebody of the provider looks into it and has it registered again.",
    rejected_waits_for="the provider",
)

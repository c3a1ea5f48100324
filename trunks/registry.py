"""Which carriers there are: slug -> adapter, extendable by the setting EXTRA_CARRIERS."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from trunks.roles import Carrier

CARRIERS = {
    "aire_networks": "trunks.carriers.manual.aire_networks.AireNetworks",
    "bandwidth": "trunks.carriers.bandwidth.adapter.Bandwidth",
    "didww": "trunks.carriers.didww.adapter.Didww",
    "flowroute": "trunks.carriers.flowroute.adapter.Flowroute",
    "gamma": "trunks.carriers.manual.gamma.Gamma",
    "manual": "trunks.carriers.manual.adapter.Manual",
    "plivo": "trunks.carriers.plivo.adapter.Plivo",
    "questblue": "trunks.carriers.questblue.adapter.QuestBlue",
    "telnyx": "trunks.carriers.telnyx.adapter.Telnyx",
    "twilio": "trunks.carriers.twilio.adapter.Twilio",
    "voicemeup": "trunks.carriers.manual.voicemeup.VoiceMeUp",
    "voip_innovations": "trunks.carriers.voip_innovations.adapter.VoipInnovations",
    "voipms": "trunks.carriers.voipms.adapter.VoipMs",
    "vonage": "trunks.carriers.vonage.adapter.Vonage",
    "voxtelesys": "trunks.carriers.manual.voxtelesys.Voxtelesys",
    "wavix": "trunks.carriers.wavix.adapter.Wavix",
}


class UnknownCarrier(LookupError):
    """No adapter has that slug."""


def slugs() -> tuple[str, ...]:
    """Give the slugs of all carriers, sorted."""
    return tuple(sorted({**CARRIERS, **settings.EXTRA_CARRIERS}))


def carrier(slug: str) -> type[Carrier]:
    """
    Give the adapter of a carrier; `issubclass` tells what it can do.

    :raises UnknownCarrier: if there is none of that slug
    """
    path = {**CARRIERS, **settings.EXTRA_CARRIERS}.get(slug)
    if path is None:
        raise UnknownCarrier(f"There is no carrier “{slug}”. Known are {', '.join(slugs())}.")
    adapter: type[Carrier] = import_string(path)
    return adapter

"""The carriers of the sandbox. A new one is a folder beside the others and a line here."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.bandwidth.carrier import Bandwidth
from sandbox.carrier import Carrier
from sandbox.didww.carrier import Didww
from sandbox.flowroute.carrier import Flowroute
from sandbox.plivo.carrier import Plivo
from sandbox.questblue.carrier import QuestBlue
from sandbox.telnyx.carrier import Telnyx
from sandbox.twilio.carrier import Twilio
from sandbox.voip_innovations.carrier import VoipInnovations
from sandbox.voipms.carrier import VoipMs
from sandbox.vonage.carrier import Vonage
from sandbox.wavix.carrier import Wavix
from sandbox.world import World

Settings = dict[str, float]

CARRIERS: dict[str, Callable[[World, int, Settings], Carrier]] = {
    "bandwidth": lambda world, seed, settings: Bandwidth(
        world, seed=seed, order_seconds=settings["order_seconds"]
    ),
    "didww": lambda world, seed, settings: Didww(
        world, seed=seed, order_seconds=settings["order_seconds"]
    ),
    "flowroute": lambda world, seed, settings: Flowroute(
        world, seed=seed, order_seconds=settings["order_seconds"]
    ),
    "plivo": lambda world, seed, settings: Plivo(world, seed=seed),
    "questblue": lambda world, seed, settings: QuestBlue(world, seed=seed),
    "telnyx": lambda world, seed, settings: Telnyx(
        world, seed=seed, order_seconds=settings["order_seconds"]
    ),
    "twilio": lambda world, seed, settings: Twilio(
        world, seed=seed, order_seconds=settings["order_seconds"]
    ),
    "voip_innovations": lambda world, seed, settings: VoipInnovations(world, seed=seed),
    "voipms": lambda world, seed, settings: VoipMs(world, seed=seed),
    "vonage": lambda world, seed, settings: Vonage(world, seed=seed),
    "wavix": lambda world, seed, settings: Wavix(
        world, seed=seed, order_seconds=settings["order_seconds"]
    ),
}

DEMO_ACCOUNTS: dict[str, dict[str, str]] = {
    "bandwidth": {"username": "sandbox", "password": "5a0d0000000000000000000000000003"},
    "didww": {"api_key": "5a0d0000didww0001"},
    "flowroute": {"access_key": "5a0d0001", "secret_key": "sandboxSecret01"},
    "plivo": {"auth_id": "MASANDBOX00000000001", "auth_token": "sandboxSecret01"},
    "questblue": {
        "username": "sandbox",
        "password": "sandboxSecret01",
        "security_key": "5a0d0000000000000000000000000005",
    },
    "telnyx": {"api_key": "KEYsandbox0001"},
    "twilio": {
        "account_sid": "AC5a0d0000000000000000000000000001",
        "auth_token": "5a0d0000000000000000000000000002",
    },
    "voip_innovations": {"login": "sandbox", "secret": "5a0d0000000000000000000000000004"},
    "voipms": {"api_username": "sandbox@example.com", "api_password": "sandboxSecret01"},
    "vonage": {"api_key": "5a0d0001", "api_secret": "sandboxSecret01"},
    "wavix": {"api_key": "5a0d0000wavix0001"},
}
"""There from the start, so that a demo needs no set-up. They open nothing outside the sandbox."""

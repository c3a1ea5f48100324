"""Text messages: who sends them, and where they go."""

from __future__ import annotations

from dids.states.features import feature

BRAND = feature(
    "Brand",
    "Who sends text messages from ordinary numbers in the United States, as registered there.",
    rejected="Correct what the registry minds and ask again.",
    may_lapse=True,
)

CAMPAIGN = feature(
    "Campaign",
    "What a brand sends, and how people agree to it. It waits until its brand is in force.",
    rejected="Correct what the networks mind and ask again.",
    may_lapse=True,
)

NUMBER_CAMPAIGN = feature(
    "Number in a campaign",
    "A number that sends for a campaign.",
    rejected="Choose the campaign again once what was minded is corrected.",
)

TOLL_FREE = feature(
    "Toll-free verification",
    "Who sends from a toll-free number and what, without which networks block its messages.",
    rejected="Correct what was minded and ask again.",
    may_lapse=True,
)

MESSAGING_ROUTE = feature(
    "Route of messages",
    "Where the text messages to a number go.",
    rejected="Change the address and ask again, or switch messages off.",
    may_be_undone=True,
)

"""In which order the groups of processes stop; they start the other way round."""

from __future__ import annotations

STOP_ORDER = (
    "workers",
    "beat",
    "web",
    "agents",
    "routers",
    "targets",
    "sandbox",
    "valkey",
    "postgres",
)

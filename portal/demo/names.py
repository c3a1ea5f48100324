"""Names that the demo's data and the machines around it must agree on; knows no Django."""

from __future__ import annotations

PBX = "Demo PBX"

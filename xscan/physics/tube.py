"""Tube voltages of a scan's channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xscan.model import Scan
from xscan.physics.config import PhysicsConfig

__all__ = ["tube_voltages"]

LOWEST, HIGHEST = 35.0, 450.0


def tube_voltages(
    scan: Scan, channels: Sequence[str], given: Mapping[str, float], config: PhysicsConfig
) -> dict[str, float]:
    """Tube voltage of each channel, kV: as given, else the scan's own, else the settings'."""
    nominal = {"low": config.kvp_low, "high": config.kvp_high, "mono": config.kvp_mono}
    voltages = {}
    for c in channels:
        value = float(given.get(c) or scan.provenance.kvp.get(c) or nominal[c])
        voltages[c] = min(max(value, LOWEST), HIGHEST)
    return voltages

"""Cleans a volume without changing what it means."""

from __future__ import annotations

from xscan.denoise.config import DenoiseConfig
from xscan.denoise.stage import FILTERS, denoise

__all__ = ["FILTERS", "DenoiseConfig", "denoise"]

"""A volume becomes labelled regions: split where things touch, nested, grouped into objects."""

from __future__ import annotations

from xscan.segment.config import SegmentConfig
from xscan.segment.stage import segment

__all__ = ["SegmentConfig", "segment"]

"""A catalogue of what is posted: how to build it, and how honest senders and others describe it."""

from __future__ import annotations

from xscan.simulate.goods import devices, food, household, wear
from xscan.simulate.goods.base import Good, Kind
from xscan.simulate.goods.food import HIDDEN
from xscan.simulate.goods.wear import HOLLOW_BOOK

__all__ = ["HIDDEN", "HOLLOW_BOOK", "KINDS", "Good", "Kind"]

KINDS: dict[str, Kind] = {**household.KINDS, **wear.KINDS, **devices.KINDS, **food.KINDS}

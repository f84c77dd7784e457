"""What makes a scan less trustworthy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Make = Callable[..., Any]


def test_a_bad_scan_is_told(parcel: Make, thing: Make, kinds: Make) -> None:
    assert "scan-quality" in kinds(parcel([thing("plastic", 50)], basis="nominal").decide(), 0.1)

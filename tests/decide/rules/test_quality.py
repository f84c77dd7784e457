"""What makes a scan less trustworthy."""

from __future__ import annotations

from types import SimpleNamespace


def test_a_bad_scan_is_told(make: SimpleNamespace) -> None:
    assert "scan-quality" in make.kinds(make.parcel([make.thing("plastic", 50)], basis="nominal").decide(), 0.1)

"""Whether a body has the form, density and mixed-metal signature of a lithium cell."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from xscan.decide.evidence import Evidence

__all__ = ["SURE", "cell_form", "other_name"]

DENSE = frozenset({"battery", "metal", "electronics", "light-metal", "unknown"})
BULK = (1.5, 4.2)  # g/cm³ over the whole cell, can and winding: solid steel is 7.9, aluminium 2.7 but of low Z_e
Z_LEAST = 14.0  # cobalt, nickel, iron and copper make it; aluminium (13) and glass stay below
Z_MIXED = (16.0, 34.0)
FILL = (0.66, 0.90)  # of the box around a cylinder: π/4
FILL_POUCH = (0.72, 1.05)
ROUND = 0.12  # relative difference of the two short edges
SURE = 0.5


@cache
def _forms() -> Mapping[str, Any]:
    text = files("xscan.decide").joinpath("data/cells.toml").read_text("utf-8")
    return tomllib.loads(text)


def cell_form(evidence: Evidence, i: int) -> tuple[str, float]:
    """Return the form that an object has ("18650", "pouch", or "") and the belief (0..1) that it is such a cell."""
    length, width, height = evidence.size_mm(i)
    mass = evidence.mass_g(i)
    s = evidence.signatures.get(i)
    if mass is None or s is None or min(length, width, height) <= 0:
        return "", 0.0
    outer = evidence.outer_mm3(i)
    bulk = mass / (outer / 1000)
    z_e = s.z_e.value if s.z_e else None
    kinds = {m.kind: m.fraction for m in s.materials} or {s.kind: 1.0}
    dense = sum(f for k, f in kinds.items() if k in DENSE)
    if not BULK[0] <= bulk <= BULK[1] or (z_e is not None and z_e < Z_LEAST):
        return "", 0.0
    battery = kinds.get("battery", 0.0)
    signature = min(1.0, 0.35 + 0.5 * dense + 0.5 * battery)
    if z_e is not None and Z_MIXED[0] <= z_e <= Z_MIXED[1]:
        signature = max(signature, 0.85)  # light for such a Z_e: metal wound with plastic, whatever it was named
    fill = outer / (length * width * height)
    # a surface lies within a voxel, and metal may bloom: a dense can is seen up to nearly a voxel larger
    voxel = max(evidence.segmentation.grid.voxel_size_mm)
    bloom, blur = 0.8 * voxel, 0.9 * voxel
    best, belief = "", 0.0
    if FILL[0] <= fill <= FILL[1] and abs(width - height) <= ROUND * width + blur:
        d = (width + height) / 2
        for name, form in _forms()["cylinder"].items():
            (diameter, long), (light, heavy) = form["mm"], form["g"]
            thick, far = (v - min(max(v, 0.0), bloom) for v in (d - diameter, length - long))
            off = math.hypot(thick / (0.04 * diameter + blur), far / (0.03 * long + blur))
            beyond = max(light / mass, mass / heavy, 1.0)
            p = signature * math.exp(-0.5 * off * off) * math.exp(-(((beyond - 1) / 0.25) ** 2))
            if p > belief:
                best, belief = name, p
    pouch = _forms()["pouch"]
    inside = all(lo <= v <= hi for v, (lo, hi) in zip((height, width, length), pouch["mm"], strict=True))
    low, high = pouch["density"]
    if (
        belief < SURE
        and inside
        and FILL_POUCH[0] <= fill <= FILL_POUCH[1]
        and low <= bulk <= high
        and height < width / 2
    ):
        # a slab of that density and Z_e is also a circuit board in its case, so only the signature makes it a cell
        p = 0.4 + 0.6 * battery if battery > 0.3 else 0.3 * signature
        if p > belief:
            best, belief = "pouch", p
    return best, belief


def other_name(form: str) -> str:
    """Name of the primary cell that has the same form, or empty."""
    return str(_forms()["cylinder"].get(form, {}).get("also", ""))

"""Is the copy made as the genuine article is made?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from xscan.model import GenuineRange, Measure, Object, Signature

__all__ = ["genuine_check"]


def genuine_check(
    genuine: GenuineRange | None,
    objects: Sequence[Object],
    signatures: Mapping[int, Signature],
    *,
    whole: bool,
    wall: Measure | None,
) -> dict[str, dict[str, object]]:
    """Hold what was measured against the ranges of the genuine article.

    Parameters
    ----------
    genuine : as the right holder states it; without it nothing can be said
    objects : which the template was matched to
    whole : whether the template explains these objects entirely; where it does not, their mass says nothing
    wall : thickness of their wall, mm

    Returns
    -------
    dict
        by name: {"measured", "sigma", "range", "status": "inside" | "outside" | "unknown"}. "outside" means by
        more than two standard uncertainties.
    """
    if genuine is None:
        return {}
    own = [signatures[o.id] for o in objects if o.id in signatures]
    measured: dict[str, Measure | None] = {
        "mass_g": _sum([s.mass_g for s in own]) if whole and len(own) == len(objects) else None,
        "density_g_cm3": _mean(own, [s.density for s in own], "g/cm3"),
        "z_e": _mean(own, [s.z_e for s in own], "1"),
        "wall_mm": wall,
    }
    ranges = {name: getattr(genuine, name) for name in measured}
    return {name: _entry(measured[name], limits) for name, limits in ranges.items() if limits is not None}


def _entry(measure: Measure | None, limits: tuple[float, float]) -> dict[str, object]:
    if measure is None:
        return {"measured": None, "sigma": None, "range": list(limits), "status": "unknown"}
    low, high = limits
    beyond = max(low - measure.value, measure.value - high)
    status = "inside" if beyond <= 0 else "outside" if beyond > 2 * measure.sigma else "unknown"
    return {"measured": measure.value, "sigma": measure.sigma, "range": [low, high], "status": status}


def _sum(parts: Sequence[Measure | None]) -> Measure | None:
    known = [m for m in parts if m is not None]
    if not parts or len(known) != len(parts):
        return None
    return Measure(sum(m.value for m in known), float(np.hypot.reduce([m.sigma for m in known])), known[0].unit)


def _mean(own: Sequence[Signature], parts: Sequence[Measure | None], unit: str) -> Measure | None:
    """Mean by volume; `None` where a part is unknown."""
    known = [(s.volume_mm3.value, m) for s, m in zip(own, parts, strict=True) if m is not None]
    total = sum(v for v, _ in known)
    if len(known) != len(own) or total <= 0:
        return None
    value = sum(v * m.value for v, m in known) / total
    return Measure(value, max(m.sigma for _, m in known), unit)

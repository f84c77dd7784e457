"""Equal things: same size, shape and attenuation within tolerance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

__all__ = ["groups"]

FEATURES = ("outer_mm3", "length_mm", "width_mm", "height_mm", "mean_mhu")


def groups(shapes: Mapping[int, Mapping[str, float]], tolerance: float) -> dict[int, int]:
    """Number the sets of equal objects.

    Parameters
    ----------
    shapes : measures by object id, `FEATURES` among them
    tolerance : relative difference of any feature up to which two objects are equal

    Returns
    -------
    dict
        ``{object id: group number from 1}``; an object that has no equal has none. Objects are equal to the
        first one of their group, so that small differences do not add up along a chain.
    """
    firsts: list[list[int]] = []
    for k in sorted(shapes):
        mine = np.array([shapes[k][f] for f in FEATURES])
        for members in firsts:
            other = np.array([shapes[members[0]][f] for f in FEATURES])
            if np.all(np.abs(mine - other) <= tolerance * np.maximum(np.abs(mine), np.abs(other))):
                members.append(k)
                break
        else:
            firsts.append([k])
    repeated = [m for m in firsts if len(m) > 1]
    return {k: n for n, members in enumerate(repeated, 1) for k in members}

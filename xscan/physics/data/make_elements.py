"""Make elements.npz from xraydb (public domain tables of Elam, Ravel and Sieber 2002); run once, needs xraydb.

usage: python xscan/physics/data/make_elements.py
The energies are a logarithmic grid plus a point on either side of every absorption edge, so that log-log
interpolation between neighbours never crosses one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

LOWEST_KEV, HIGHEST_KEV = 9.5, 460.0
POINTS = 120
LAST_Z = 92
SEARCH_EV = 60.0
EDGE_GAP = 1e-5  # relative distance of the points beside an edge


def main() -> None:
    """Write the table beside this file."""
    import xraydb

    def jump(z: int, near_ev: float) -> float:
        """Energy, keV, where the table of `z` jumps; some eV from the edge that is listed."""
        low, high = near_ev - SEARCH_EV, near_ev + SEARCH_EV
        while high - low > near_ev * EDGE_GAP / 4:
            thirds = np.linspace(low, high, 4)
            step = int(np.argmax(np.diff(np.log(xraydb.mu_elam(z, thirds, kind="photo")))))
            low, high = float(thirds[step]), float(thirds[step + 1])
        return (low + high) / 2000

    edges = [
        jump(z, edge.energy)
        for z in range(1, LAST_Z + 1)
        for edge in xraydb.xray_edges(z).values()
        if LOWEST_KEV < edge.energy / 1000 < HIGHEST_KEV
    ]
    grid = np.geomspace(LOWEST_KEV, HIGHEST_KEV, POINTS)
    beside = np.array([e * (1 + s * EDGE_GAP) for e in edges for s in (-1, 1)])
    energy = np.unique(np.concatenate([grid, beside]))
    parts = {
        kind: np.array([xraydb.mu_elam(z, energy * 1000, kind=kind) for z in range(1, LAST_Z + 1)])
        for kind in ("photo", "coh", "incoh")
    }
    np.savez_compressed(
        Path(__file__).with_name("elements.npz"),
        symbol=np.array([xraydb.atomic_symbol(z) for z in range(1, LAST_Z + 1)]),
        mass=np.array([xraydb.atomic_mass(z) for z in range(1, LAST_Z + 1)]),
        energy_kev=energy,
        photo=parts["photo"].astype(np.float32),
        coherent=parts["coh"].astype(np.float32),
        incoherent=parts["incoh"].astype(np.float32),
    )


if __name__ == "__main__":
    main()

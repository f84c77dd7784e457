"""Parcels with known truth: a scene becomes a dual-energy CT scan, its labels and its declaration.

A room beside the stages: what it makes, they are tested on. It shares with them only the nouns, the kernels and
the attenuation of the elements.
"""

from __future__ import annotations

from xscan.simulate.run import image, phantom, simulate
from xscan.simulate.scanner import SCANNERS, Beam, Scanner, scanner_named
from xscan.simulate.scene import Body, Part, Scene, read_scene

__all__ = [
    "SCANNERS",
    "Beam",
    "Body",
    "Part",
    "Scanner",
    "Scene",
    "image",
    "phantom",
    "read_scene",
    "scanner_named",
    "simulate",
]

"""Materials, attenuation and calibration: stored numbers become electron density, z_e and attenuation.

Names are loaded when first used, so that the settings can be read without numpy and scipy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xscan.physics.attenuation import lac, rho_e
    from xscan.physics.calibration_file import (
        calibration_table,
        calibration_text,
        parse_calibration,
        read_calibration,
        write_calibration,
    )
    from xscan.physics.config import PhysicsConfig
    from xscan.physics.from_rods import calibrate
    from xscan.physics.materials import load_materials
    from xscan.physics.rods import read_rods
    from xscan.physics.to_quantities import quantify
    from xscan.physics.zeff import z_e

__all__ = [
    "PhysicsConfig",
    "calibrate",
    "calibration_table",
    "calibration_text",
    "lac",
    "load_materials",
    "parse_calibration",
    "quantify",
    "read_calibration",
    "read_rods",
    "rho_e",
    "write_calibration",
    "z_e",
]

_HOMES = {
    "PhysicsConfig": "config",
    "calibrate": "from_rods",
    "calibration_table": "calibration_file",
    "calibration_text": "calibration_file",
    "lac": "attenuation",
    "load_materials": "materials",
    "parse_calibration": "calibration_file",
    "quantify": "to_quantities",
    "read_calibration": "calibration_file",
    "read_rods": "rods",
    "rho_e": "attenuation",
    "write_calibration": "calibration_file",
    "z_e": "zeff",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value

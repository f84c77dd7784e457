"""Materials of simulated bodies by name: the table beside this file, and those of a scene."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from xscan.errors import InputError

__all__ = ["SceneMaterial", "attenuation", "known_materials", "material"]

TABLE = Path(__file__).with_name("materials.toml")


class SceneMaterial(BaseModel):
    """What a body is made of: mass shares by formula, and density."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mix: dict[str, Annotated[float, Field(gt=0)]] = Field(min_length=1, description="mass share by formula")
    density: float = Field(gt=0, le=25, description="g/cm³")


@cache
def known_materials() -> Mapping[str, SceneMaterial]:
    """The table of this package."""
    with TABLE.open("rb") as file:
        return {name: SceneMaterial.model_validate(row) for name, row in tomllib.load(file).items()}


def material(name: str, extra: Mapping[str, SceneMaterial]) -> SceneMaterial:
    """Find a material, first among `extra`."""
    found = extra.get(name) or known_materials().get(name)
    if found is None:
        raise InputError(
            "scene", f"no material is called {name!r}", "define it under [materials], or use one of materials.toml"
        )
    return found


def attenuation(of: SceneMaterial, energy_kev: NDArray[np.float64]) -> NDArray[np.float64]:
    """LAC at each energy (keV), 1/mm."""
    from xscan.physics.attenuation import lac
    from xscan.physics.composition import mixture

    return lac(mixture(of.mix), of.density, energy_kev) / 10.0

"""A simulated scanner: its tube, detector, sampling and imperfections."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xscan.errors import InputError, UsageError

__all__ = ["SCANNERS", "Beam", "Scanner", "scanner_named"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Beam(_Frozen):
    """One tube voltage."""

    kvp: float = Field(ge=40, le=300, description="kV")
    filters_mm: dict[str, float] = Field(description="thickness by element, mm")
    photons: float = Field(gt=0, description="detected quanta per detector element and view in air")


class Scanner(_Frozen):
    """Everything about the machine; rays are parallel within a slice or a fan, slices are taken one by one."""

    name: str
    low: Beam
    high: Beam
    voxel_mm: float = Field(default=1.5, gt=0, le=20, description="size of a voxel along every axis")
    pixels: int = Field(default=256, ge=16, le=2048, description="voxels across the slice")
    views: int = Field(default=320, ge=8, le=4096, description="over half a turn, of a fan over a whole one")
    source_mm: float | None = Field(default=None, gt=0, description="from source to axis; absent: rays are parallel")
    oversampling: int = Field(default=2, ge=1, le=6, description="fine cells a voxel, and rays a detector element")
    spectrum: Literal["model", "spekpy"] = Field(default="model", description="own tungsten model, or spekpy")
    anode_angle_deg: float = Field(default=14.0, gt=3, lt=45)
    scintillator_mm: float = Field(default=1.0, gt=0, description="of Gd2O2S, g/cm³ 7.3")
    blur_mm: float = Field(default=0.6, ge=0, description="focal spot and crosstalk at the centre, sigma")
    slice_blur_mm: float = Field(default=0.0, ge=0, description="across slices, sigma")
    electronic: float = Field(default=2e-5, ge=0, description="noise of a reading, share of the reading in air")
    scatter: float = Field(default=0.02, ge=0, description="what the scanner's own scatter correction leaves, share")
    scatter_mm: float = Field(default=60.0, gt=0, description="reach of scatter, sigma")
    window: Literal["ramp", "hann"] = Field(default="hann", description="apodisation of the ramp filter")
    step: float = Field(default=2e-4, gt=0, description="rescale slope of the stored numbers, 1/cm")

    @property
    def elements(self) -> int:
        """Detector elements, as many as see the slice's corners; their places are those at the axis."""
        half = self.pixels * self.voxel_mm / math.sqrt(2)
        if self.source_mm is not None:
            half *= self.source_mm / math.sqrt(self.source_mm**2 - half**2)
        return math.ceil(half / self.voxel_mm) * 2 + 2

    @property
    def turn_rad(self) -> float:
        """How far a scan turns."""
        return math.pi if self.source_mm is None else 2 * math.pi

    @model_validator(mode="after")
    def _source_is_outside(self) -> Scanner:
        if self.source_mm is not None and self.source_mm < self.pixels * self.voxel_mm:
            raise ValueError(f"source_mm: expected at least the width of a slice, {self.pixels * self.voxel_mm:g} mm")
        return self


SCANNERS: Mapping[str, Scanner] = {
    s.name: s
    for s in (
        Scanner(
            name="a-100-160",
            low=Beam(kvp=100, filters_mm={"Al": 2.0, "Cu": 0.2}, photons=3e4),
            high=Beam(kvp=160, filters_mm={"Al": 2.0, "Cu": 2.5}, photons=6e4),
        ),
        Scanner(
            name="b-90-150",
            low=Beam(kvp=90, filters_mm={"Al": 3.0, "Cu": 0.1}, photons=4e4),
            high=Beam(kvp=150, filters_mm={"Al": 2.0, "Cu": 0.5, "Sn": 0.4}, photons=6e4),
            voxel_mm=1.8,
            pixels=224,
            views=280,
            blur_mm=0.9,
            slice_blur_mm=0.7,
            electronic=5e-5,
            scatter=0.04,
            anode_angle_deg=20.0,
            scintillator_mm=0.6,
            window="ramp",
        ),
    )
}


def scanner_named(name: str) -> Scanner:
    """A scanner of `SCANNERS`, or the one that a TOML file describes."""
    if name in SCANNERS:
        return SCANNERS[name]
    if not name.endswith(".toml"):
        raise UsageError(f"scanner: got {name!r}, expected one of {', '.join(SCANNERS)} or a TOML file")
    try:
        return Scanner.model_validate(tomllib.loads(Path(name).read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}", "see the fields of xscan.simulate.Scanner"
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(name, f"not a scanner ({error})", "give TOML with name, low and high") from None

"""Settings of calibration and of the map from stored numbers to physics."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["PhysicsConfig"]


class PhysicsConfig(BaseModel):
    """How stored numbers become attenuation, electron density and z_e."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    materials_file: Path | None = Field(default=None, description="TOML file of further materials, or none")
    search_mm: float = Field(
        default=8.0, ge=0, le=50, description="how far from its given centre a rod is looked for, mm"
    )
    core: float = Field(default=0.7, gt=0.1, le=0.95, description="share of a rod's radius and length that is sampled")
    filter_mm_al: float = Field(
        default=10.0, ge=0, le=200, description="filtration that a nominal spectrum has, mm aluminium (no calibration)"
    )
    kvp_low: float = Field(
        default=100.0, gt=30, le=450, description="tube voltage of `low` where the scan does not tell, kV"
    )
    kvp_high: float = Field(
        default=150.0, gt=30, le=450, description="tube voltage of `high` where the scan does not tell, kV"
    )
    kvp_mono: float = Field(
        default=140.0, gt=30, le=450, description="tube voltage of `mono` where the scan does not tell, kV"
    )
    kvp_tolerance: float = Field(
        default=0.03,
        ge=0,
        le=0.5,
        description="relative difference of tube voltage that still is the same scanner setting",
    )
    hardening: bool = Field(default=True, description="correct for beam hardening by projecting the scan again")
    hardening_mm: float = Field(
        default=6.0, gt=0.5, le=50, description="size of the coarse voxels in which hardening is looked at, mm"
    )
    hardening_angles: int = Field(default=48, ge=8, le=720, description="directions in which the scan is projected")
    hardening_rounds: int = Field(default=6, ge=1, le=20, description="times that the correction is refined, at most")
    hardening_fine_rounds: int = Field(
        default=2, ge=1, le=10, description="times that it is refined in voxels of half that size"
    )
    context_mm: float = Field(
        default=60.0,
        ge=0,
        le=1000,
        description="water-equivalent path, mm, that rays cross beside a voxel, where hardening is not corrected",
    )
    slab: int = Field(default=8, ge=1, le=1024, description="slices that are mapped at once")

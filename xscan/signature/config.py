"""Settings of the density signature."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["SignatureConfig"]


class SignatureConfig(BaseModel):
    """How far an object's blurred edge reaches, and what is believed of materials."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reach_mm: float = Field(
        default=3.0, gt=0, le=50, description="how far beyond its voxels an object's blurred edge is gathered, mm"
    )
    core_mm: float = Field(
        default=3.0, gt=0, le=50, description="depth from which on a voxel shows its material's own density, mm"
    )
    min_core_voxels: int = Field(
        default=30, ge=1, description="voxels of that depth that an object must have to show its own density"
    )
    metal_mhu: float = Field(
        default=6000.0, gt=1000, description="attenuation above which a voxel is metal that throws streaks, MHU"
    )
    candidates: int = Field(default=5, ge=1, le=50, description="materials named for an object, at most")
    rare_kinds: dict[str, float] = Field(
        default={"explosive-like": 0.05, "stone": 0.3, "animal": 0.2},
        description="how much less often than others a class of material is met, by class (1: as often)",
    )

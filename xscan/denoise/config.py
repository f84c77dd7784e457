"""Settings of the denoise stage."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DenoiseConfig"]


class DenoiseConfig(BaseModel):
    """How the volume that objects are found on is cleaned."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["limited-median", "median", "none"] = Field(
        default="limited-median",
        description="limited-median moves no voxel by more than `limit_sigma` times the noise, so that walls "
        "thinner than the window keep their height; median has no such limit; none leaves the volume as it is",
    )
    metal: bool = Field(
        default=True, description="take away the streaks that metal throws over its slices, where values have a scale"
    )
    limit_sigma: float = Field(
        default=3.0, gt=0, le=100, description="largest change, in standard deviations of the noise"
    )

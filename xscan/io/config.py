"""What reading may take and refuse."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["IoConfig"]


class IoConfig(BaseModel):
    """Limits of the readers; nothing here changes a value that is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_gb: float | None = Field(
        default=None,
        gt=0,
        description="most memory that one read may take, GB; none: eight tenths of what is available",
    )
    max_ratio: float = Field(
        default=500.0,
        gt=1,
        description="a compressed channel above `bomb_mb` that promises more bytes than this for each stored byte is"
        " refused (a scan has noise and never reaches it)",
    )
    bomb_mb: float = Field(default=256.0, gt=0, description="channels up to this size, MB, are never taken for a bomb")
    max_files: int = Field(default=100_000, gt=0, description="most files of a folder that are looked at")
    sha256: bool = Field(default=True, description="whether the input is hashed for the report")

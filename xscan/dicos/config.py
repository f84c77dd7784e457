"""Settings of threat reports and of what is received."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DicosConfig"]


class DicosConfig(BaseModel):
    """Who and where the device is, as its threat reports say it; an empty one is taken from the scan where it tells."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    manufacturer: str = Field(default="", max_length=64, description="maker of the device")
    model: str = Field(default="", max_length=64, description="model of the device")
    serial: str = Field(default="", max_length=64, description="serial number of the device")
    station: str = Field(default="", max_length=16, description="name of the device at the site")
    institution: str = Field(default="", max_length=64, description="name of the site")
    address: str = Field(default="", max_length=1024, description="address of the site")
    issuer: str = Field(default="", max_length=64, description="who gives parcels their numbers")
    attention_from: float = Field(
        default=0.5, ge=0, le=1, description="severity from which a finding becomes a threat object"
    )
    high_from: float = Field(
        default=0.8, ge=0, le=1, description="severity from which its assessment is HIGH_THREAT, else THREAT"
    )
    overlap: float = Field(
        default=0.1, gt=0, le=1, description="share of the smaller one that two objects share where they are the same"
    )
    max_gb: float = Field(default=8.0, gt=0, description="GB; a larger file is not received")
    idle_s: float = Field(default=60.0, gt=0, description="seconds without a byte after which a sender is cut off")

"""What a report shows and how large it may grow."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from xscan.language import Language

__all__ = ["ReportConfig"]


class ReportConfig(BaseModel):
    """Limits of `report.html` and `labels.h5`; none of them changes `report.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Language = Field(default="en", description="of the page, the summary and the messages: en or zh")
    page: bool = Field(default=True, description="write report.html beside report.json and labels.h5")
    pdf: bool = Field(default=False, description="write report.pdf too, for print and files")
    picture_pixels: int = Field(
        default=640,
        ge=64,
        le=4096,
        description="longest side of a picture of the whole scan, pixels; larger ones are averaged",
    )
    pictured_reasons: int = Field(
        default=8, ge=0, le=200, description="reasons shown with pictures, worst first; the rest is folded away"
    )
    pictured_objects: int = Field(default=80, ge=0, le=2000, description="objects that get a thumbnail in the table")
    pictured_matches: int = Field(
        default=4, ge=0, le=200, description="templates of which the best match gets pictures"
    )
    surface_pixels: int = Field(default=220, ge=64, le=1024, description="side of a picture of a surface, pixels")
    viewer: bool = Field(default=True, description="put the scan into the page, to be looked through and turned")
    viewer_voxels: int = Field(
        default=9_000_000, ge=1000, le=512_000_000, description="voxels in the page at most; a finer scan is averaged"
    )
    viewer_megabytes: float = Field(
        default=6.0, gt=0, le=1e6, description="length of the scan in the page at most, MB; the rest is about 1 MB"
    )
    labels_gzip: int = Field(default=2, ge=0, le=9, description="gzip level of labels.h5")

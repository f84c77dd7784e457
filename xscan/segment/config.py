"""Settings of the segment stage."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["SegmentConfig"]


class SegmentConfig(BaseModel):
    """What counts as matter, as packaging, and as one thing.

    Attenuations are MHU (air 0, water 1000), or the arbitrary numbers of a scan without scale, in which the
    bulk of the bright voxels lies near 1000.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor_mhu: float = Field(
        default=100.0, gt=0, description="least attenuation of goods, MHU: half of that of loose clothes (0.2 g/cm³)"
    )
    stuffing_mhu: float = Field(
        default=25.0,
        gt=0,
        description="least attenuation of large even regions, MHU: half of that of a pillow (0.05 g/cm³)",
    )
    floor_sigma: float = Field(
        default=5.0, gt=0, description="the same in standard deviations of the noise; the higher holds"
    )
    arbitrary_floor: float = Field(
        default=250.0, gt=0, description="floor where the scan has no scale, in thousandths of its bright matter"
    )
    edge_fraction: float = Field(
        default=0.5, gt=0, lt=1, description="share of the highest value near by at which a blurred edge lies"
    )
    metal_edge_fraction: float = Field(
        default=0.6, gt=0, lt=1, description="the same share of what the highest value has beyond the onset of metal"
    )
    blur_voxels: int = Field(default=2, ge=1, le=5, description="how far blur reaches, voxels")
    edge_support: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="share of a body's surface that must be an edge; the glow around metal fades instead",
    )
    wall_mm: float = Field(
        default=12.0, gt=0, description="thickest wall of a carton, mm (triple-wall board is 10 to 12 mm thick)"
    )
    flat_share: float = Field(
        default=0.6, gt=0, le=1, description="share of a carton's outer surface that must lie on the faces of a box"
    )
    least_mm3: float = Field(
        default=40.0,
        ge=0,
        description="smallest object, mm³ of voxels and mm³ of water that attenuates as much; a ball of 4.2 mm across",
    )
    soft_mhu: float = Field(
        default=400.0, ge=0, description="MHU below which an object is soft filling (cloth, foam), not a container"
    )
    core_fraction: float = Field(
        default=0.8, gt=0, lt=1, description="share of the highest value near by inside which necks are measured"
    )
    neck_ratio: float = Field(
        default=0.7,
        gt=0,
        lt=1,
        description="bodies are taken as touching where the neck between them is narrower than this share of the "
        "radius reached near by on both sides",
    )
    neck_reach: float = Field(
        default=1.5,
        gt=0,
        description="how far from a neck its sides are looked at, in radii of the neck (and 2 voxels)",
    )
    least_radius_voxels: float = Field(
        default=2.0, ge=1, description="inscribed radius, voxels, from which a part can be told from its neighbour"
    )
    alike: float = Field(
        default=0.2, gt=0, lt=1, description="relative difference up to which attenuations are the same"
    )
    equal: float = Field(
        default=0.08,
        gt=0,
        lt=1,
        description="relative difference of size and attenuation up to which objects are equal",
    )

"""Settings of the template stage."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["TemplateConfig"]


class TemplateConfig(BaseModel):
    """How templates are read, and how they are sought."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_score: float = Field(default=0.5, ge=0, le=1, description="matches below this score (0..1) are not reported")
    max_scale: float = Field(
        default=0.08,
        ge=0,
        le=0.3,
        description="how far a copy may be scaled along any axis of the template (0.08 = 8 %)",
    )
    mirrored: bool = Field(
        default=True,
        description="also find copies that are the template's mirror image, and say that they are mirrored",
    )
    psf_voxels: float = Field(
        default=0.6, ge=0, le=5, description="blur of the scanner beyond the voxel itself, one sigma, voxels"
    )
    min_size_mm: float = Field(
        default=8.0, gt=0, description="bodies whose longest side is shorter are not compared, mm"
    )
    min_voxels: int = Field(default=200, ge=1, description="bodies of fewer voxels are not compared, voxels")
    candidates: int = Field(
        default=8, ge=1, description="templates whose pose is sought for one body, best descriptors first"
    )
    partial: bool = Field(
        default=True, description="also look for templates in parts of bodies and in bodies that touch"
    )
    partial_candidates: int = Field(
        default=12,
        ge=1,
        description="templates sought in parts of one body or heap: the likeliest and the largest in turn",
    )
    max_group: int = Field(default=8, ge=1, description="bodies that touch are sought together up to this many, bodies")
    max_heaps: int = Field(default=8, ge=0, description="heaps of touching bodies that are sought through, at most")
    max_mesh_mb: float = Field(default=512.0, gt=0, description="larger mesh files are refused, MB")
    max_faces: int = Field(default=5_000_000, ge=1, description="meshes of more faces are refused, faces")
    max_templates: int = Field(default=20_000, ge=1, description="libraries of more templates are refused, templates")
    max_size_mm: float = Field(default=3000.0, gt=0, description="meshes longer than this are refused, mm")
    cache: str = Field(
        default="",
        description="folder for what is computed once a template; empty: beside the library, or the user's "
        "cache folder where the library is read-only; 'none': no cache",
    )

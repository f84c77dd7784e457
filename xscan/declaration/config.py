"""Settings of the declaration check."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DeclarationConfig"]


class DeclarationConfig(BaseModel):
    """How much disagreement an honest parcel may show, and how rare each kind of dishonesty is taken to be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_mass_g: float = Field(
        default=8.0, ge=0, description="g; a lighter body is a thing only where a line asks for it"
    )
    mass_floor: float = Field(
        default=0.05, ge=0, le=1, description="relative; least standard uncertainty of a measured mass"
    )
    declared_spread: float = Field(
        default=0.06,
        ge=0,
        le=1,
        description="relative; standard deviation of an honest declared weight from the true one",
    )
    rounding_cap: float = Field(
        default=0.12,
        ge=0,
        le=1,
        description="relative; most that the rounding of a declared weight may add to its uncertainty",
    )
    equal_mass: float = Field(
        default=0.10, gt=0, le=1, description="relative; bodies whose masses differ by less are equal"
    )
    prior_undeclared: float = Field(
        default=0.03, gt=0, lt=0.5, description="probability that a body belongs to no line"
    )
    prior_quantity: float = Field(default=0.02, gt=0, lt=0.5, description="probability that a line's quantity is wrong")
    prior_weight: float = Field(default=0.03, gt=0, lt=0.5, description="probability that a line's weight is wrong")
    prior_material: float = Field(default=0.15, gt=0, lt=0.5, description="probability that a line's material is wrong")
    prior_fragment: float = Field(
        default=0.1, gt=0, lt=0.5, description="probability that a body is a piece of another"
    )
    explanations: int = Field(
        default=4,
        ge=1,
        description="explanations of a parcel, the most probable first, that are weighed against one another",
    )
    max_things: int = Field(
        default=400, ge=1, description="bodies, the heaviest first, that are held against the lines"
    )
    nodes: int = Field(
        default=20_000, ge=1, description="nodes that the integer solver may visit before it takes its best"
    )
    fields_file: str | None = Field(
        default=None,
        description="path of a TOML file in the form of fields.toml: names that the fields of your declarations go by",
    )
    expectations_file: str | None = Field(
        default=None,
        description="path of a TOML file in the form of expectations.toml whose articles are added, or replace",
    )

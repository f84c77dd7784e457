"""Settings of the decision."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DecideConfig"]


class DecideConfig(BaseModel):
    """Which rules speak, and from when an officer must look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    officer_from: float = Field(default=0.5, ge=0, le=1, description="severity from which a finding needs an officer")
    detain_from: float = Field(
        default=0.8, ge=0, le=1, description="severity from which a finding of a grave kind detains the parcel"
    )
    detain_kinds: tuple[str, ...] = Field(
        default=("template-match", "prohibited", "dangerous-goods"), description="kinds of finding that can detain"
    )
    prevalence: float = Field(
        default=0.1,
        gt=0,
        lt=1,
        description="share of the parcels scanned in which an officer would find something, were all opened",
    )
    history_file: str | None = Field(
        default=None,
        description="path of a TOML file of earlier openings: [channel.NAME], [route.FROM-TO] or [sender.ID], each "
        "with opened and found",
    )
    history_weight: float = Field(
        default=50.0, gt=0, description="openings at the prevalence that each group of the history starts with"
    )
    history_bound: float = Field(default=2.0, ge=0, description="most that history may shift the log odds")
    rules_file: str | None = Field(
        default=None, description="path of a TOML file of rules of your own, beside the shipped ones"
    )
    rule_sets: tuple[str, ...] = Field(
        default=("lithium", "currency", "liquids", "density", "value"),
        description="names of the shipped rule sets in force",
    )
    off: tuple[str, ...] = Field(default=(), description="ids of rules, or names of rule families, that are silent")
    min_mass_g: float = Field(default=8.0, ge=0, description="g; a lighter body raises no finding by itself")
    noise_mhu: float = Field(
        default=120.0, gt=0, description="MHU; noise above which small or light bodies may be missed"
    )
    genuine_sigma: float = Field(
        default=3.0, gt=0, description="standard uncertainties beyond the genuine range that make a deviation"
    )
    genuine_rel: float = Field(
        default=0.08, ge=0, description="relative; least standard uncertainty of what is held against a genuine range"
    )

"""The fields that written rules may name, and their values for one subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xscan.decide.cells import cell_form
from xscan.decide.evidence import Evidence
from xscan.model import LineCheck

__all__ = ["FIELDS", "SUBJECTS", "subjects"]

FIELDS: dict[str, str] = {
    "object.id": "its id",
    "object.kind": "kind of material",
    "object.material": "most likely material",
    "object.mass_g": "mass with its parts, g",
    "object.density": "g/cm³",
    "object.z_e": "effective atomic number",
    "object.length_mm": "longest edge of its smallest box, mm",
    "object.width_mm": "middle edge, mm",
    "object.height_mm": "shortest edge, mm",
    "object.volume_ml": "volume of its own material, mL",
    "object.outer_ml": "volume with cavities filled, mL",
    "object.fill": "outer volume over that of its box, 0..1",
    "object.wall_mm": "median wall, mm",
    "object.sphericity": "1 for a ball",
    "object.form": "form of cell that it has (18650, pouch, …), or empty",
    "object.undeclared": "whether no line explains it",
    "object.inside": "kind of material of the goods around it, or empty",
    "object.liquid_ml": "volume of liquid that it is or holds, mL",
    "object.equal": "how many objects equal it, itself among them",
    "line.number": "number of the line",
    "line.status": "confirmed, missing, quantity, material, weight, unverifiable",
    "line.description": "what the sender wrote",
    "line.hs_code": "digits",
    "line.article": "articles of the lexicon that it names",
    "line.quantity": "declared pieces",
    "line.counted": "pieces found",
    "line.declared_g": "declared mass, g",
    "line.measured_g": "measured mass, g",
    "line.value": "declared value",
    "line.value_per_kg": "declared value over measured mass, per kg",
    "line.currency": "of the value",
    "line.brand": "as declared",
    "template.id": "best template match of the object",
    "template.purpose": "protected-design, known-counterfeit, prohibited",
    "template.score": "0..1",
    "template.right_status": "authorised, not-authorised, expired, no-record",
    "sender.id": "consignor's id",
    "sender.country": "consignor's country",
    "parcel.channel": "postal, express, passenger, ecommerce, transhipment",
    "parcel.origin": "as declared",
    "parcel.destination": "as declared",
    "parcel.category": "as declared",
    "parcel.declared": "whether there is a declaration",
    "parcel.mass_g": "measured mass of all goods, g",
    "parcel.liquid_ml": "volume of all liquids, mL",
    "parcel.cells": "suspected lithium cells",
}
SUBJECTS = ("object", "line", "parcel")


def subjects(evidence: Evidence, each: str) -> Iterator[tuple[tuple[int, ...], int | None, Mapping[str, Any]]]:
    """Yield (object ids, line, fields) of every subject; fields that it does not have are `None`."""
    parcel = _parcel(evidence)
    if each == "parcel":
        yield (), None, {**dict.fromkeys(FIELDS), **parcel}
    elif each == "line":
        for line in evidence.check.lines if evidence.check else ():
            yield line.object_ids, line.line, {**dict.fromkeys(FIELDS), **parcel, **_line(evidence, line)}
    else:
        for i in sorted(evidence.goods):
            owner = evidence.line_of.get(i)
            own = _line(evidence, owner) if owner is not None else {}
            number = owner.line if owner else None
            yield (
                (i,),
                number,
                {**dict.fromkeys(FIELDS), **parcel, **own, **_object(evidence, i), **_match(evidence, i)},
            )


def _liquid_ml(evidence: Evidence, i: int) -> float:
    inner = [j for j in evidence.goods if evidence.outer(j) == i and evidence.kind(j) == "liquid"]
    own = evidence.volume_mm3(i) if evidence.kind(i) == "liquid" else 0.0
    return (own + sum(evidence.volume_mm3(j) for j in inner)) / 1000


def _object(evidence: Evidence, i: int) -> dict[str, Any]:
    o, s = evidence.goods[i], evidence.signatures.get(i)
    length, width, height = evidence.size_mm(i)
    outer, box = evidence.outer_mm3(i), length * width * height
    form, belief = cell_form(evidence, i)
    around = evidence.outer(i)
    return {
        "object.id": i,
        "object.kind": evidence.kind(i),
        "object.material": s.material if s else None,
        "object.mass_g": evidence.mass_g(i),
        "object.density": s.density.value if s and s.density else None,
        "object.z_e": s.z_e.value if s and s.z_e else None,
        "object.length_mm": length,
        "object.width_mm": width,
        "object.height_mm": height,
        "object.volume_ml": evidence.volume_mm3(i) / 1000,
        "object.outer_ml": outer / 1000,
        "object.fill": outer / box if box > 0 else None,
        "object.wall_mm": o.shape.get("wall_mm"),
        "object.sphericity": o.shape.get("sphericity"),
        "object.form": form if belief >= 0.5 else "",
        "object.undeclared": i in evidence.undeclared,
        "object.inside": evidence.kind(around) if around is not None else "",
        "object.liquid_ml": _liquid_ml(evidence, i),
        "object.equal": sum(1 for p in evidence.goods.values() if o.group is not None and p.group == o.group) or 1,
    }


def _line(evidence: Evidence, line: LineCheck) -> dict[str, Any]:
    item = evidence.items.get(line.line)
    measured = line.estimated_mass_g
    value = item.value if item else None
    return {
        "line.number": line.line,
        "line.status": line.status,
        "line.description": item.description if item else "",
        "line.hs_code": item.hs_code if item else "",
        "line.article": str(line.evidence.get("article", "")),
        "line.quantity": item.quantity if item else None,
        "line.counted": line.counted,
        "line.declared_g": item.mass_g if item else None,
        "line.measured_g": measured,
        "line.value": value,
        "line.value_per_kg": 1000 * value / measured if value is not None and measured else None,
        "line.currency": item.currency if item else "",
        "line.brand": item.brand if item else "",
    }


def _match(evidence: Evidence, i: int) -> dict[str, Any]:
    mine = [m for m in evidence.matches if i in m.object_ids]
    if not mine or evidence.library is None:
        return {}
    best = max(mine, key=lambda m: m.score)
    return {
        "template.id": best.template_id,
        "template.purpose": evidence.library.template(best.template_id).purpose,
        "template.score": best.score,
        "template.right_status": best.right_status,
    }


def _parcel(evidence: Evidence) -> dict[str, Any]:
    said = evidence.declaration
    tops = [i for i in evidence.goods if evidence.outer(i) is None]
    masses = [evidence.mass_g(i) for i in tops]
    return {
        "sender.id": said.consignor.id if said else "",
        "sender.country": said.consignor.country if said else "",
        "parcel.channel": said.channel if said else "",
        "parcel.origin": said.origin if said else "",
        "parcel.destination": said.destination if said else "",
        "parcel.category": said.category if said else "",
        "parcel.declared": said is not None,
        "parcel.mass_g": None if any(m is None for m in masses) else sum(m or 0.0 for m in masses),
        "parcel.liquid_ml": sum(evidence.volume_mm3(i) / 1000 for i in evidence.goods if evidence.kind(i) == "liquid"),
        "parcel.cells": sum(1 for i in evidence.goods if cell_form(evidence, i)[1] >= 0.5),
    }

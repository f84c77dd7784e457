"""An analysis becomes the document `xscan.report/1` (report.json)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xscan.language import Language
from xscan.model import Analysis, Finding, Measure, Object, Signature, TemplateMatch, Volume
from xscan.report.plain import plain
from xscan.report.sentences import kept, kept_all

__all__ = ["report_json"]

SCHEMA_NAME = "xscan.report/1"


def report_json(analysis: Analysis, version: str, language: Language = "en") -> dict[str, Any]:
    """Return the report as plain JSON values.

    Parameters
    ----------
    analysis : what one run found
    version : of xscan, for `xscan_version`
    language : of messages, reasons and notes; beside each stand its key and values, so that it can be said in another

    Returns
    -------
    dict
        Fields as CONTRACT.md fixes them, and some more; lengths mm in (z, y, x), mass g, density g/cm³. The same
        analysis gives the same document, but for `timing`.
    """
    decision = analysis.decision
    signatures = analysis.signatures
    objects = sorted(analysis.segmentation.objects, key=lambda o: o.id)
    document = {
        "schema": SCHEMA_NAME,
        "xscan_version": version,
        "language": language,
        "scan": _scan(analysis, language),
        "physics": _physics(analysis, language),
        "decision": decision.verdict,
        "risk": decision.risk,
        "objects": [_object(analysis, o, signatures.get(o.id)) for o in objects],
        "templates": None if analysis.library is None else [_match(analysis, m, language) for m in analysis.matches],
        "declaration": _declaration(analysis, language),
        "anomalies": [_anomaly(f, language) for f in sorted(decision.findings, key=lambda f: -f.severity)],
        "timing": dict(analysis.seconds),
    }
    result: dict[str, Any] = plain(document)
    return result


def _scan(analysis: Analysis, language: Language) -> dict[str, Any]:
    scan, source = analysis.scan, analysis.scan.provenance
    return {
        "path": source.path,
        "sha256": source.sha256,
        "modality": scan.modality,
        "shape": scan.grid.shape,
        "voxel_size_mm": scan.grid.voxel_size_mm,
        "channels": list(scan.channels),
        "units": {name: c.unit for name, c in scan.channels.items() if isinstance(c, Volume)},
        "form": source.form,
        "scanner": source.scanner,
        "acquired": source.acquired,
        "parcel_id": source.parcel_id,
        "kvp": source.kvp,
        **kept_all("notes", source.notes, language),
        "binning": analysis.binning,
    }


def _physics(analysis: Analysis, language: Language) -> dict[str, Any]:
    q = analysis.quantities
    return {
        "basis": q.basis,
        "attenuation_unit": q.attenuation.unit,
        "kvp": q.kvp,
        "rho_e_rel": q.rho_e_rel,
        "z_e_rel": q.z_e_rel,
        "noise": q.noise_mhu,
        **kept_all("notes", q.notes, language),
    }


def _value(m: Measure | None) -> float | None:
    return None if m is None else m.value


def _sigma(m: Measure | None) -> float | None:
    return None if m is None else m.sigma


def _object(analysis: Analysis, o: Object, s: Signature | None) -> dict[str, Any]:
    grid = analysis.segmentation.grid
    box = [[i * size for i, size in zip(corner, grid.voxel_size_mm, strict=True)] for corner in o.bbox]
    mass, density = (s.mass_g, s.density) if s else (None, None)
    rho_e, z_e = (s.rho_e, s.z_e) if s else (None, None)
    return {
        "id": o.id,
        "role": o.role,
        "name": o.name,
        "bbox_mm": box,
        "centroid_mm": o.centroid_mm,
        "volume_mm3": s.volume_mm3.value if s else o.voxels * grid.voxel_volume_mm3,
        "volume_mm3_uncertainty": s.volume_mm3.sigma if s else None,
        "mass_g": _value(mass),
        "mass_g_uncertainty": _sigma(mass),
        "own_mass_g": _value(s.own_mass_g) if s else None,
        "density_g_cm3": _value(density),
        "density_g_cm3_uncertainty": _sigma(density),
        "rho_e": _value(rho_e),
        "rho_e_uncertainty": _sigma(rho_e),
        "z_e": _value(z_e),
        "z_e_uncertainty": _sigma(z_e),
        "attenuation": _value(s.attenuation) if s else None,
        "material": s.material if s else "unknown",
        "material_kind": s.kind if s else "unknown",
        "materials": [{"name": m.name, "kind": m.kind, "fraction": m.fraction} for m in s.materials] if s else [],
        "metal_near": s.metal_near if s else None,
        "parent": o.parent,
        "group": o.group,
        "voxels": o.voxels,
        "shape": o.shape,
        "scores": o.scores,
    }


def _match(analysis: Analysis, m: TemplateMatch, language: Language) -> dict[str, Any]:
    known = {t.id: t for t in analysis.library.templates} if analysis.library else {}
    template = known.get(m.template_id)
    right = template.right if template else None
    return {
        "template_id": m.template_id,
        "name": template.name if template else m.template_id,
        "purpose": template.purpose if template else None,
        "object_ids": m.object_ids,
        "score": m.score,
        "pose": m.pose.matrix,
        "mirrored": m.pose.mirrored,
        "deviation_mm": {"rms": m.deviation_rms_mm, "p95": m.deviation_p95_mm},
        "coverage": m.coverage,
        "genuine_check": m.genuine_check,
        "right_check": {
            "status": m.right_status,
            **kept("reason", m.right_reason, language),
            "holder": right.holder if right else "",
            "registration_no": right.registration_no if right else "",
            "authority": right.authority if right else "",
            "contact": right.contact if right else "",
        },
        "alternatives": m.alternatives,
    }


def _declaration(analysis: Analysis, language: Language) -> dict[str, Any] | None:
    declaration, check = analysis.declaration, analysis.check
    if declaration is None or check is None:
        return None
    items = {i.line: i for i in declaration.items}
    lines = []
    for c in check.lines:
        item = items.get(c.line)
        lines.append(
            {
                "line": c.line,
                "status": c.status,
                "object_ids": c.object_ids,
                "counted": c.counted,
                "estimated_mass_g": c.estimated_mass_g,
                **kept_all("reasons", c.reasons, language),
                "probability": c.probability,
                "evidence": c.evidence,
                "description": item.description if item else "",
                "hs_code": item.hs_code if item else "",
                "quantity": item.quantity if item else None,
                "declared_mass_g": item.mass_g if item else None,
                "value": item.value if item else None,
                "currency": item.currency if item else "",
                "origin_country": item.origin_country if item else "",
                "brand": item.brand if item else "",
            }
        )
    return {
        "lines": lines,
        "undeclared": check.undeclared,
        "mass": {
            "declared_g": check.declared_g,
            "estimated_g": check.estimated_g,
            "estimated_g_uncertainty": check.estimated_sigma_g,
            "gross_g": None if declaration.gross_weight_kg is None else declaration.gross_weight_kg * 1000,
        },
        "path": declaration.path,
        "parcel_id": declaration.parcel_id,
        "channel": declaration.channel,
        "category": declaration.category,
        "consignor": _party(declaration.consignor),
        "consignee": _party(declaration.consignee),
        "origin": declaration.origin,
        "destination": declaration.destination,
        **kept_all("notes", declaration.notes, language),
    }


def _party(party: Any) -> Mapping[str, str]:
    return {"id": party.id, "name": party.name, "country": party.country}


def _anomaly(f: Finding, language: Language) -> dict[str, Any]:
    return {
        "kind": f.kind,
        "severity": f.severity,
        "object_ids": f.object_ids,
        "line": f.line,
        "template_id": f.template_id,
        **kept("message", f.message, language),
        "evidence": f.evidence,
    }

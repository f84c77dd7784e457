"""``xscan template``: the shapes that scans are held against."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from xscan.cli.options import PATH
from xscan.files import written_aside

__all__ = ["command"]

_PURPOSES = ["protected-design", "known-counterfeit", "prohibited"]
_library = click.option(
    "--library", "-l", type=PATH, default="templates", show_default=True, help="Folder of the template library."
)


@click.group("template", no_args_is_help=True)
def command() -> None:
    """Add, list, show and check shape templates."""


@command.command("add")
@click.argument("mesh", type=PATH, required=False)
@_library
@click.option("--id", "identity", required=True, help="Short name without blanks: also the name of the mesh file.")
@click.option("--name", help="What a person calls it [default: the id].")
@click.option("--size", type=click.FloatRange(min=0, min_open=True), help="Longest side, mm: finds the mesh's unit.")
@click.option("--units", type=click.Choice(["mm", "cm", "m", "in", "um"]), help="Unit of the mesh's numbers.")
@click.option("--from-scan", "report", type=PATH, help="Report folder: take an object of it rather than MESH.")
@click.option("--object", "object_id", type=int, help="Which object of --from-scan.")
@click.option("--purpose", type=click.Choice(_PURPOSES), default="protected-design", show_default=True)
@click.option("--hs", "hs_codes", multiple=True, help="HS code of such goods; may be repeated.")
@click.option("--right-kind", help="Kind of the right: trademark, design …")
@click.option("--holder", help="Holder of the right.")
@click.option("--registration", help="Number of the record.")
@click.option("--authority", help="Who keeps the record.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of the right.")
@click.option("--valid-until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the right.")
@click.option("--authorised", multiple=True, help="Id of a sender who may send it; may be repeated.")
@click.option("--contact", help="Whom to ask.")
@click.option("--genuine-mass", type=float, nargs=2, help="Lowest and highest mass of the genuine article, g.")
@click.option("--genuine-density", type=float, nargs=2, help="The same of its density, g/cm³.")
@click.option("--genuine-z", type=float, nargs=2, help="The same of its effective atomic number.")
@click.option("--genuine-wall", type=float, nargs=2, help="The same of its wall, mm.")
@click.option("--replace", is_flag=True, help="Overwrite a template of the same id.")
def add(mesh: Path | None, library: Path, identity: str, **given: Any) -> None:
    """Add MESH (STL, OBJ, PLY, 3MF, GLB), or an object of a report, to a library."""
    from xscan.template import add_template, mesh_of_object, mesh_remarks, sized

    report, object_id = given["report"], given["object_id"]
    if (mesh is None) == (report is None):
        raise click.UsageError("give either MESH or --from-scan with --object")
    if mesh is not None:
        shape = sized(mesh, given["size"], given["units"])
    elif object_id is None:
        raise click.UsageError("--from-scan needs --object")
    else:
        shape = mesh_of_object(report, object_id)
    path = add_template(library, shape, _entry(identity, given), replace=given["replace"])
    x, y, z = shape.size_mm
    click.echo(f"{identity}: {len(shape.faces)} faces, {x:.1f} × {y:.1f} × {z:.1f} mm, written to {path}")
    for _, text in mesh_remarks(shape):
        click.echo(f"note: {text}", err=True)


def _entry(identity: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the library form that were given."""
    first, last = (_day(given[k]) for k in ("valid_from", "valid_until"))
    right = {
        "kind": given["right_kind"],
        "holder": given["holder"],
        "registration_no": given["registration"],
        "authority": given["authority"],
        "valid_from": first,
        "valid_until": last,
        "authorised": list(given["authorised"]) or None,
        "contact": given["contact"],
    }
    genuine = {
        "mass_g": given["genuine_mass"],
        "density_g_cm3": given["genuine_density"],
        "z_e": given["genuine_z"],
        "wall_mm": given["genuine_wall"],
    }
    right = {k: v for k, v in right.items() if v is not None}
    genuine = {k: list(v) for k, v in genuine.items() if v}
    return {
        "id": identity,
        "name": given["name"] or identity,
        "purpose": given["purpose"],
        "hs_codes": list(given["hs_codes"]),
        "right": right or None,
        "genuine": genuine or None,
    }


def _day(value: datetime | None) -> str | None:
    return value.date().isoformat() if value else None


@command.command("list")
@_library
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def list_(library: Path, as_json: bool) -> None:
    """List the templates of a library."""
    import json

    from xscan.template import load_library

    found = load_library(library)
    if as_json:
        rows = [
            {"id": t.id, "name": t.name, "purpose": t.purpose, "size_mm": t.mesh.size_mm, "faces": len(t.mesh.faces)}
            for t in found.templates
        ]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    width = max([len(t.id) for t in found.templates], default=2)
    for t in found.templates:
        size = " × ".join(f"{v:.0f}" for v in t.mesh.size_mm)
        until = f", until {t.right.valid_until}" if t.right and t.right.valid_until else ""
        holder = f", {t.right.holder}{until}" if t.right else ""
        click.echo(f"{t.id:{width}}  {size:>17} mm  {t.purpose}{holder}")
    for note in found.notes:
        click.echo(f"note: {note}", err=True)


@command.command("show")
@click.argument("identity", metavar="ID")
@_library
@click.option("--out", "-o", type=PATH, help="PNG file to write [default: ID.png].")
def show(identity: str, library: Path, out: Path | None) -> None:
    """Show one template: its record, and a picture of it."""
    from xscan.errors import UsageError
    from xscan.template import load_library, picture

    found = load_library(library)
    known = {t.id: t for t in found.templates}
    if identity not in known:
        raise UsageError(f"{identity}: {library} has {', '.join(known) or 'no template'}")
    t = known[identity]
    size = " × ".join(f"{v:.1f}" for v in t.mesh.size_mm)
    click.echo(f"{t.id}: {t.name}, {t.purpose}, {size} mm, {len(t.mesh.faces)} faces")
    if t.hs_codes:
        click.echo(f"HS codes: {', '.join(t.hs_codes)}")
    if t.right:
        r = t.right
        click.echo(
            f"right: {r.kind} {r.registration_no} of {r.holder}, {r.valid_from or '…'} to {r.valid_until or '…'}"
        )
        click.echo(f"authorised senders: {', '.join(r.authorised) or 'none'}")
    for name in ("mass_g", "density_g_cm3", "z_e", "wall_mm"):
        limits = getattr(t.genuine, name, None)
        if limits:
            click.echo(f"genuine {name}: {limits[0]:g} to {limits[1]:g}")
    path = out or Path(f"{Path(t.id).name}.png")
    with written_aside(path) as aside:
        aside.write_bytes(picture(t))
    click.echo(f"picture: {path}")


@command.command("check")
@_library
@click.option(
    "--voxel", type=click.FloatRange(min=0.1), default=1.5, show_default=True, help="Voxels of the scanner, mm."
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day for which rights are judged [default: today].")
def check(library: Path, voxel: float, on: datetime | None) -> None:
    """Check a library: meshes, sizes, duplicates, near-likes that could be confused, rights not in force."""
    from xscan.cli.bar import progress_bar
    from xscan.template import check_library, load_library

    found = load_library(library)
    day = (on or datetime.now().astimezone()).date()
    with progress_bar("check") as progress:
        problems = check_library(found, on=day, voxel_mm=voxel, progress=progress)
    for p in problems:
        click.echo(f"{p.kind}: {' and '.join(p.template_ids)}: {p.message}")
    click.echo(f"{len(found.templates)} templates, {len(problems)} remark{'' if len(problems) == 1 else 's'}")

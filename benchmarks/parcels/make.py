"""Makes a set: a phantom, a folder a parcel, a template library."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from xscan.errors import UsageError
from xscan.simulate import SCANNERS, phantom, simulate
from xscan.simulate.figures import FIGURES
from xscan.simulate.output import write_json
from xscan.simulate.parcels import LICENSEE, Grade, random_parcel
from xscan.simulate.scene import write_scene
from xscan.simulate.shapes import MeshShape, Shape
from xscan.simulate.surface import surface_of
from xscan.template.stl import write_stl

MESH_PITCH_MM = 1.5


def seeds_of(text: str) -> list[int]:
    """Seeds of "3", "0-19" or "0-3,7"."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


def figures_of(library: Path | None) -> tuple[dict[str, Shape], str]:
    """Protected shapes by id and who may send them: our own figures, or the designs of a library's largest licensee."""
    if library is None:
        return {name: make() for name, make in FIGURES.items()}, LICENSEE
    table = json.loads((library / "templates.json").read_text(encoding="utf-8"))
    designs = [t for t in table["templates"] if t["purpose"] == "protected-design"]
    senders = Counter(sender for t in designs for sender in t.get("right", {}).get("authorised", ()))
    if not senders:
        raise UsageError(f"{library}: expected protected designs that some sender is authorised to send, found none")
    licensee = max(sorted(senders), key=senders.__getitem__)
    shapes: dict[str, Shape] = {
        t["id"]: MeshShape(path=library / t["mesh"])
        for t in designs
        if licensee in t.get("right", {}).get("authorised", ())
    }
    return shapes, licensee


def write_templates(out: Path) -> None:
    """Write our own figures as a template library."""
    out.mkdir(parents=True, exist_ok=True)
    entries: list[dict[str, Any]] = []
    for number, (name, make) in enumerate(FIGURES.items()):
        write_stl(out / f"{name}.stl", surface_of(make(), MESH_PITCH_MM))
        right = {
            "kind": "design",
            "holder": f"Holder of the {name.replace('_', ' ')}",
            "registration_no": f"D-{2000 + number}",
            "authority": "EUIPO",
            "valid_from": "2020-01-01",
            "valid_until": "2045-01-01",
            "authorised": [LICENSEE],
        }
        entries.append(
            {
                "id": name,
                "name": f"toy {name.replace('_', ' ')}",
                "mesh": f"{name}.stl",
                "units": "mm",
                "purpose": "protected-design",
                "hs_codes": ["950300"],
                "right": right,
                "genuine": {"density_g_cm3": [1.2, 1.4], "wall_mm": [2.0, 4.0]},
            }
        )
    write_json({"schema": "xscan.templates/1", "templates": entries}, out / "templates.json")


def make(
    seeds: Iterable[int],
    grade: Grade,
    out: Path,
    *,
    scanner: str,
    library: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Make parcels of a grade into `out`, with the scanner's phantom; what is there already is kept."""
    machine = SCANNERS[scanner]
    shapes, licensee = figures_of(library)
    if not (out / "phantom.json").exists():
        phantom(machine, out, seed=10**6)
        say(f"{out / 'phantom.h5'}")
    if library is None and not (out / "templates" / "templates.json").exists():
        write_templates(out / "templates")
    for seed in seeds:
        across_mm = machine.pixels * machine.voxel_mm
        scene = random_parcel(seed, grade, shapes=shapes, licensee=licensee, across_mm=across_mm)
        folder = out / scene.name
        if (folder / "truth.json").exists():
            continue
        truth = simulate(scene, machine, folder, seed=seed)
        write_scene(scene, folder / "scene.json")
        say(f"{folder}: {len(truth.objects)} bodies, expect {list(scene.expect)}")

"""``xscan simulate``: parcels with known truth, from a scene file or at random under a seed."""

from __future__ import annotations

from pathlib import Path

import click

from xscan.cli.bar import progress_bar
from xscan.cli.options import PATH, quiet_option

__all__ = ["command"]


@click.command("simulate", no_args_is_help=True)
@click.argument("scene", type=PATH, required=False)
@click.option("--random", "at_random", is_flag=True, help="Make a random parcel instead of reading SCENE.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the parcel and of the noise.")
@click.option(
    "--grade",
    type=click.Choice(["sparse", "packed", "hostile"]),
    default="sparse",
    show_default=True,
    help="How full a random parcel is; hostile ones hold touching bodies and metal.",
)
@click.option("--honest", is_flag=True, help="A random parcel with nothing to find.")
@click.option(
    "--fraud",
    "frauds",
    multiple=True,
    type=click.Choice(["figure", "unlicensed", "quantity", "weight", "material", "missing", "undeclared", "hidden"]),
    help="What the sender of a random parcel does; may be given more than once.",
)
@click.option("--phantom", is_flag=True, help="Scan reference rods too: phantom.h5 and phantom.json beside the scan.")
@click.option("--view", type=float, help="Make a DX image along this angle (degrees; 0 looks along y), not a CT scan.")
@click.option("--scanner", default="a-100-160", show_default=True, help="Name of a scanner, or a TOML file of one.")
@click.option("--out", type=PATH, required=True, help="Folder to write into.")
@quiet_option
def command(
    scene: Path | None,
    at_random: bool,
    seed: int,
    grade: str,
    honest: bool,
    frauds: tuple[str, ...],
    phantom: bool,
    view: float | None,
    scanner: str,
    out: Path,
    quiet: bool,
) -> int:
    """Scan SCENE (a TOML or JSON file of bodies, materials and poses), or a random parcel, with a simulated scanner.

    Writes scan.h5, labels.h5, truth.json and declaration.json to --out, and for a random parcel its scene.json,
    which SCENE can be again.
    """
    from xscan.errors import UsageError
    from xscan.simulate import image, read_scene, scanner_named, simulate
    from xscan.simulate import phantom as scan_rods
    from xscan.simulate.parcels import GRADES, random_parcel
    from xscan.simulate.scene import write_scene

    if (scene is None) != at_random:
        raise UsageError("simulate: give either a SCENE file or --random")
    if honest and frauds:
        raise UsageError("simulate: give either --honest or --fraud")
    machine = scanner_named(scanner)
    if scene is not None:
        parcel = read_scene(scene)
    else:
        wanted = frauds or (() if honest else None)
        across = machine.pixels * machine.voxel_mm
        parcel = random_parcel(seed, next(g for g in GRADES if g == grade), frauds=wanted, across_mm=across)
    with progress_bar("simulate", quiet=quiet) as progress:
        if view is not None:
            image(parcel, machine, out, angle_deg=view, seed=seed, progress=progress)
        else:
            truth = simulate(parcel, machine, out, seed=seed, progress=progress)
        if at_random:
            write_scene(parcel, out / "scene.json")
        if phantom:
            scan_rods(machine, out, seed=seed, progress=progress)
    if not quiet and view is None:
        for body in truth.objects:
            click.echo(f"{body['id']:3d}  {body['kind']:16s} {body['mass_g']:8.1f} g  {', '.join(body['materials'])}")
    if not quiet:
        click.echo(f"To be found: {', '.join(parcel.expect) or 'nothing'}")
        click.echo(f"Scan: {out / 'scan.h5'}")
    return 0

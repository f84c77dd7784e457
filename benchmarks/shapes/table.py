"""Tables, in Markdown, of the study's lines: ``python benchmarks/shapes/table.py FILE.jsonl…``."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from lines import read

from xscan.template.score import Evidence, probability
from xscan.template.telling import DECISIVE

_TURNED = ("figure", "tool")  # kinds without symmetry, for which a turn has a meaning
_PLAIN = ("box", "can", "pebble")  # of which only the size speaks


def interval(k: int, n: int) -> str:
    """Share with its 95 % interval (Wilson 1927)."""
    if n == 0:
        return "none"
    z2, p = 1.96**2, k / n
    middle, half = (p + z2 / (2 * n)) / (1 + z2 / n), np.sqrt(z2 * p * (1 - p) / n + z2**2 / (4 * n * n)) / (1 + z2 / n)
    return f"{k}/{n} = {p:.3g} ({max(0.0, middle - half):.2g} to {min(1.0, middle + half):.2g})"


def spread(values: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{np.median(values):.2f}, {np.percentile(values, 95):.2f}" if values else "none"


def scored(line: dict) -> list[tuple[dict, float]]:
    """Fits and their scores, by the score as it is now, so that old lines tell of a new one."""
    fits = [(f, Evidence(**{k: f[k] for k in Evidence.__dataclass_fields__})) for f in line["fits"]]
    return [(f, probability(e, whole=f["whole"], mirrored=f["hand"])) for f, e in fits]


def named(fits: list[tuple[dict, float]], least: float) -> tuple[str, ...]:
    """What the stage names a body: the likely template that fits best, and those that are not told from it."""
    for hand in (False, True):
        likely = sorted((f["rms_mm"], f["id"], f) for f, score in fits if f["hand"] == hand and score >= least)
        if likely:
            first = likely[0][1]
            return tuple(i for _, i, f in likely if first not in f.get("ruled_out_by", ()))
    return ()


def pairs(lines: list[dict]) -> None:
    """Detection against false matches, pair by pair, as the stage names templates."""
    fits = [scored(line) for line in lines]
    n_wrong = sum(line["library"] - 1 for line in lines)
    planted = [k for k, line in enumerate(lines) if not line["bent"]]
    designs = [k for k in planted if not lines[k]["template"].startswith(_PLAIN)]

    def wrong(k: int, least: float, *, every: bool) -> int:
        """Wrong templates that body k is named, where not `every` those only that its scan tells from the truth."""
        odds = {f["id"]: f.get("truth_odds", 0.0) for f, _ in fits[k]}
        others = [i for i in named(fits[k], least) if i != lines[k]["template"]]
        return sum(every or odds[i] > DECISIVE for i in others)

    def found(of: list[int], least: float) -> int:
        return sum(lines[k]["template"] in named(fits[k], least) for k in of)

    print("| pairs of one body and one template | |\n|---|---|")
    for of, what in ((planted, "all kinds"), (designs, "figures, tools and bottles")):
        print(f"| detected at score 0.5: {what} | {interval(found(of, 0.5), len(of))} |")
    levels = sorted({0.1, 1.0} | {s for body in fits for _, s in body if s > 0.1})
    for every, what in ((False, "of shapes that the scan tells apart"), (True, "all of them")):
        at = [sum(wrong(k, 0.5, every=every) for k in range(len(lines)))]
        print(f"| wrong pairs named at score 0.5, {what} | {interval(at[0], n_wrong)} |")
        allowed = int(1e-4 * n_wrong)
        level = next(v for v in levels if sum(wrong(k, v, every=every) for k in range(len(lines))) <= allowed)
        for of, kinds in ((planted, "all kinds"), (designs, "figures, tools and bottles")):
            share = interval(found(of, level), len(of))
            print(f"| detected where {allowed} of {n_wrong} pass (score {level:.2f}): {kinds} | {share} |")
    first = [k for k in planted if named(fits[k], 0.5)[:1] not in ((), (lines[k]["template"],))]
    alone = [k for k in first if lines[k]["template"] not in named(fits[k], 0.5)]
    print(f"| planted bodies for which another template comes first | {interval(len(first), len(planted))} |")
    print(f"| the same, its own not even beside it | {interval(len(alone), len(planted))} |")
    print(f"| wrong templates named, by kind | {by_kind(lines, fits)} |")
    right = [(x["template"], f) for x, body in zip(lines, fits, strict=True) for f, s in body if f["same"] and s >= 0.5]
    off = spread([f["pose_mm"] for _, f in right])
    print(f"| distance of the posed mesh from the true one, mm: median, p95 | {off} |")
    turns = [f["pose_deg"] for t, f in right if t.startswith(_TURNED)]
    print(f"| turn off by, degrees (figures, tools): median, p95 | {spread(turns)} |")
    for low, high in ((0.05, 0.25), (0.25, 0.5), (0.5, 1), (1, 99)):
        at = [
            line["template"] in named(body, 0.5)
            for line, body in zip(lines, fits, strict=True)
            if line["bent"] and low <= line["apart_mm"] / line["how"]["voxel_mm"] < high
        ]
        label = f"bent shapes that differ by {low:.2g} to {high:g} voxels rms, taken for the template"
        print(f"| {label} | {interval(sum(at), len(at))} |")


def by_kind(lines: list[dict], fits: list[list[tuple[dict, float]]]) -> str:
    """Of which kinds the bodies are that a wrong template is named for."""
    counts: dict[str, int] = defaultdict(int)
    for line, body in zip(lines, fits, strict=True):
        counts[line["template"].rstrip("0123456789")] += len(set(named(body, 0.5)) - {line["template"]})
    return ", ".join(f"{k} {n}" for k, n in sorted(counts.items()) if n) or "none"


def hit(line: dict) -> int:
    """How many of the copies that were planted are named."""
    named = sum(line["template"] in (n, *a) for n, a in zip(line["named"], line["alike"], strict=True))
    return min(named, line["copies"])


def wrongs(line: dict) -> int:
    """How many matches name neither first nor beside it what was planted."""
    here = [line["template"] in (n, *a) for n, a in zip(line["named"], line["alike"], strict=True)]
    return sum(not h for h in here) + max(0, sum(here) - line["copies"])


def found(lines: list[dict]) -> None:
    """Planted bodies through all of the stage: by what befell them, and by how they are made."""
    hard = {
        "solid": lambda line: line["how"]["wall_mm"] is None,
        "a shell of 2 to 4 mm": lambda line: line["how"]["wall_mm"] is not None,
        "at true size": lambda line: line["how"]["scale"] == [1.0, 1.0, 1.0],
        "scaled by up to 8 %, unevenly": lambda line: line["how"]["scale"] != [1.0, 1.0, 1.0],
        **{f"{v:g} mm voxels": lambda line, v=v: line["how"]["voxel_mm"] == v for v in (1, 1.5, 2, 3)},
        "without streaks": lambda line: line["how"]["streaks"] == 0,
        "with streaks": lambda line: line["how"]["streaks"] > 0,
    }
    modes = dict.fromkeys(line["mode"] for line in lines)
    groups = {mode: [line for line in lines if line["mode"] == mode] for mode in modes}
    usual = [line for line in lines if line["mode"] not in ("moved", "boxed")]
    groups |= {f"all but moved and boxed: {k}": [line for line in usual if f(line)] for k, f in hard.items()}
    print("| bodies | found | matches that are wrong | mesh off by, mm: median, p95 | CPU s: median, p95 |")
    print("|---|---|---|---|---|")
    for name, own in groups.items():
        pose = [line["pose_mm"] for line in own if "pose_mm" in line]
        cpu = [line["cpu"] for line in own]
        share = interval(sum(map(hit, own)), sum(line["copies"] for line in own))
        print(f"| {name} | {share} | {sum(map(wrongs, own))} | {spread(pose)} | {spread(cpu)} |")


def alike(lines: list[dict]) -> None:
    """Near-likes planted: what was named, alone or beside its twin."""
    print("| voxels | right, twin told apart | both named | wrong twin alone | neither | others named |")
    print("|---|---|---|---|---|---|")
    for low, high in ((0, 1.2), (1.2, 1.8), (1.8, 2.5), (2.5, 9)):
        own = [line for line in lines if low <= line["how"]["voxel_mm"] < high]
        counts: dict[str, int] = defaultdict(int)
        for line in own:
            pair = {line["twin"], line["twin"].replace("flat", "#").replace("cross", "flat").replace("#", "cross")}
            named = {n for names in line["named"] for n in names}
            seen = named & pair
            how = "neither" if not seen else "both" if seen == pair else "right" if line["twin"] in seen else "wrong"
            counts[how] += 1
            counts["others"] += bool(named - pair)
        if own:
            told = " | ".join(str(counts[k]) for k in ("right", "both", "wrong", "neither", "others"))
            print(f"| {own[0]['how']['voxel_mm']:g} mm | {told} |")


def cost(lines: list[dict]) -> None:
    """Time an object against the size of the library."""
    print("| templates | of the library, CPU s: median, p95 | of none: median, p95 | all: mean, worst |")
    print("|---|---|---|---|")
    for size in sorted({line["size"] for line in lines}):
        own = [line for line in lines if line["size"] == size]
        known, other = ([x["cpu"] for x in own if x["known"] == k] for k in (True, False))
        every = known + other
        print(f"| {size} | {spread(known)} | {spread(other)} | {np.mean(every):.2f}, {max(every):.2f} |")


def peers(lines: list[dict]) -> None:
    """Other ways on the same bodies."""
    print("| way | right template named | mesh off by, mm: median, p95 | CPU s a body: median |\n|---|---|---|---|")
    for way in dict.fromkeys(w for line in lines for w in line["ways"]):
        own = [(line["template"], line["ways"][way]) for line in lines if way in line["ways"]]
        hit = sum(t in w["named"] for t, w in own)
        pose = [w["pose_mm"] for _, w in own if "pose_mm" in w]
        print(f"| {way} | {interval(hit, len(own))} | {spread(pose)} | {np.median([w['cpu'] for _, w in own]):.2f} |")


def main() -> None:
    """Tell by its fields what each file holds."""
    for path in map(Path, sys.argv[1:]):
        lines = read(path)
        if not lines:
            continue
        print(f"\n{path.stem}, {len(lines)} lines\n")
        fields = {"ways": peers, "twin": alike, "size": cost, "mode": found}
        table = next((t for field, t in fields.items() if field in lines[0]), pairs)
        table(lines)


if __name__ == "__main__":
    main()

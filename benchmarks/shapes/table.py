"""Tables, in Markdown, of the study's lines: ``python benchmarks/shapes/table.py FILE.jsonl…``."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from lines import read

from xscan.template.score import Evidence, probability

_TURNED = ("figure", "tool")  # kinds without symmetry, for which a turn has a meaning
_ONE = 0.25  # voxels, root mean square, by which two shapes must differ to be two for the scan
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


def named(line: dict) -> tuple[str, ...]:
    """What the stage would name a body: the template that fits best of the likely ones, and those as near."""
    for hand in (False, True):
        likely = []
        for f in line["fits"]:
            e = Evidence(**{k: f[k] for k in Evidence.__dataclass_fields__})
            if f["hand"] == hand and probability(e, whole=f["whole"], mirrored=hand) >= 0.5:
                likely.append((f["rms_mm"], f["id"], f["blur_mm"]))
        if likely:
            most = 1.5 * min(likely)[0] + 0.3 * min(likely)[2]
            return tuple(i for rms, i, _ in sorted(likely) if rms < most or rms == min(likely)[0])
    return ()


def pairs(lines: list[dict]) -> None:
    """Detection against false matches, pair by pair."""
    right, designs, wrong, apart, near, pose, turn = [], [], [], [], [], [], []
    n_wrong = sum(line["library"] - 1 for line in lines)
    for line in lines:
        best: dict[str, float] = defaultdict(float)
        differ: dict[str, float] = {}
        for f in line["fits"]:
            # by the score as it is now, so that old lines tell of a new one
            e = Evidence(**{k: f[k] for k in Evidence.__dataclass_fields__})
            score = probability(e, whole=f["whole"], mirrored=f["hand"])
            best[f["id"]] = max(best[f["id"]], score)
            if "apart_mm" in f:
                differ[f["id"]] = min(differ.get(f["id"], np.inf), f["apart_mm"] / line["how"]["voxel_mm"])
            if f["same"] and score >= 0.5:
                pose.append(f["pose_mm"])
                turn += [f["pose_deg"]] * line["template"].startswith(_TURNED)
        own = best.pop(line["template"], 0.0)
        if not line["bent"]:
            right.append(own)
            designs += [own] * (not line["template"].startswith(_PLAIN))
        elif line["apart_mm"] > 0:
            near.append((line["apart_mm"] / line["how"]["voxel_mm"], own))
        wrong += list(best.values())
        apart += [differ.get(i, np.inf) for i in best]
    allowed = int(1e-4 * n_wrong)
    ordered = sorted(wrong, reverse=True)
    level = ordered[allowed] if allowed < len(ordered) else 0.0
    print("| pairs of one body and one template | |\n|---|---|")
    print(f"| detected at score 0.5 | {interval(sum(s >= 0.5 for s in right), len(right))} |")
    print(f"| the same of figures, tools and bottles | {interval(sum(s >= 0.5 for s in designs), len(designs))} |")
    print(f"| false matches at score 0.5, of wrong pairs | {interval(sum(s >= 0.5 for s in wrong), n_wrong)} |")
    own = sum(s >= 0.5 and d >= _ONE for s, d in zip(wrong, apart, strict=True))
    print(f"| of them of shapes that differ by {_ONE:g} voxel rms or more | {interval(own, n_wrong)} |")
    print(f"| the ten highest scores of wrong pairs | {', '.join(f'{s:.2f}' for s in ordered[:10])} |")
    for bent, what in ((False, "planted"), (True, "bent")):
        bodies = [line for line in lines if line["bent"] == bent]
        first = sum(named(line)[:1] not in ((), (line["template"],)) for line in bodies)
        alone = sum(bool(named(line)) and line["template"] not in named(line) for line in bodies)
        print(f"| {what} bodies for which another template comes first | {interval(first, len(bodies))} |")
        print(f"| the same, its own not even beside it | {interval(alone, len(bodies))} |")
    strict = sum(s > level for s in right)
    print(f"| detected where {allowed} wrong pairs pass (1e-4; score {level:.3f}) | {interval(strict, len(right))} |")
    apart_ones = sorted((s for s, d in zip(wrong, apart, strict=True) if d >= _ONE), reverse=True)
    level = apart_ones[allowed] if allowed < len(apart_ones) else 0.0
    for own, what in ((right, "all kinds"), (designs, "figures, tools and bottles")):
        hit = sum(s > level for s in own)
        print(
            f"| the same, of wrong pairs that differ by {_ONE:g} voxel rms or more (score {level:.3f}): {what}", end=""
        )
        print(f" | {interval(hit, len(own))} |")
    print(f"| distance of the posed mesh from the true one, mm: median, p95 | {spread(pose)} |")
    print(f"| turn off by, degrees (figures, tools): median, p95 | {spread(turn)} |")
    for low, high in ((0, 0.25), (0.25, 0.5), (0.5, 1), (1, 2), (2, 99)):
        at = [s for d, s in near if low <= d < high]
        label = f"bent shapes that differ by {low:g} to {high:g} voxels rms, taken for the template"
        print(f"| {label} | {interval(sum(s >= 0.5 for s in at), len(at))} |")


def found(lines: list[dict]) -> None:
    """Planted bodies through all of the stage."""
    print("| body | found | another named | mesh off by, mm: median, p95 | CPU s: median, p95 |\n|---|---|---|---|---|")
    for mode in dict.fromkeys(line["mode"] for line in lines):
        own = [line for line in lines if line["mode"] == mode]
        hit = sum(
            line["template"] in line["named"] or any(line["template"] in a for a in line["alike"]) for line in own
        )
        other = sum(any(n != line["template"] for n in line["named"]) for line in own)
        pose = [line["pose_mm"] for line in own if "pose_mm" in line]
        cpu = [line["cpu"] for line in own]
        print(f"| {mode} | {interval(hit, len(own))} | {other} | {spread(pose)} | {spread(cpu)} |")


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
    print("| templates | of the library, s: median, p95 | of none, s: median, p95 | CPU s: median |\n|---|---|---|---|")
    for size in sorted({line["size"] for line in lines}):
        own = [line for line in lines if line["size"] == size]
        known, other = ([x["s"] for x in own if x["known"] == k] for k in (True, False))
        print(f"| {size} | {spread(known)} | {spread(other)} | {np.median([x['cpu'] for x in own]):.2f} |")


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

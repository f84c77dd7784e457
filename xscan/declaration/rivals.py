"""Rival explanations of one parcel become one: the probabilities of all of them, the words of the one that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xscan.declaration.judge import ALARM, Judged, telling

__all__ = ["Story", "together_of"]

RIVALS_SAY = 0.49  # most that a line is doubted for by explanations that are not shown
DOUBT = 0.05  # probability below which nothing is said of a rival


@dataclass
class Story:
    """One explanation, judged.

    Parameters
    ----------
    probability : 0..1, of this explanation among its rivals
    undeclared : ids of bodies that no line explains in it
    doubted : probability, by id, that no line explains a body after all
    """

    judged: list[Judged]
    undeclared: tuple[int, ...]
    probability: float
    doubted: dict[int, float] = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        """Whether anything in it needs an officer."""
        return bool(self.undeclared) or any(p >= ALARM for j in self.judged for p in _wrongs(j).values())


def together_of(stories: Sequence[Story]) -> Story:
    """Return the story to be shown, with the probabilities of all.

    Several explanations that all say that something is wrong do not make the parcel less so: the best of them is shown
    where together they are more likely than not, and what it says then counts with that probability.
    """
    wrong = sum(s.probability for s in stories if s.wrong)
    shown = next((s for s in stories if s.wrong == (wrong >= ALARM)), stories[0])
    merged: list[dict[str, float]] = [{} for _ in shown.judged]
    for n, j in enumerate(shown.judged):
        for status, own in _wrongs(j).items():
            shares = [s.probability * _wrongs(s.judged[n])[status] for s in stories]
            told = shown.wrong and own >= ALARM
            # what most explanations say of a line is told, whatever the one that is shown says of it
            agreed = sum(shares) > ALARM
            p = max(sum(shares), own * wrong) if told else sum(shares) if agreed else min(sum(shares), RIVALS_SAY)
            merged[n][status] = min(p, 1.0)
            if p >= DOUBT:
                most = j if own >= ALARM else stories[shares.index(max(shares))].judged[n]
                j.why[status] = telling(most, status)
    for j, p_of in zip(shown.judged, merged, strict=True):
        for status, p in p_of.items():
            setattr(j, f"p_{status}", p)
    mean: dict[int, float] = {}
    for s in stories:
        for i in s.undeclared:
            mean[i] = mean.get(i, 0.0) + s.probability
    for i in shown.undeclared:
        mean[i] = max(mean[i], wrong)
    # one that is more likely than not left over is told as such, whatever else the story that is shown says
    shown.undeclared = tuple(sorted(i for i, p in mean.items() if i in shown.undeclared or p >= ALARM))
    shown.doubted = {i: min(p, 1.0) for i, p in sorted(mean.items()) if p >= DOUBT}
    return shown


def _wrongs(j: Judged) -> Mapping[str, float]:
    return {"missing": j.p_missing, "quantity": j.p_quantity, "material": j.p_material, "weight": j.p_weight}

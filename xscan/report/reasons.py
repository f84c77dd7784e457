"""Anomalies as an officer reads them: alike ones together, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ALARM", "reasons"]

ALARM = 0.5  # severity from which an officer is needed


def reasons(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the anomalies of a report, those of one kind, template and line as one reason.

    Returns
    -------
    list of dict
        `kind`, `severity` and `message` of the worst; `others`: messages of the rest; `object_ids`: of all of them;
        `alarm`: whether an officer is needed; `line`: the declared line it speaks of, or None.
    """
    lines = {line["line"]: line for line in (document["declaration"] or {"lines": []})["lines"]}
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for a in document["anomalies"]:
        alarm = a["severity"] >= ALARM
        key: tuple[Any, ...] = (a["kind"], a["template_id"], a["line"], alarm)
        if key not in told or (a["template_id"] is None and a["line"] is None):
            # without a template or line in common, two findings of a kind are two reasons
            key = (*key, tuple(a["object_ids"]), a["message"]) if key in told else key
            told[key] = {
                "kind": a["kind"],
                "severity": a["severity"],
                "message": a["message"],
                "others": [],
                "object_ids": list(a["object_ids"]),
                "alarm": alarm,
                "line": lines.get(a["line"]),
            }
        else:
            reason = told[key]
            reason["others"].append(a["message"])
            reason["object_ids"] += [i for i in a["object_ids"] if i not in reason["object_ids"]]
    return list(told.values())

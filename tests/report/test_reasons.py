from __future__ import annotations

from xscan.report.reasons import reasons


def _anomaly(kind, severity, ids=(), line=None, template=None, message="m"):
    return {
        "kind": kind,
        "severity": severity,
        "object_ids": list(ids),
        "line": line,
        "template_id": template,
        "message": message,
    }


def _told(*anomalies):
    return reasons({"declaration": {"lines": [{"line": 7}]}, "anomalies": anomalies})


def test_matches_of_one_template_are_one_reason():
    told = _told(*(_anomaly("template-match", 0.9, [i], template="horse", message=f"horse {i}") for i in (3, 1, 2)))
    assert len(told) == 1
    assert told[0]["message"] == "horse 3"
    assert told[0]["others"] == ["horse 1", "horse 2"]
    assert told[0]["object_ids"] == [3, 1, 2]


def test_unlike_findings_stay_apart_and_none_is_lost():
    told = _told(
        _anomaly("template-match", 0.9, [1], template="horse"),
        _anomaly("template-match", 0.9, [2], template="cow"),
        _anomaly("hidden-object", 0.8, [3], message="a"),
        _anomaly("hidden-object", 0.8, [4], message="b"),
        _anomaly("hidden-object", 0.8, [4], message="b again"),
        _anomaly("missing-item", 0.7, line=7),
        _anomaly("template-match", 0.2, [5], template="horse"),
    )
    assert [r["kind"] for r in told].count("hidden-object") == 3
    assert len(told) == 7
    assert [r["alarm"] for r in told] == [True] * 6 + [False]
    assert told[5]["line"] == {"line": 7}

"""Reports in the order in which to open parcels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from xscan.cli.rank import command, rows_of
from xscan.errors import InputError


def report(folder: Path, name: str, risk: float, decision: str) -> Path:
    path = folder / name / "report.json"
    path.parent.mkdir(parents=True)
    anomalies = [{"kind": "weight-mismatch", "severity": risk, "message": f"Line 1 of {name}\u001b[31m"}]
    body = {"schema": "xscan.report/1", "risk": risk, "decision": decision, "anomalies": anomalies}
    path.write_text(json.dumps(body))
    return path


def test_the_riskiest_comes_first(tmp_path: Path) -> None:
    for name, risk, decision in (("a", 0.1, "clear"), ("b", 0.95, "detain"), ("c", 0.6, "inspect")):
        report(tmp_path, name, risk, decision)
    assert [r["name"] for r in rows_of((tmp_path,))] == ["b", "c", "a"]
    runner = CliRunner()
    table = runner.invoke(command, [str(tmp_path)])
    assert table.exit_code == 0
    assert "\u001b" not in table.output
    assert table.output.splitlines()[1].startswith("b")
    as_json = runner.invoke(command, [str(tmp_path), "--json", "--first", "1"])
    assert [r["name"] for r in json.loads(as_json.output)] == ["b"]


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no"):
        rows_of((tmp_path,))
    with pytest.raises(InputError, match="does not exist"):
        rows_of((tmp_path / "none",))
    (tmp_path / "report.json").write_text("[]")
    with pytest.raises(InputError, match="no report"):
        rows_of((tmp_path,))
    (tmp_path / "report.json").write_text('{"schema": "x", "risk": 0.5, "decision": "clear", "anomalies": []}')
    with pytest.raises(InputError, match="schema"):
        rows_of((tmp_path,))

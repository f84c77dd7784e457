"""Reports in the order in which to open parcels."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from xscan.cli.rank import command
from xscan.errors import InputError
from xscan.report import ReportConfig, write_report
from xscan.report.gain import gain_curve
from xscan.report.index import rank_page
from xscan.report.ranking import ranked, read_truth, with_truth

HOSTILE = "<script>document.title='owned'</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"


def report(folder: Path, name: str, risk: float, decision: str, message: str = "Line 1 of {name}\u001b[31m") -> Path:
    path = folder / name / "report.json"
    path.parent.mkdir(parents=True)
    anomalies = [{"kind": "weight-mismatch", "severity": risk, "message": message.replace("{name}", name)}]
    body = {"schema": "xscan.report/1", "risk": risk, "decision": decision, "anomalies": anomalies}
    path.write_text(json.dumps(body))
    return path


def test_the_riskiest_comes_first(tmp_path: Path) -> None:
    for name, risk, decision in (("a", 0.1, "clear"), ("b", 0.95, "detain"), ("c", 0.6, "inspect")):
        report(tmp_path, name, risk, decision)
    assert [r.name for r in ranked((tmp_path,))] == ["b", "c", "a"]
    runner = CliRunner()
    table = runner.invoke(command, [str(tmp_path)])
    assert table.exit_code == 0
    assert "\u001b" not in table.output
    assert table.output.splitlines()[1].startswith("b")
    as_json = runner.invoke(command, [str(tmp_path), "--json", "--first", "1"])
    assert [r["name"] for r in json.loads(as_json.output)] == ["b"]
    assert "重量不符" in runner.invoke(command, [str(tmp_path), "--lang", "zh"]).output


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no"):
        ranked((tmp_path,))
    with pytest.raises(InputError, match="does not exist"):
        ranked((tmp_path / "none",))
    (tmp_path / "report.json").write_text("[]")
    with pytest.raises(InputError, match="no report"):
        ranked((tmp_path,))
    (tmp_path / "report.json").write_text('{"schema": "x", "risk": 0.5, "decision": "clear", "anomalies": []}')
    with pytest.raises(InputError, match="schema"):
        ranked((tmp_path,))


def test_truth_comes_from_folders_or_a_table(tmp_path: Path) -> None:
    for name, expect in (("a", ["missing:1"]), ("b", [])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "truth.json").write_text(json.dumps({"expect": expect}))
    assert read_truth(tmp_path) == {"a": True, "b": False}
    table = tmp_path / "truth.csv"
    table.write_text("name,wrong\na,1\nb,no\n")
    assert read_truth(table) == {"a": True, "b": False}
    for bad in ("name,wrong\na,perhaps\n", "a\n1\n", ""):
        table.write_text(bad)
        with pytest.raises(InputError, match=r"truth\.csv"):
            read_truth(table)


def test_the_gain_curve_counts_finds_in_order_and_equals_together(tmp_path: Path) -> None:
    for i, risk in enumerate([0.9, 0.5, 0.5, 0.5, 0.1]):
        report(tmp_path, f"p{i}", risk, "inspect")
    rows = with_truth(ranked((tmp_path,)), {"p0": True, "p2": True, "p1": False, "p3": False, "p4": False})
    gain = gain_curve(rows)
    assert gain is not None
    assert (gain.opened, gain.found) == ((0, 1, 4, 5), (0.0, 1.0, 2.0, 2.0))
    assert (gain.first, gain.first_found) == (1, 1.0)
    assert gain_curve(with_truth(rows, {"p0": False})) is None
    assert gain_curve(with_truth(rows, {})) is None


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_links_to_reports_shows_pictures_and_obeys_no_text(make_analysis, tmp_path, language) -> None:
    write_report(make_analysis(), tmp_path / "seen #1", config=ReportConfig(viewer=False), version="1")
    report(tmp_path, "javascript:alert(1)", 0.5, "inspect", HOSTILE)
    report(tmp_path, "quiet", 0.01, "clear")
    (tmp_path / "quiet" / "thumbnail.png").write_bytes(b"<svg onload=alert(1)>")
    (tmp_path / "javascript:alert(1)" / "report.html").write_text("page")
    out = tmp_path / "lists" / "index.html"
    truth = tmp_path / "truth.csv"
    truth.write_text("name,wrong\nseen #1,1\nquiet,0\n")
    arguments = [str(tmp_path), "--page", str(out), "--truth", str(truth), "--lang", language]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    text = out.read_text("utf-8")
    tags = _Tags(text).tags
    assert [a["href"] for t, a in tags if t == "a"] == [
        "./../seen%20%231/report.html",
        "./../javascript%3Aalert%281%29/report.html",
    ]
    assert [a["src"][:30] for t, a in tags if t == "img"] == ["data:image/png;base64,iVBORw0K"]
    assert sum(t == "script" for t, _ in tags) == 1
    assert not [n for _, a in tags for n in a if n.startswith("on") or n == "style"]
    assert "&lt;script&gt;" in text
    assert "\u001b" not in text
    assert 'class="gain"' in text
    assert ("实情：有应查获之物" if language == "zh" else "truth: something to find") in text
    policy = next(a["content"] for t, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert re.fullmatch(
        r"default-src 'none'; img-src data:; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; "
        r"base-uri 'none'; form-action 'none'",
        policy,
    )


def test_the_same_reports_give_the_same_page(tmp_path: Path) -> None:
    report(tmp_path, "a", 0.5, "inspect")
    assert rank_page(ranked((tmp_path,)), tmp_path) == rank_page(ranked((tmp_path,)), tmp_path)


def test_a_thousand_parcels_stay_one_small_page(tmp_path: Path) -> None:
    for i in range(1000):
        report(tmp_path, f"p{i:04d}", (i * 37 % 1000) / 1000, "inspect")
    text = rank_page(ranked((tmp_path,)), tmp_path)
    assert len(text) < 2_000_000

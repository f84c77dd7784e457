from __future__ import annotations

from dataclasses import replace

from xscan.model import Decision, Finding
from xscan.report import ReportConfig, write_report


def test_a_second_reason_on_the_same_objects_shows_the_declared_line(analysis, tmp_path):
    findings = (
        Finding("template-match", 0.9, "Shape.", (2,), 2, "ball"),
        Finding("weight-mismatch", 0.8, "Weight.", (2,), 2),
        Finding("material-mismatch", 0.7, "Material.", (2,), 2),
    )
    changed = replace(analysis, decision=Decision("inspect", 0.9, findings))
    write_report(changed, tmp_path, config=ReportConfig(surface_pixels=96, viewer=False), version="1")
    text = (tmp_path / "report.html").read_text("utf-8")
    first = text[text.index('<ol class="reasons"') : text.index("</ol>")]
    assert first.count('<div class="crops">') == 2  # the match, and the line that was confirmed
    assert "declared 20.0 g<br>" in first
    assert "Line 2 declares" in first

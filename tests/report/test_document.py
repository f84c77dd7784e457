from __future__ import annotations

import json
import math

import jsonschema
import pytest

from xscan.report import SCHEMA, report_json


def _numbers(value):
    if isinstance(value, dict):
        for v in value.values():
            yield from _numbers(v)
    elif isinstance(value, list):
        for v in value:
            yield from _numbers(v)
    elif isinstance(value, float):
        yield value


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"kind": "mono"},
        {"kind": "arbitrary"},
        {"declared": False},
        {"templates": False},
        {"empty": True},
        {"binned": True},
        {"text": lambda t: f"<script>\ud800\u202e{t}"},
    ],
    ids=["whole", "mono", "arbitrary", "no declaration", "no templates", "empty", "binned", "hostile"],
)
def test_every_kind_of_report_follows_the_schema(make_analysis, options):
    document = report_json(make_analysis(**options), "1.2.3")
    text = json.dumps(document, allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert all(math.isfinite(v) for v in _numbers(document))


def test_the_schema_refuses_what_the_contract_forbids(analysis):
    document = report_json(analysis, "1.2.3")
    for change in ({"decision": "guilty"}, {"risk": 1.5}, {"objects": [{"id": 1}]}, {"schema": "xscan.report/2"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document | change, SCHEMA)


def test_boxes_end_at_voxel_edges_and_centroids_at_centres(analysis):
    carton = report_json(analysis, "1")["objects"][0]
    assert carton["bbox_mm"] == [[4.0, 3.0, 3.0], [68.0, 69.0, 81.0]]
    assert carton["centroid_mm"] == pytest.approx([36.0, 36.0, 42.0])


def test_boxes_of_a_binned_analysis_are_in_scan_mm(make_analysis, analysis):
    binned = report_json(make_analysis(binned=True), "1")
    assert binned["scan"]["shape"] == [73, 97, 113]
    assert binned["objects"][3]["bbox_mm"] == report_json(analysis, "1")["objects"][3]["bbox_mm"]


def test_absent_parts_are_null(make_analysis):
    document = report_json(make_analysis(declared=False, templates=False), "1")
    assert document["declaration"] is None
    assert document["templates"] is None


def test_anomalies_come_worst_first_and_nan_is_null(analysis):
    anomalies = report_json(analysis, "1")["anomalies"]
    assert [a["severity"] for a in anomalies] == sorted((a["severity"] for a in anomalies), reverse=True)
    assert anomalies[2]["evidence"] == {"z_e": None}


def test_the_document_is_the_same_each_time(make_analysis):
    first, second = (json.dumps(report_json(make_analysis(), "1")) for _ in range(2))
    assert first == second

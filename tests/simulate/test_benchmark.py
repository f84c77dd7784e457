import json

import h5py
import numpy as np
import pytest

from benchmarks.parcels.make import figures_of, seeds_of
from benchmarks.parcels.score import bootstrap, score_parcel, score_rods, summary, wilson
from benchmarks.parcels.signatures import true_segmentation
from xscan.errors import UsageError
from xscan.model import Grid


def test_seeds_are_read_as_people_write_them():
    assert seeds_of("0-3,7") == [0, 1, 2, 3, 7]


def library(folder, *authorised):
    templates = [
        {"id": f"t{i}", "mesh": f"t{i}.stl", "purpose": "protected-design", "right": {"authorised": list(senders)}}
        for i, senders in enumerate(authorised)
    ]
    (folder / "templates.json").write_text(json.dumps({"templates": templates}), encoding="utf-8")
    return folder


def test_another_librarys_figures_may_be_sent_by_its_largest_licensee(tmp_path):
    shapes, licensee = figures_of(library(tmp_path, ["B"], ["A", "B"], ["C"]))
    assert (sorted(shapes), licensee) == (["t0", "t1"], "B")


def test_a_library_without_licensees_is_refused_by_name(tmp_path):
    with pytest.raises(UsageError, match=f"{tmp_path}.*authorised"):
        figures_of(library(tmp_path, []))


def test_a_proportion_has_wilsons_interval():
    p, low, high = wilson(8, 10)
    assert (p, low, high) == pytest.approx((0.8, 0.490, 0.943), abs=1e-3)


def test_the_interval_of_a_median_holds_it():
    value, low, high = bootstrap([[0.1, 0.2], [0.3], [0.2, 0.25]], lambda v: float(np.median(v)))
    assert low <= value == 0.2 <= high


@pytest.fixture
def perfect(fixtures, tmp_path):
    """The fixture parcel and a report that knows everything."""
    truth = json.loads((fixtures / "parcel" / "truth.json").read_text(encoding="utf-8"))
    objects = [
        {"id": o["id"], "mass_g": o["mass_g"], "mass_g_uncertainty": 1.0, "role": "goods", "parent": o.get("parent")}
        for o in truth["objects"]
    ]
    ids = {o["kind"]: o["id"] for o in truth["objects"]}
    anomalies = [
        {"kind": "template-match", "severity": 0.9, "object_ids": [ids["robot"]], "template_id": "robot"},
        {"kind": "quantity-mismatch", "severity": 0.9, "object_ids": []},
        {"kind": "dangerous-goods", "severity": 0.9, "object_ids": [ids["cell"]]},
        {"kind": "hidden-object", "severity": 0.9, "object_ids": [ids["powder"]]},
    ]
    report = {"objects": objects, "anomalies": anomalies, "decision": "detain", "risk": 0.9}
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    with h5py.File(fixtures / "parcel" / "labels.h5") as a, h5py.File(tmp_path / "labels.h5", "w") as b:
        b["label"] = a["label"][:].astype(np.uint32)
    return fixtures / "parcel", tmp_path, report


def test_a_report_that_knows_everything_has_full_marks(perfect):
    row = score_parcel(perfect[0], perfect[1])
    assert row["found"] == row["bodies"] == 6
    assert row["merged"] == row["split"] == row["spurious"] == 0
    assert all(row["expect"].values())
    assert np.abs(row["mass_error"]).max() == 0
    figures = summary([row])
    json.dumps([row, figures])
    assert figures["object recall"][0] == figures["findings recall"][0] == 1


def test_rods_and_materials_are_held_against_truth(perfect, fixtures):
    folder, result, report = perfect
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    for body, o in zip(truth["objects"], report["objects"], strict=True):
        body |= {"z_e": 10.0, "rho_e": 0.5}
        o |= {"z_e": 10.1, "rho_e": 0.49}
    (result / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    (result / "labels.h5").replace(result / "found.h5")
    other = result / "report"
    other.mkdir()
    (other / "report.json").write_text(json.dumps(report), encoding="utf-8")
    (result / "found.h5").rename(other / "labels.h5")
    with h5py.File(fixtures / "parcel" / "labels.h5") as a, h5py.File(result / "labels.h5", "w") as b:
        b["label"] = a["label"][:]
    row = score_parcel(result, other)
    alone = sum(len(b["materials"]) == 1 for b in truth["objects"])
    assert row["z_e_error"] == pytest.approx([0.01] * alone)
    assert row["rho_e_error"] == pytest.approx([-0.02] * alone)

    label = np.ones((4, 10, 10), np.uint32)
    with h5py.File(other / "labels.h5", "w") as file:
        file["label"] = label
    phantom = {"scan": {"voxel_size_mm": [2, 2, 2]}, "objects": [{"id": 1, "rho_e": 0.56, "z_e": None}]}
    (other / "report.json").write_text(json.dumps(phantom), encoding="utf-8")
    rod = {"formula": "H2O", "density_g_cm3": 0.998, "centre_mm": [4, 9, 9], "radius_mm": 5, "length_mm": 6}
    (other / "rods.json").write_text(json.dumps({"rods": [rod]}), encoding="utf-8")
    rods = score_rods(other / "rods.json", other)
    assert rods["rho_e"] == pytest.approx([0.56 / 0.554 - 1], abs=1e-3)
    assert rods["z_e"] == []
    assert summary([row], rods)["rods, rho_e, largest error"][0] == pytest.approx(0.011, abs=1e-3)


def test_merging_splitting_and_missing_cost_marks(perfect):
    folder, result, report = perfect
    report["anomalies"] = []
    report["objects"].append({"id": 9, "mass_g": 20.0, "role": "goods", "parent": None})
    (result / "report.json").write_text(json.dumps(report), encoding="utf-8")
    with h5py.File(result / "labels.h5", "r+") as file:
        label = file["label"][:]
        label[label == 5] = 4  # the robots become one
        cup = np.argwhere(label == 3)
        label[tuple(cup[: len(cup) // 3].T)] = 9  # the cup falls in two
        file["label"][:] = label
    row = score_parcel(folder, result)
    assert row["merged"] == 2
    assert row["split"] == 1
    assert row["spurious"] == 2  # a third of the cup, and the lump of robots, are no true body
    assert row["found"] < 6
    assert not any(row["expect"].values())


def test_true_labels_make_a_segmentation_with_its_parents():
    ids = np.zeros((6, 8, 8), np.uint32)
    ids[1:5, 1:7, 1:7] = 1
    ids[2:4, 3:5, 3:5] = 2
    bodies = [
        {"id": 1, "centroid_mm": [6.0, 8.0, 8.0]},
        {"id": 2, "centroid_mm": [6.0, 8.0, 8.0], "parent": 1},
        {"id": 3, "centroid_mm": [0.0, 0.0, 0.0]},  # outside the scan: no voxel
    ]
    found = true_segmentation(Grid(ids.shape, (2.0, 2.0, 2.0)), ids, bodies)
    assert [(o.id, o.parent, o.voxels) for o in found.objects] == [(1, None, 136), (2, 1, 8)]
    np.testing.assert_array_equal(found.object_labels(), ids)

import io
import json
from importlib import import_module

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from xscan.cli.template import command
from xscan.errors import UsageError
from xscan.template import TemplateConfig, add_template, check_library, load_library, picture, sized
from xscan.template.stl import write_stl


@pytest.fixture
def run(tmp_path, monkeypatch):
    # imported before the folder changes: compiled kernels lie in the user's cache too, and would be compiled anew
    import_module("xscan_kernels._jit")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda *words: CliRunner().invoke(command, [str(w) for w in words], catch_exceptions=False)


def test_adds_lists_and_shows(run, bench, tmp_path):
    mesh = bench.templates["figure"].mesh
    write_stl(tmp_path / "in.stl", mesh)
    library = tmp_path / "lib"
    told = run(
        *("add", tmp_path / "in.stl", "-l", library, "--id", "fig", "--name", "Figure", "--size", max(mesh.size_mm)),
        *(
            "--holder",
            "A",
            "--valid-until",
            "2030-01-01",
            "--authorised",
            "S",
            "--genuine-wall",
            2,
            4,
            "--hs",
            "950300",
        ),
    )
    assert told.exit_code == 0
    (t,) = load_library(library).templates
    assert (t.id, t.name, t.right.holder, t.genuine.wall_mm) == ("fig", "Figure", "A", (2, 4))
    assert t.mesh.size_mm == pytest.approx(mesh.size_mm, abs=1e-3)
    assert "fig" in run("list", "-l", library).output
    assert json.loads(run("list", "-l", library, "--json").output)[0]["id"] == "fig"
    assert run("show", "fig", "-l", library, "-o", tmp_path / "fig.png").exit_code == 0
    with Image.open(tmp_path / "fig.png") as image:
        assert image.size == (1080, 360)
    assert sorted(p.name for p in library.iterdir()) == ["fig.stl", "templates.json"]


def test_finds_inches_by_the_declared_size(bench, tmp_path):
    mesh = bench.templates["figure"].mesh
    longest = max(mesh.size_mm)
    inches = type(mesh)(mesh.vertices / 25.4, mesh.faces)
    write_stl(tmp_path / "in.stl", inches)
    assert max(sized(tmp_path / "in.stl", longest, None).size_mm) == pytest.approx(longest, rel=1e-3)
    with pytest.raises(UsageError, match="--size"):
        sized(tmp_path / "in.stl", longest * 3, None)


def test_an_id_is_no_path_and_is_not_taken_twice(bench, tmp_path):
    mesh = bench.templates["box"].mesh
    for identity in ("../x", "", "a/b", ".hidden"):
        with pytest.raises(UsageError):
            add_template(tmp_path / "lib", mesh, {"id": identity, "purpose": "prohibited"})
    add_template(tmp_path / "lib", mesh, {"id": "a", "purpose": "prohibited"})
    with pytest.raises(UsageError, match="--replace"):
        add_template(tmp_path / "lib", mesh, {"id": "a", "purpose": "prohibited"})
    add_template(tmp_path / "lib", mesh, {"id": "a", "purpose": "protected-design"}, replace=True)
    assert load_library(tmp_path / "lib").templates[0].purpose == "protected-design"


def test_an_object_of_a_report_becomes_a_template(run, bench, tmp_path):
    scan, _ = bench.scan([("figure", np.eye(3), (42.0, 42.0, 42.0))], (56, 56, 56), wall=3.0)
    report = tmp_path / "report"
    report.mkdir()
    with h5py.File(report / "labels.h5", "w") as f:
        f["label"] = scan.labels.array
    document = {"scan": {"voxel_size_mm": [1.5] * 3}, "objects": [{"id": 1, "parent": None}]}
    (report / "report.json").write_text(json.dumps(document))
    library = tmp_path / "lib"
    assert run("add", "--from-scan", report, "--object", 1, "--id", "copy", "-l", library).exit_code == 0
    (t,) = load_library(library).templates
    assert t.mesh.size_mm == pytest.approx(bench.templates["figure"].mesh.size_mm, abs=2.5)
    with pytest.raises(UsageError, match="--object 7"):
        run("add", "--from-scan", report, "--object", 7, "--id", "x", "-l", library)


def test_check_tells_duplicates_old_rights_and_open_meshes(run, bench, tmp_path):
    mesh = bench.templates["figure"].mesh
    open_ = type(mesh)(mesh.vertices, mesh.faces[:-1])
    right = {"holder": "A", "valid_until": "2001-01-01"}
    add_template(tmp_path, mesh, {"id": "a", "purpose": "prohibited", "right": right})
    add_template(tmp_path, mesh, {"id": "b", "purpose": "prohibited"})
    add_template(tmp_path, open_, {"id": "c", "purpose": "prohibited"})
    add_template(tmp_path, bench.templates["box"].mesh, {"id": "d", "purpose": "prohibited"})
    out = run("check", "-l", tmp_path, "--on", "2024-01-01").output
    assert "duplicate: a and b" in out
    assert "right: a: the right ended on 2001-01-01" in out
    assert "mesh: c: the mesh is not closed" in out
    assert "d:" not in out
    assert "alike: a and c" in out


def test_without_a_day_no_right_is_judged(bench, tmp_path):
    add_template(tmp_path, bench.templates["ball"].mesh, {"id": "a", "right": {"valid_until": "2001-01-01"}})
    assert check_library(load_library(tmp_path), config=TemplateConfig(cache="none")) == []


def test_a_picture_shows_the_shape_on_paper(bench):
    image = np.asarray(Image.open(io.BytesIO(picture(bench.templates["ball"], size=120))))
    assert image.shape == (120, 360, 3)
    dark = image.min(axis=2) < 200
    assert dark[60, 60]
    assert not dark[2, 2]
    # the silhouette of a ball is a disc that fills 0.43² π of its square
    assert dark[:, :120].mean() == pytest.approx(np.pi * 0.43**2, rel=0.1)

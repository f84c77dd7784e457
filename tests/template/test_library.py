import json
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from xscan.errors import InputError
from xscan.model import Mesh
from xscan.template import TemplateConfig, add_template, load_library, mesh_remarks
from xscan.template.meshes import open_edges, read_mesh, tidy
from xscan.template.stl import write_stl

CUBE_V = np.array([[x, y, z] for x in (0, 20) for y in (0, 30) for z in (0, 40)], dtype=float)
CUBE_F = np.array(["013", "032", "467", "475", "045", "051", "237", "276", "026", "064", "157", "173"])
CUBE_F = np.array([[int(c) for c in face] for face in CUBE_F])


def write_index(folder, entries, schema="xscan.templates/1"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "templates.json").write_text(json.dumps({"schema": schema, "templates": entries}))


def cube(folder, name="cube.stl"):
    folder.mkdir(parents=True, exist_ok=True)
    write_stl(folder / name, Mesh(CUBE_V, CUBE_F))


def test_reads_the_form_of_the_contract(tmp_path):
    cube(tmp_path)
    right = {"kind": "design", "holder": "A", "valid_until": "2030-01-31", "authorised": ["S"]}
    entry = {"id": "c", "mesh": "cube.stl", "purpose": "prohibited", "hs_codes": ["950300"], "units": "cm"}
    write_index(tmp_path, [{**entry, "right": right, "genuine": {"mass_g": [1, 2]}, "unknown": 1}])
    library = load_library(tmp_path)
    (t,) = library.templates
    assert (t.id, t.name, t.purpose, t.hs_codes) == ("c", "c", "prohibited", ("950300",))
    assert t.mesh.size_mm == pytest.approx((200, 300, 400))
    assert t.right.authorised == ("S",)
    assert t.right.valid_until.year == 2030
    assert t.genuine.mass_g == (1, 2)
    assert library.notes == ()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"mesh": "../cube.stl"}, "outside"),
        ({"mesh": "/etc/passwd"}, "outside"),
        ({"mesh": "missing.stl"}, "cannot be read"),
        ({"mesh": "cube.exe"}, "not read"),
        ({"mesh": ""}, "name of a mesh"),
        ({"id": ""}, "expected an id"),
        ({"purpose": "fun"}, "purpose"),
        ({"units": "parsec"}, "units"),
        ({"right": {"valid_until": "soon"}}, "YYYY-MM-DD"),
        ({"right": []}, "right"),
        ({"genuine": {"z_e": [9, 2]}}, "z_e"),
        ({"hs_codes": "9503"}, "hs_codes"),
    ],
)
def test_refuses_a_broken_entry_with_one_line(tmp_path, change, word):
    cube(tmp_path / "lib")
    cube(tmp_path)
    write_index(tmp_path / "lib", [{"id": "c", "mesh": "cube.stl"} | change])
    with pytest.raises(InputError, match=word) as error:
        load_library(tmp_path / "lib")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema": "other/1", "templates": []}', "[" * 100000])
def test_refuses_a_broken_index(tmp_path, text):
    (tmp_path / "templates.json").write_text(text)
    with pytest.raises(InputError):
        load_library(tmp_path)


def test_refuses_two_of_one_id_and_a_folder_that_is_none(tmp_path):
    cube(tmp_path)
    write_index(tmp_path, [{"id": "c", "mesh": "cube.stl"}] * 2)
    with pytest.raises(InputError, match="twice"):
        load_library(tmp_path)
    with pytest.raises(InputError, match="no folder"):
        load_library(tmp_path / "none")


def test_a_link_out_of_the_library_is_refused(tmp_path):
    cube(tmp_path)
    write_index(tmp_path / "lib", [{"id": "c", "mesh": "link.stl"}])
    (tmp_path / "lib" / "link.stl").symlink_to(tmp_path / "cube.stl")
    with pytest.raises(InputError, match="outside"):
        load_library(tmp_path / "lib")


def ascii_stl(*corner):
    body = "\n".join(f"vertex {c}" for c in corner)
    return f"solid a\nfacet normal 0 0 1\nouter loop\n{body}\nendloop\nendfacet\nendsolid a\n".encode()


def test_a_binary_stl_is_read_without_the_library_for_all_forms(tmp_path):
    cube(tmp_path)
    write_index(tmp_path, [{"id": "c", "mesh": "cube.stl"}])
    program = (
        "import sys, xscan; lib = xscan.load_library(sys.argv[1]); print(lib.templates[0].mesh);"
        "sys.exit('trimesh' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Mesh(8 vertices, 12 faces, 20.0×30.0×40.0 mm)\n")
    (t,) = load_library(tmp_path).templates
    assert (t.mesh.vertices == CUBE_V).all()


HOSTILE = {
    "empty.stl": b"",
    "noise.stl": bytes(range(256)) * 4,
    "short.stl": b"x" * 80 + struct.pack("<I", 4_000_000_000) + b"\0" * 50,
    "nan.stl": ascii_stl("nan 0 0", "1 0 0", "0 1 0"),
    "inf.stl": ascii_stl("inf 0 0", "1 0 0", "0 1 0"),
    "flat.stl": ascii_stl("0 0 0", "10 0 0", "20 0 0"),
    "point.stl": ascii_stl("0 0 0", "0 0 0", "0 0 0"),
    "index.obj": b"v 0 0 0\nv 10 0 0\nv 0 10 0\nf 1 2 9\n",
    "nothing.obj": b"# nothing\n",
    "words.ply": b"ply\nformat ascii 1.0\nelement vertex 99999999999\nend_header\n",
    "zip.3mf": b"PK\x03\x04broken",
    "bad.glb": b"glTF\x02\x00\x00\x00\xff\xff\xff\x7f",
}


CORE = 'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"'


def threemf(path, build, extra="", unit="centimeter", head=""):
    corners = "".join(f'<vertex x="{x / 10}" y="{y / 10}" z="{z / 10}"/>' for x, y, z in CUBE_V)
    sides = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in CUBE_F)
    mesh = f"<mesh><vertices>{corners}</vertices><triangles>{sides}</triangles></mesh>"
    body = f'<resources><object id="1">{mesh}</object>{extra}</resources><build>{build}</build>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("3D/3dmodel.model", f'{head}<model unit="{unit}" {CORE}>{body}</model>')
    return path


def test_reads_3mf_with_its_unit_and_what_it_builds(tmp_path):
    one = read_mesh(threemf(tmp_path / "one.3mf", '<item objectid="1"/>'))
    assert one.size_mm == pytest.approx((20, 30, 40))
    assert open_edges(one) == 0
    pair = '<object id="2"><components><component objectid="1"/>'
    pair += '<component objectid="1" transform="0 1 0 -1 0 0 0 0 1 10 0 0"/></components></object>'
    two = read_mesh(threemf(tmp_path / "two.3mf", '<item objectid="2" transform="1 0 0 0 1 0 0 0 1 5 0 0"/>', pair))
    assert len(two.faces) == 24
    # the second is turned a quarter about z and moved by 10 cm: it lies between 70 and 100 mm, all moved by 50
    assert two.vertices[:, 0].min() == pytest.approx(50)
    assert two.vertices[:, 0].max() == pytest.approx(150)


@pytest.mark.parametrize(
    ("build", "extra", "head"),
    [
        ("", "", ""),
        ('<item objectid="7"/>', "", ""),
        ('<item objectid="1" transform="1 2 3"/>', "", ""),
        ('<item objectid="2"/>', '<object id="2"><components><component objectid="2"/></components></object>', ""),
        ('<item objectid="1"/>', "", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
        ('<item objectid="1"/>', "", "<broken>"),
    ],
)
def test_refuses_a_hostile_3mf(tmp_path, build, extra, head):
    with pytest.raises(InputError, match="bad"):
        read_mesh(threemf(tmp_path / "bad.3mf", build, extra, head=head))


def test_a_3mf_that_multiplies_itself_is_refused(tmp_path):
    many = "".join(
        f'<object id="{k}"><components>{f"<component objectid={chr(34)}{k - 1}{chr(34)}/>" * 9}</components></object>'
        for k in range(2, 14)
    )
    with pytest.raises(InputError):
        read_mesh(threemf(tmp_path / "bomb.3mf", '<item objectid="13"/>', many))


def test_reads_glb_in_metres(tmp_path):
    import trimesh

    trimesh.Trimesh(CUBE_V / 1000, CUBE_F).export(tmp_path / "cube.glb")
    assert read_mesh(tmp_path / "cube.glb", "m").size_mm == pytest.approx((20, 30, 40))


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses_a_hostile_mesh(tmp_path, name):
    (tmp_path / name).write_bytes(HOSTILE[name])
    with pytest.raises(InputError) as error:
        read_mesh(tmp_path / name)
    assert name in str(error.value)
    assert "IndexError" not in str(error.value)


def test_refuses_what_is_too_large(tmp_path):
    cube(tmp_path)
    with pytest.raises(InputError, match="faces"):
        read_mesh(tmp_path / "cube.stl", config=TemplateConfig(max_faces=5))
    with pytest.raises(InputError, match="MB"):
        read_mesh(tmp_path / "cube.stl", config=TemplateConfig(max_mesh_mb=1e-4))
    with pytest.raises(InputError, match="units"):
        read_mesh(tmp_path / "cube.stl", "m", TemplateConfig(max_size_mm=3000))


def test_turns_faces_outward_and_welds():
    soup = CUBE_V[CUBE_F].reshape(-1, 3)
    mesh = tidy("soup", soup, np.arange(len(soup)).reshape(-1, 3)[:, ::-1])
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    assert np.einsum("ij,ij->", np.cross(a, b), c) / 6 == pytest.approx(24000)
    assert len(mesh.vertices) == 8
    assert open_edges(mesh) == 0


def test_an_open_mesh_gets_a_note(tmp_path):
    write_stl(tmp_path / "open.stl", Mesh(CUBE_V, CUBE_F[:-1]))
    write_index(tmp_path, [{"id": "o", "mesh": "open.stl"}])
    assert "not closed" in load_library(tmp_path).notes[0]


def test_a_file_cut_short_and_a_drawing_are_refused(bench, tmp_path):
    whole = tmp_path / "whole.stl"
    write_stl(whole, bench.templates["figure"].mesh)
    (tmp_path / "cut.stl").write_bytes(whole.read_bytes()[:3000])
    with pytest.raises(InputError, match=r"states \d+ faces and holds 58; copy it again"):
        read_mesh(tmp_path / "cut.stl")
    (tmp_path / "flat.obj").write_text("v 0 0 0\nv 10 0 3\nv 0 10 5\nv 10 10 8\nf 1 2 3\nf 2 4 3\n")
    with pytest.raises(InputError, match="flat: it encloses nothing"):
        read_mesh(tmp_path / "flat.obj")


def test_an_entry_that_is_refused_leaves_the_library_as_it_was(bench, tmp_path):
    mesh = bench.templates["box"].mesh
    add_template(tmp_path, mesh, {"id": "a"})
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(InputError):
        add_template(tmp_path, bench.templates["ball"].mesh, {"id": "a", "purpose": "x"}, replace=True)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize(("factor", "words"), [(0.001, ("numbers are m", "not compared")), (1 / 25.4, ("are in",))])
def test_a_mesh_in_another_unit_gets_a_remark(bench, factor, words):
    mesh = bench.templates["figure"].mesh
    assert mesh_remarks(mesh) == []
    ((kind, text),) = mesh_remarks(Mesh(mesh.vertices * factor, mesh.faces))
    assert kind == "size"
    assert all(w in text for w in words)

"""Reading declarations of every form, honest and hostile."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xscan.declaration import DeclarationConfig, read_declaration
from xscan.errors import InputError

DATA = Path(os.environ.get("XSCAN_DATA", Path(__file__).parents[2].parent / "shared" / "data"))


def write(tmp_path: Path, content: str | bytes, name: str = "d.json") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one(tmp_path: Path, **item: object) -> Path:
    return write(tmp_path, json.dumps({"items": [{"description": "cup", "quantity": 1, **item}]}))


def test_the_projects_own_form(tmp_path: Path) -> None:
    text = {
        "schema": "xscan.declaration/1",
        "parcel_id": "P1",
        "channel": "postal",
        "consignor": {"id": "S", "name": "Shop", "country": "CN"},
        "gross_weight_kg": 1.5,
        "items": [
            {"line": 4, "hs_code": "691110", "description": "porcelain cups", "quantity": 2, "net_weight_kg": 0.506}
        ],
    }
    d = read_declaration(write(tmp_path, json.dumps(text)))
    assert (d.parcel_id, d.channel, d.consignor.id, d.consignor.country, d.gross_weight_kg) == (
        "P1",
        "postal",
        "S",
        "CN",
        1.5,
    )
    (item,) = d.items
    assert (item.line, item.hs_code, item.quantity, item.mass_g) == (4, "691110", 2, pytest.approx(506))
    assert d.notes == ()


@pytest.mark.parametrize(
    ("weight", "kg"),
    [
        (0.5, 0.5),
        ("0,36", 0.36),
        ("350 g", 0.35),
        ("12 oz", 0.3401942775),
        ("1 lb 3 oz", 0.5386409387),
        ("1.234,5 g", 1.2345),
        ("0.5公斤", 0.5),
        ("２５０ｇ", 0.25),
    ],
)
def test_weights_and_their_units(tmp_path: Path, weight: object, kg: float) -> None:
    assert read_declaration(one(tmp_path, net_weight_kg=weight)).items[0].net_weight_kg == pytest.approx(kg)


def test_csv_with_a_semicolon_a_mark_and_chinese_names(tmp_path: Path) -> None:
    text = "品名;数量;净重(克);税号\n瓷杯;2;512;6911.10\n".encode("utf-8-sig")
    (item,) = read_declaration(write(tmp_path, text, "d.csv")).items
    assert (item.description, item.quantity, item.hs_code) == ("瓷杯", 2, "691110")
    assert item.net_weight_kg == pytest.approx(0.512)


def test_gb18030_is_understood_and_told(tmp_path: Path) -> None:
    d = read_declaration(write(tmp_path, "品名,数量\n瓷杯,2\n".encode("gb18030"), "d.csv"))
    assert d.items[0].description == "瓷杯"
    assert any("gb18030" in n for n in d.notes)


def test_csv_of_the_projects_columns_keeps_the_parties(tmp_path: Path) -> None:
    text = "parcel_id,consignor_id,line,description,quantity,unit_net_weight_kg\nP9,S-1,1,cup,3,0.2\n"
    d = read_declaration(write(tmp_path, text, "d.csv"))
    assert (d.parcel_id, d.consignor.id, d.items[0].mass_g) == ("P9", "S-1", pytest.approx(600))


def test_carrier_exports_by_their_field_names(tmp_path: Path) -> None:
    fedex = {
        "commodities": [
            {
                "description": "T-shirt",
                "quantity": 2,
                "weight": {"units": "LB", "value": 1},
                "customsValue": {"amount": 10, "currency": "USD"},
                "harmonizedCode": "610910",
                "countryOfManufacture": "BD",
            }
        ]
    }
    (item,) = read_declaration(write(tmp_path, json.dumps(fedex))).items
    assert (item.value, item.currency, item.origin_country, item.hs_code) == (10, "USD", "BD", "610910")
    assert item.net_weight_kg == pytest.approx(0.45359237)
    easypost = {"eel_pfc": "NOEEI", "customs_items": [{"description": "tee", "quantity": 1, "weight": 5}]}
    d = read_declaration(write(tmp_path, json.dumps(easypost)))
    assert d.items[0].net_weight_kg == pytest.approx(0.1417476)
    assert any("oz" in n for n in d.notes)


def test_xml_of_a_postal_form(tmp_path: Path) -> None:
    text = """<?xml version="1.0"?><cn23><sender><name>Li</name><country>CN</country></sender>
    <contents><content><description>cup</description><quantity>2</quantity><weight unit="lb">1.5</weight></content>
    <content><description>book</description><quantity>1</quantity><weight unit="kg">0.4</weight></content></contents>
    </cn23>"""
    d = read_declaration(write(tmp_path, text, "d.xml"))
    assert [i.description for i in d.items] == ["cup", "book"]
    assert d.items[0].net_weight_kg == pytest.approx(0.680388555)
    assert d.consignor.name == "Li"


def test_line_weight_against_unit_weight_is_noted(tmp_path: Path) -> None:
    d = read_declaration(one(tmp_path, quantity=3, net_weight_kg=0.5, unit_net_weight_kg=0.5))
    assert any("3 × the weight of one" in n for n in d.notes)


def test_s10_check_digit(tmp_path: Path) -> None:
    def notes(parcel: str) -> tuple[str, ...]:
        text = json.dumps({"parcel_id": parcel, "items": [{"description": "cup", "quantity": 1}]})
        return read_declaration(write(tmp_path, text)).notes

    assert notes("RR473124829GB") == ()  # the example of UPU S10-12
    assert any("check digit" in n for n in notes("RR473124828GB"))


@pytest.mark.parametrize(
    ("code", "kept", "noted"),
    [
        ("950300", "950300", False),
        ("6911.10.0000", "6911100000", False),
        ("69", "69", False),
        ("691199", "691199", True),
        ("940520", "940520", True),
        ("abc", "", True),
        ("12345678901", "", True),
    ],
)
def test_hs_codes(tmp_path: Path, code: str, kept: str, noted: bool) -> None:
    d = read_declaration(one(tmp_path, hs_code=code))
    assert d.items[0].hs_code == kept
    assert any("HS code" in n for n in d.notes) == noted


def test_hostile_text_becomes_harmless(tmp_path: Path) -> None:
    text = "cup\u0000\u001b[31m\u202egnp.exe<script>\n" + "x" * 10_000
    item = read_declaration(one(tmp_path, description=text)).items[0]
    assert len(item.description) <= 500
    assert item.description.isprintable()
    assert "\u202e" not in item.description


BROKEN = {
    "empty": b"",
    "bytes": bytes(range(256)),
    "not-json": b"{",
    "no-items": b"{}",
    "empty-items": b'{"items": []}',
    "no-description": b'{"items": [{"quantity": 1}]}',
    "no-quantity": b'{"items": [{"description": "cup"}]}',
    "zero": b'{"items": [{"description": "cup", "quantity": 0}]}',
    "nan": b'{"items": [{"description": "cup", "quantity": NaN}]}',
    "inf": b'{"items": [{"description": "cup", "quantity": 1e999}]}',
    "bool": b'{"items": [{"description": "cup", "quantity": true}]}',
    "negative": b'{"items": [{"description": "cup", "quantity": 1, "net_weight_kg": -1}]}',
    "unit": b'{"items": [{"description": "cup", "quantity": 1, "net_weight_kg": "3 stone"}]}',
    "deep": b"[" * 100_000,
    "digits": b'{"items": [{"description": "cup", "quantity": ' + b"9" * 5000 + b"}]}",
    "list-of-numbers": b'{"items": [1, 2]}',
    "dtd": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "xml": b"<a><b></a>",
    "two-parcels": b"parcel_id,description,quantity\nA,cup,1\nB,cup,1\n",
    "ragged": b"description,quantity\ncup,1,2,3\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as error:
        read_declaration(write(tmp_path, BROKEN[name]))
    assert "\n" not in str(error.value)
    assert str(tmp_path) in str(error.value)


def test_missing_large_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_declaration(tmp_path / "none.json")
    with pytest.raises(InputError, match="folder"):
        read_declaration(tmp_path)
    with pytest.raises(InputError, match="larger"):
        read_declaration(write(tmp_path, b" " * (8 << 20) + b"{}"))
    with pytest.raises(InputError, match="at most"):
        read_declaration(write(tmp_path, json.dumps({"items": [{"description": "cup", "quantity": 1}] * 1001})))


def test_the_place_of_a_mistake_is_named(tmp_path: Path) -> None:
    items = [{"description": "cup", "quantity": 1}, {"description": "cup", "quantity": "many"}]
    with pytest.raises(InputError, match=r"items\[1\]\.quantity: expected a number"):
        read_declaration(write(tmp_path, json.dumps({"items": items})))


def test_repeated_line_numbers_are_numbered_anew(tmp_path: Path) -> None:
    items = [{"line": 1, "description": "cup", "quantity": 1}] * 2
    d = read_declaration(write(tmp_path, json.dumps({"items": items})))
    assert [i.line for i in d.items] == [1, 2]
    assert any("Line numbers" in n for n in d.notes)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "d"
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        read_declaration(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(
    item=st.dictionaries(
        st.sampled_from(["description", "quantity", "net_weight_kg", "weight", "value", "hs_code", "line", "origin"]),
        JSON,
    )
)
def test_any_item_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, item: dict[str, object]) -> None:
    path = tmp_path_factory.mktemp("item") / "d.json"
    path.write_text(json.dumps({"items": [item]}))
    with contextlib.suppress(InputError):
        read_declaration(path)


@pytest.mark.skipif(not (DATA / "parcels").exists(), reason="no shared data beside the repository")
def test_shared_declarations_read_without_remarks() -> None:
    for path in sorted((DATA / "parcels").glob("*/declaration.json")):
        d = read_declaration(path)
        assert d.items
        assert d.consignor.id


def test_lines_under_a_name_that_no_table_has_are_found_by_their_descriptions(tmp_path: Path) -> None:
    file = tmp_path / "cn23.json"
    rows = '[{"Detailed description": "mug", "qty": "2 pcs", "Net weight (g)": "620"}]'
    file.write_text('{"CN23": {"Boxes 1 to 6": ' + rows + ', "seals": ["a", "b"]}}', "utf-8")
    item = read_declaration(file).items[0]
    assert (item.description, item.quantity, item.net_weight_kg) == ("mug", 2, 0.62)


def test_a_users_own_names_of_fields(tmp_path: Path) -> None:
    export = tmp_path / "de.csv"
    export.write_text("Warenbezeichnung;Menge;Gewicht (kg)\nKeramiktasse;2;0,7\n")
    with pytest.raises(InputError, match=r"none among Warenbezeichnung, Menge.*declaration\.fields_file"):
        read_declaration(export)
    names = tmp_path / "names.toml"
    names.write_text('[item]\ndescription = "Warenbezeichnung"\nquantity = ["Menge"]\nnet_weight = "Gewicht"\n')
    (item,) = read_declaration(export, config=DeclarationConfig(fields_file=str(names))).items
    assert (item.description, item.quantity, item.net_weight_kg) == ("Keramiktasse", 2, 0.7)
    wrong = write(tmp_path, '[item]\nnetweight = "Gewicht"\n', "wrong.toml")
    with pytest.raises(InputError, match=r"item\.netweight: expected one of line, description"):
        read_declaration(export, config=DeclarationConfig(fields_file=str(wrong)))

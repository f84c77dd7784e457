import json
from dataclasses import replace

import numpy as np
import pytest

from xscan.errors import InputError
from xscan.model import Provenance, Scan, Unit, Volume
from xscan.physics import (
    PhysicsConfig,
    calibrate,
    calibration_table,
    calibration_text,
    parse_calibration,
    quantify,
    read_calibration,
    read_rods,
    rho_e,
    write_calibration,
    z_e,
)


def _check(calibration, rho_limit=0.015, z_limit=0.015):
    rho = np.abs([r.rho_e_error_left_out for r in calibration.residuals])
    number = np.abs([r.z_e_error_left_out for r in calibration.residuals])
    # the rod at the end of the range is extrapolated to
    assert np.sort(rho)[-2] < rho_limit
    assert rho.max() < 0.03
    assert np.median(number) < z_limit
    assert number.max() < 0.04
    assert not any(r.warning for r in calibration.residuals)


def test_rods_left_out_come_back_although_given_some_millimetres_off(found):
    _check(found)
    assert 0 < found.rho_e_rel < 0.02
    assert found.valid["z_e"] == pytest.approx((6.0, 14.07), abs=0.01)


@pytest.mark.parametrize(
    "scanner",
    [
        {"kvp": (80, 140), "filter_mm": (10.0, 30.0), "unit": Unit.HU},
        {"kvp": (120, 180), "filter_mm": (15.0, 40.0), "scale": (21.0, 17.0), "noise": 0.2},
        {"kvp": (100, 160), "unit": Unit.MHU, "names": ("water", "graphite", "teflon", "aluminium", "pvc")},
    ],
)
def test_scanners_of_other_spectra_units_scales_and_rods(make_phantom, scanner):
    calibration = calibrate(*make_phantom(**scanner))
    # with few rods the one left out may lie beyond the others
    _check(calibration, rho_limit=0.02, z_limit=0.02)


def test_quantities_of_the_phantom_show_its_materials(phantom, found):
    scan, rods = phantom
    q = quantify(scan, found)
    assert q.basis == "calibrated"
    assert q.attenuation.unit is Unit.MHU
    y, x = np.meshgrid(*[(np.arange(n) + 0.5) * 2.0 for n in scan.grid.shape[1:]], indexing="ij")
    for rod in rods:
        core = np.hypot(y - rod.centre_mm[1] + 4, x - rod.centre_mm[2] - 4) < 9
        electrons = q.rho_e.array()[2:-2][:, core].mean()
        number = (q.photo.array()[2:-2][:, core].mean() / electrons) ** (1 / q.photo_exponent)
        assert electrons == pytest.approx(rho_e(rod.formula, rod.density_g_cm3), rel=0.02), rod.material
        assert number == pytest.approx(z_e(rod.formula), rel=0.06), rod.material


def test_a_wrong_rod_is_named_and_spoils_no_other(phantom):
    scan, rods = phantom
    wrong = tuple(replace(r, density_g_cm3=1.25) if r.material == "delrin" else r for r in rods)
    calibration = calibrate(scan, wrong)
    warned = {r.material for r in calibration.residuals if r.warning}
    assert warned == {"delrin"}
    good = [abs(r.rho_e_error) for r in calibration.residuals if r.material != "delrin"]
    assert max(good) < 0.02


def test_few_rods_give_a_simpler_model_and_say_so(phantom):
    scan, rods = phantom
    one = calibrate(scan, rods[:1])
    assert one.parameters["low.scatter"] == 0
    assert any("nominal spectrum" in n for n in one.notes)
    assert one.rho_e_rel >= 0.03
    with pytest.raises(InputError, match="at least one rod"):
        calibrate(scan, ())


def test_rods_that_cannot_be_are_refused_by_name(phantom):
    scan, rods = phantom
    with pytest.raises(InputError, match="rod water: centre 900 mm is outside"):
        calibrate(scan, (replace(rods[0], centre_mm=(8.0, 900.0, 50.0)),))
    with pytest.raises(InputError, match="too thin"):
        calibrate(scan, (replace(rods[0], radius_mm=1.0),))


def test_calibration_file_returns_what_was_written(found, tmp_path):
    path = tmp_path / "scanner.json"
    write_calibration(found, path)
    back = read_calibration(path)
    assert calibration_text(back) == calibration_text(found)
    assert json.loads(path.read_text())["residuals"][0]["material"] == "water"
    assert [p.name for p in tmp_path.iterdir()] == ["scanner.json"]
    table = calibration_table(back)
    assert all(r.material in table for r in found.residuals)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "xscan.calibration/1"}', "[" * 100_000])
def test_what_is_no_calibration_is_refused(text):
    with pytest.raises(InputError, match="xscan calibrate"):
        parse_calibration(text, source="thing")


def test_numbers_that_are_not_finite_are_refused(found):
    text = calibration_text(found).replace(f'"rho_e_rel": {found.rho_e_rel}', '"rho_e_rel": NaN')
    with pytest.raises(InputError, match="finite"):
        parse_calibration(text)


def test_another_scanner_or_voltage_is_refused_by_name(phantom, found):
    scan, _ = phantom
    other = Scan(scan.channels, Provenance("other", kvp={"low": 80, "high": 150}))
    with pytest.raises(InputError, match=r"'low' was taken at 100 kVp, this scan's at 80 kVp"):
        quantify(other, found)
    here = Scan(scan.channels, Provenance("other", scanner="B"))
    with pytest.raises(InputError, match="scanner 'A', this scan is of 'B'"):
        quantify(here, replace(found, scanner="A"))
    mono = Scan({"mono": scan.volume("low")}, Provenance("mono"))
    with pytest.raises(InputError, match="channel 'low', this scan has mono"):
        quantify(mono, found)
    low = scan.volume("low")
    units = Scan({**scan.channels, "low": Volume(low.grid, low.stored, Unit.HU)}, Provenance("units"))
    with pytest.raises(InputError, match="was in '1/cm', this scan's is in 'HU'"):
        quantify(units, found)


def test_single_energy_calibrates_its_scale_alone(phantom):
    scan, rods = phantom
    mono = Scan({"mono": scan.volume("low")}, Provenance("mono", kvp={"mono": 100}))
    calibration = calibrate(mono, rods)
    q = quantify(mono, calibration)
    assert q.rho_e is None
    assert q.photo is None
    core = q.attenuation.array()[4:6, 58:62, 96:99]  # the water rod
    assert core.mean() == pytest.approx(1000, rel=0.03)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("{}", "names no rods"),
        ("nonsense", "not JSON"),
        ('{"rods": [{"material": "x", "formula": "Zz"}]}', "centre_mm"),
        ('{"rods": [{"material": "x", "formula": "Zz", "centre_mm": [1, 2, 3]}]}', "'Zz'"),
        ('{"rods": [{"formula": "C", "centre_mm": [1, 2, 3], "density_g_cm3": -1}]}', "density_g_cm3"),
    ],
)
def test_wrong_rod_files_are_named(tmp_path, content, word):
    path = tmp_path / "rods.json"
    path.write_text(content)
    with pytest.raises(InputError, match=word) as error:
        read_rods(path)
    assert str(path) in str(error.value)


def test_settings_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="extra"):
        PhysicsConfig(search=3)

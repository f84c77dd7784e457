"""Headers that are read by the layout of one before say what a walk over their elements says."""

from dataclasses import fields

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from xscan.errors import InputError
from xscan.io import load
from xscan.io.dicom.elements import Elements
from xscan.io.dicom.image import read_image
from xscan.io.dicom.layout import Layouts


def positions(count):
    return np.arange(count)[:, None] * 0.5 * np.array([0.0, 0.0, 1.0])


def said(thing):
    """Elements as plain values; anything else as it is."""
    if not isinstance(thing, Elements):
        return thing
    return {tag: (e.vr, e.value, e.length, [said(item) for item in e.items]) for tag, e in thing.elements.items()}


def alike(one, other):
    """Whether two images say the same, elements and all."""
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if field.name != "parsed":
            assert a == b, field.name
            continue
        for part in fields(a):
            assert said(getattr(a, part.name)) == said(getattr(b, part.name)), part.name


def changed(path, **values):
    data = pydicom.dcmread(path)
    for name, value in values.items():
        setattr(data, name, value)
    data.save_as(path)


@pytest.mark.parametrize("syntax", [None, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_the_same_as_a_walk(tmp_path, phantom, write_series, syntax):
    extra = {} if syntax is None else {"syntax": syntax}
    paths = write_series(tmp_path / "s", np.repeat(phantom, 3, axis=0), positions(18), **extra)
    for n, path in enumerate(paths[3:9]):
        values = {"RescaleSlope": n + 1, "KVP": 80 + n, "AcquisitionTime": f"0304{n:02d}", "Modality": "CT"}
        changed(path, **{list(values)[n % 4]: list(values.values())[n % 4]})
    layouts, by_layout = Layouts(), 0
    for path in paths:
        walked, known = read_image(path), layouts.read(path)
        if known is None:
            layouts.learn(walked)
        else:
            by_layout += 1
            alike(known, walked)
    assert by_layout >= 9


def item(text):
    inner = Dataset()
    inner.ReferencedSOPInstanceUID = text
    return inner


def test_lengths_that_are_not_told_are_walked_over(tmp_path, phantom, write_series):
    """Behind a sequence without a length the places hang on the bytes in it: they must be the same."""
    paths = write_series(tmp_path / "s", phantom, positions(6))
    for path, uid in zip(paths, ("1.2", "1.2", "1.4", "1.2", "1.2.3", "1.2"), strict=True):
        data = pydicom.dcmread(path)
        data.ReferencedImageSequence = Sequence([item(uid)])
        data["ReferencedImageSequence"].is_undefined_length = True
        data.save_as(path)
    layouts = Layouts()
    layouts.learn(read_image(paths[0]))
    assert [layouts.read(path) is not None for path in paths] == [True, True, False, True, False, True]
    alike(layouts.read(paths[3]), read_image(paths[3]))


def test_another_header_does_not_fit(tmp_path, phantom, write_series):
    paths = write_series(tmp_path / "s", phantom, positions(6))
    layouts = Layouts()
    layouts.learn(read_image(paths[0]))
    changed(paths[1], PatientComments="one more element")
    changed(paths[2], BitsStored=12, HighBit=11)
    (tmp_path / "short").write_bytes(paths[3].read_bytes()[:300])
    (tmp_path / "empty").write_bytes(b"")
    assert layouts.read(paths[1]) is None
    assert layouts.read(paths[2]).bits_stored == 12  # of the same layout, with a value that tells
    assert layouts.read(tmp_path / "short") is None
    assert layouts.read(tmp_path / "empty") is None


def test_a_file_cut_off_behind_its_header_is_named(tmp_path, phantom, write_series):
    paths = write_series(tmp_path / "s", phantom, positions(6))
    paths[4].write_bytes(paths[4].read_bytes()[:-5])
    with pytest.raises(InputError, match=rf"{paths[4].name}.*cut off"):
        load(tmp_path / "s").volume("mono").array()


def test_a_file_cut_off_after_it_was_opened_is_named(tmp_path, phantom, write_series):
    paths = write_series(tmp_path / "s", phantom, positions(6))
    stored = load(tmp_path / "s").volume("mono").stored
    paths[2].write_bytes(paths[2].read_bytes()[:-5])
    with pytest.raises(InputError, match=rf"{paths[2].name}.*cut off"):
        stored[...]


def test_an_element_said_twice_is_walked_over(tmp_path, phantom, write_series):
    paths = write_series(tmp_path / "s", phantom, positions(6))
    raw = paths[0].read_bytes()
    at = raw.index(b"\x20\x00\x13\x00IS")
    length = int.from_bytes(raw[at + 6 : at + 8], "little")
    paths[0].write_bytes(raw[:at] + raw[at : at + 8 + length] + raw[at:])
    layouts = Layouts()
    layouts.learn(read_image(paths[0]))
    assert layouts.read(paths[0]) is None

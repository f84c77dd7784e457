"""Bombs: little files that promise much. Each is refused, or read by slab, in a second and in little memory."""

import struct
import subprocess
import sys
import textwrap
import zlib

import h5py
import numpy as np
import pytest
import tifffile

from xscan.errors import InputError
from xscan.io import IoConfig, load

GIGABYTE = (1000, 1000, 1000)


@pytest.fixture(scope="module")
def zeros():
    """1 GB of zeros as a raw deflated stream, made of one block again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(10**7)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * 100 + packer.flush()


def tiff_of_one_strip(count):
    """`count` pages of 10 MB that all point to the same 10 kB."""
    strip = zlib.compress(bytes(10**7), 9)
    data = b"II*\0" + struct.pack("<I", 8 + len(strip)) + strip
    for page in range(count):
        tags = (
            (256, 1000),
            (257, 10000),
            (258, 8),
            (259, 8),
            (262, 1),
            (273, 8),
            (277, 1),
            (278, 10000),
            (279, len(strip)),
        )
        data += struct.pack("<H", len(tags))
        data += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        data += struct.pack("<I", 0 if page == count - 1 else len(data) + 4)
    return data


@pytest.fixture(scope="module")
def bombs(tmp_path_factory, zeros):
    folder = tmp_path_factory.mktemp("bombs")
    head = b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 1000 1000 1000\nencoding: gzip\n\n"
    gzip_head, zlib_head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x78\xda"
    (folder / "bomb.nrrd").write_bytes(head + gzip_head + zeros)
    head = b"NDims = 3\nDimSize = 1000 1000 1000\nElementType = MET_UCHAR\nCompressedData = True\n"
    (folder / "bomb.mha").write_bytes(head + b"ElementDataFile = LOCAL\n" + zlib_head + zeros)
    attrs = {"format": "xscan-scan", "version": 1, "modality": "CT", "voxel_size_mm": (1.0, 1.0, 1.0)}
    for name, chunks in (("bomb.h5", (10, 1000, 1000)), ("chunk.h5", GIGABYTE), ("sparse.h5", (64, 64, 64))):
        with h5py.File(folder / name, "w") as file:
            file.attrs.update(attrs)
            dataset = file.create_dataset("scan/mono", GIGABYTE, "u1", chunks=chunks, compression="gzip")
            if name == "bomb.h5":
                packed = zlib.compress(bytes(10**7), 9)
                for z in range(0, 1000, 10):
                    dataset.id.write_direct_chunk((z, 0, 0), packed)
            elif name == "chunk.h5":
                dataset.id.write_direct_chunk((0, 0, 0), zlib_head + zeros)
    elements = struct.pack("<HH2sHI", 0x0008, 0x0016, b"UI", 0, 0)[:8]
    for tag, vr, value in (
        ((0x0008, 0x0016), b"UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
        ((0x0008, 0x0060), b"CS", b"CT"),
        ((0x0028, 0x0008), b"IS", b"1000"),
        ((0x0028, 0x0010), b"US", struct.pack("<H", 1000)),
        ((0x0028, 0x0011), b"US", struct.pack("<H", 1000)),
        ((0x0028, 0x0100), b"US", struct.pack("<H", 8)),
    ):
        elements += struct.pack("<HH2sH", *tag, vr, len(value)) + value
    elements += struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 10**9)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(elements) + packer.flush(zlib.Z_FULL_FLUSH) + zeros
    uid = b"1.2.840.10008.1.2.1.99"
    meta = b"\0" * 128 + b"DICM" + struct.pack("<HH2sH", 2, 0x10, b"UI", len(uid)) + uid
    (folder / "bomb.dcm").write_bytes(meta + body)
    (folder / "bomb.tif").write_bytes(tiff_of_one_strip(100))
    return folder


BOMBS = ["bomb.nrrd", "bomb.mha", "bomb.h5", "chunk.h5", "sparse.h5", "bomb.dcm", "bomb.tif"]


def test_refused_in_one_line_and_little_memory(bombs):
    code = """
        import resource, sys, time
        from pathlib import Path
        import h5py, nrrd, tifffile
        from xscan.errors import InputError
        from xscan.io import load
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for path in sorted(Path(sys.argv[1]).iterdir()):
            start = time.perf_counter()
            try:
                load(path)
            except InputError as error:
                assert path.name in str(error) and "\\n" not in str(error)
                print(time.perf_counter() - start)
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(bombs)], capture_output=True, text=True, check=True
    )
    *seconds, megabytes = map(float, run.stdout.split())
    assert len(seconds) == len(BOMBS)
    assert max(seconds) < 2
    assert megabytes < 120


@pytest.mark.parametrize("name", [b for b in BOMBS if b not in ("chunk.h5", "sparse.h5")])
def test_read_by_slab_where_allowed(bombs, name):
    scan = load(bombs / name, config=IoConfig(max_ratio=1e9, max_gb=0.1))
    volume = scan.volume("mono")
    assert np.prod(volume.grid.shape) == 10**9
    assert not volume.stored[3:5].any()
    with pytest.raises(InputError, match="needs"):
        volume.array()


def test_deep_sequences_and_wild_lengths(tmp_path):
    start = b"\0" * 128 + b"DICM"
    deep = b"".join(
        struct.pack("<HH2sHIHHI", 0x5200, 0x9229, b"SQ", 0, 0xFFFFFFFF, 0xFFFE, 0xE000, 0xFFFFFFFF) for _ in range(5000)
    )
    wild = struct.pack("<HH2sHI", 0x5200, 0x9229, b"SQ", 0, 0xFFFFFFF0)
    many = struct.pack("<HH2sH", 0x0008, 0x0008, b"CS", 0) * 400_000
    for name, body in (("deep", deep), ("wild", wild), ("many", many)):
        (tmp_path / name).write_bytes(start + body)
        with pytest.raises(InputError, match="damaged DICOM"):
            load(tmp_path / name)


def test_folders_and_files_that_hold_nothing(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="folder is empty"):
        load(tmp_path / "empty")
    (tmp_path / "zero").write_bytes(b"")
    with pytest.raises(InputError, match="file is empty"):
        load(tmp_path / "zero")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(InputError, match="not a scan of a known form"):
        load(tmp_path / "text")
    with pytest.raises(InputError, match="no scan that is a folder"):
        load(tmp_path)


def test_hostile_ome_text(tmp_path):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><OME>&b;</OME>'
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((4, 5), np.uint8), description=bomb, metadata=None)
    assert load(tmp_path / "a.tif").grid.voxel_size_mm == (1, 1, 1)

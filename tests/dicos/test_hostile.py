"""Files made to do harm: each is one line, within a second and 200 MB, for every door of the package."""

import struct
import subprocess
import sys
import textwrap

import pydicom
import pytest

from xscan.dicos import tdr_bytes, write_scan

DICM = b"\0" * 128 + b"DICM"
EXPLICIT, RLE = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"
TDR = b"1.2.840.10008.5.1.4.1.1.501.3\0"
CT = b"1.2.840.10008.5.1.4.1.1.501.1\0"


def element(tag, vr, value):
    group, number = tag >> 16, tag & 0xFFFF
    if vr in (b"OB", b"OW", b"SQ"):
        return struct.pack("<HH2sHI", group, number, vr, 0, len(value)) + value
    return struct.pack("<HH2sH", group, number, vr, len(value)) + value


def meta(sop_class, syntax=EXPLICIT):
    body = element(0x00020002, b"UI", sop_class) + element(0x00020010, b"UI", syntax)
    return DICM + element(0x00020000, b"UL", struct.pack("<I", len(body))) + body


def named(sop_class, syntax=EXPLICIT):
    return meta(sop_class, syntax) + element(0x00080016, b"UI", sop_class)


@pytest.fixture
def hostile(tmp_path, scan, report):
    folder = tmp_path / "hostile"
    folder.mkdir()

    def put(name, data):
        (folder / name).write_bytes(data)

    deep = struct.pack("<HH2sHI", 0x4010, 0x1011, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    put("deep", named(TDR) + deep * 100_000)
    put("beyond", named(TDR) + struct.pack("<HH2sHI", 0x4010, 0x1011, b"SQ", 0, 0xFFFFFFF0))
    items = struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 500_000
    put("items", named(TDR) + struct.pack("<HH2sHI", 0x4010, 0x1011, b"SQ", 0, len(items)) + items)
    put("many", named(TDR) + struct.pack("<HH2sH", 0x0009, 0x1001, b"CS", 0) * 2_000_000)
    with (folder / "sparse").open("wb") as file:  # 3 GB of one value, which the disk does not hold
        file.write(named(TDR) + struct.pack("<HH2sHI", 0x4010, 0x1006, b"OB", 0, 3_000_000_000))
        file.truncate(3_000_001_000)
    whole = tdr_bytes(report)
    put("cut", whole[: len(whole) // 2])
    box = whole.index(struct.pack("<HH2s", 0x4010, 0x1005, b"FL")) + 8
    put("box", whole[:box] + struct.pack("<3f", 6e4, 6e4, 6e4) + whole[box + 12 :])
    put("nan", whole[:box] + struct.pack("<3f", float("nan"), 1, 1) + whole[box + 12 :])
    size = element(0x00280008, b"US", b"\xff\xff") + element(0x00280010, b"US", b"\xff\xff")
    size += element(0x00280011, b"US", b"\xff\xff") + element(0x00280100, b"US", b"\x10\0")
    put("promise", named(CT) + size + element(0x7FE00010, b"OW", bytes(1000)))
    small = (
        element(0x00280008, b"US", b"\2\0") + element(0x00280010, b"US", b"\2\0") + element(0x00280011, b"US", b"\2\0")
    )
    small += element(0x00280100, b"US", b"\x10\0")
    fragments = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF)
    fragments += struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 200_000
    put("fragments", named(CT, RLE) + small + fragments)
    low, _ = write_scan(tmp_path / "s.dcs", scan)
    data = low.read_bytes()
    put("short", data[:-100])
    return folder


def test_every_door_says_one_line_in_a_second_and_little_memory(hostile):
    code = """
        import resource, sys, time
        from pathlib import Path
        import pydicom.datadict
        from xscan.dicos import check, dump, read_scan, read_tdr
        from xscan.errors import InputError
        doors = {"check": check, "dump": dump, "tdr": read_tdr, "scan": lambda p: read_scan(p).volume("mono").array()}
        for warm in ("cut", "short"):  # what is imported late
            for door in doors.values():
                try:
                    door(Path(sys.argv[1]) / warm)
                except InputError:
                    pass
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for path in sorted(Path(sys.argv[1]).iterdir()):
            for name, door in doors.items():
                start = time.process_time()
                try:
                    door(path)
                    said = "read"
                except InputError as error:
                    said = str(error)
                    assert "\\n" not in said and len(said) < 1000, said
                print(path.name, name, f"{time.process_time() - start:.3f}", said[:60].replace(" ", "_"))
        print("memory", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(hostile)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    *lines, memory = run.stdout.splitlines()
    assert len(lines) == 4 * len(list(hostile.iterdir()))
    for line in lines:
        _, door, seconds, said = line.split()
        assert float(seconds) < 1, line
        if said == "read":
            assert door in ("check", "dump"), line  # which tell what is wrong rather than refuse
    assert float(memory.split()[1]) < 200


def test_a_cut_scan_is_named_by_the_check(hostile):
    from xscan.dicos import check

    assert "the file holds" in next(p.message for p in check(hostile / "short") if p.tag == 0x7FE00010)


def test_html_of_hostile_text_is_escaped(tmp_path, report):
    from dataclasses import replace

    from xscan.dicos import dump, dump_html, dump_text, write_tdr

    path = write_tdr(tmp_path / "a.tdr", replace(report, object_id="<script>alert(1)</script>\x1b[31m"))
    lines = dump(path)
    page = dump_html(lines, "<b>")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<title>&lt;b&gt;</title>" in page
    assert "\x1b" not in dump_text(lines)


def test_a_dump_tells_every_element(tmp_path, report):
    from xscan.dicos import dump, dump_text, write_tdr

    path = write_tdr(tmp_path / "a.tdr", report)
    lines = dump(path)

    def count(data):
        return sum(1 + sum(count(i) for i in e.value) if e.VR == "SQ" else 1 for e in data)

    data = pydicom.dcmread(path)
    assert len(lines) == len(data.file_meta) + count(data)
    text = dump_text(lines)
    assert "(4010,1017) FL Mass: 12.5" in text
    assert "(4010,1006) OB Threat ROI Bitmap: 4 bytes" in text
    assert "(0020,000D) UI Scan Instance UID: 1.2.3" in text
    assert "and 1 more" in dump_text(dump(path, most_items=1))

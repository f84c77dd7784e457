"""Scanners that send, that are refused, and that fall silent midway."""

import socket
import time

import numpy as np
import pytest

from xscan.dicos import Caller, Receiver, check, read_scan, read_tdr, write_scan, write_tdr
from xscan.dicos.config import DicosConfig
from xscan.dicos.receiving import CLASSES
from xscan.errors import UsageError, XscanError

pynetdicom = pytest.importorskip("pynetdicom", reason="the extra `net` is not installed")
EXPLICIT = "1.2.840.10008.1.2.1"


@pytest.fixture
def lines():
    return []


@pytest.fixture
def receiver(tmp_path, lines):
    arrived = []
    with Receiver(tmp_path / "out", port=0, say=lines.append, arrived=arrived.append) as found:
        found.scans = arrived
        yield found


def connect(receiver, title="SCANNER", classes=("1", "1.3", "2.2", "3")):
    entity = pynetdicom.AE(ae_title=title)
    for ending in classes:
        uid = f"1.2.840.10008.5.1.4.1.1.501.{ending}" if len(ending) < 9 else ending
        entity.add_requested_context(uid, EXPLICIT)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 10
    return entity.associate("127.0.0.1", receiver.port)


def send(assoc, path):
    return assoc.send_c_store(path).Status


def wait(condition):
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "waited for 10 s"
        time.sleep(0.02)


def test_a_scan_arrives_whole_when_its_sender_has_finished(tmp_path, receiver, lines, scan, report):
    paths = [*write_scan(tmp_path / "s.dcs", scan), write_tdr(tmp_path / "t.tdr", report)]
    assoc = connect(receiver)
    statuses = [send(assoc, p) for p in paths[:2]]
    assert statuses == [0, 0]
    assert [p.name for p in receiver.out.iterdir()] == [".incoming"]  # nothing is shown before the end
    assoc.release()
    wait(lambda: receiver.scans)
    (folder,) = receiver.scans
    back = read_scan(folder)
    assert list(back.channels) == ["low", "high"]
    for name, volume in scan.volumes.items():
        np.testing.assert_array_equal(back.volume(name).stored[...], volume.stored)
    assert not any(p.severity == "error" for file in folder.iterdir() for p in check(file))
    assert "2 files from SCANNER at 127.0.0.1" in lines[-1]
    assoc = connect(receiver)
    assert send(assoc, paths[2]) == 0
    assoc.release()
    wait(lambda: len(receiver.scans) == 2)
    (file,) = receiver.scans[1].iterdir()
    assert read_tdr(file).as_dict()["objects"] == read_tdr(paths[2]).as_dict()["objects"]


def test_a_scan_cut_off_midway_is_kept_aside_and_named(tmp_path, receiver, lines, scan):
    low, high = write_scan(tmp_path / "s.dcs", scan)
    assoc = connect(receiver)
    assert send(assoc, low) == 0
    # the connection breaks within the second file: its first part is sent as the sender would, then nothing
    from pynetdicom.dimse_messages import C_STORE_RQ
    from pynetdicom.dimse_primitives import C_STORE

    request = C_STORE()
    request.MessageID, request.Priority = 2, 2
    request.AffectedSOPClassUID = "1.2.840.10008.5.1.4.1.1.501.1"
    request.AffectedSOPInstanceUID = "1.2.3"
    import io

    request.DataSet = io.BytesIO(high.read_bytes()[400:])
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    pieces = list(message.encode_msg(assoc.accepted_contexts[0].context_id, 512))
    for piece in pieces[: len(pieces) // 2]:
        assoc.dul.send_pdu(piece)
    wait(lambda: (receiver.out / ".incoming").exists())
    time.sleep(0.5)
    assoc.abort()
    wait(lambda: (receiver.out / "incomplete").exists() and any("cut off" in line for line in lines))
    assert not receiver.scans
    (kept,) = (receiver.out / "incomplete").iterdir()
    names = sorted(p.name for p in kept.rglob("*") if p.is_file())
    assert len(names) == 2
    assert "cut-off.part" in names
    assert str(kept) in lines[-1]
    assert "after 1 whole files and a part of another" in lines[-1]
    assert {p.name for p in receiver.out.iterdir()} == {".incoming", "incomplete"}


def test_what_is_neither_ct_nor_dx_nor_tdr_is_refused(receiver):
    assoc = connect(receiver, classes=("1.2.840.10008.5.1.4.1.1.4",))  # MR
    assert not assoc.is_established  # aborted by the sender: no context was accepted
    assoc = connect(receiver, classes=("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2"))
    assert [c.abstract_syntax for c in assoc.accepted_contexts] == ["1.2.840.10008.5.1.4.1.1.2"]
    assoc.release()


def test_every_class_and_an_echo(receiver):
    entity = pynetdicom.AE()
    for uid in CLASSES:
        entity.add_requested_context(uid, ["1.2.840.10008.1.2.4.70", EXPLICIT])
    entity.add_requested_context("1.2.840.10008.1.1")
    assoc = entity.associate("127.0.0.1", receiver.port)
    assert len(assoc.accepted_contexts) == len(CLASSES) + 1
    assert assoc.send_c_echo().Status == 0
    assoc.release()


def test_damaged_files_are_refused(tmp_path, receiver, lines, scan):
    low, _ = write_scan(tmp_path / "s.dcs", scan)
    import pydicom

    data = pydicom.dcmread(low)
    data.PixelData = data.PixelData[:100]
    data.save_as(tmp_path / "short.dcs")
    other = pydicom.dcmread(low)
    other.SOPInstanceUID = "1.2.3"
    assoc = connect(receiver)
    assert send(assoc, tmp_path / "short.dcs") == 0xC000
    assert "need 960 bytes" in lines[-1]
    assert send(assoc, low) == 0
    assoc.release()
    wait(lambda: receiver.scans)
    assert len(list(receiver.scans[0].iterdir())) == 1


def test_another_file_of_the_same_uid_does_not_replace_the_first(tmp_path, receiver, lines, scan):
    low, _ = write_scan(tmp_path / "s.dcs", scan)
    for _ in range(2):  # the same file again is no harm
        assoc = connect(receiver)
        assert send(assoc, low) == 0
        assoc.release()
    wait(lambda: len(receiver.scans) == 2)
    import pydicom

    data = pydicom.dcmread(low)
    data.PixelData = bytes(len(data.PixelData))
    data.save_as(tmp_path / "other.dcs")
    assoc = connect(receiver)
    assert send(assoc, tmp_path / "other.dcs") == 0x0111
    assoc.release()
    (file,) = receiver.scans[0].iterdir()
    np.testing.assert_array_equal(read_scan(file).volume("mono").stored[...], scan.volume("low").stored)


def test_callers_not_on_the_list_are_refused(tmp_path, lines):
    callers = (Caller.parse("SCANNER@127.0.0.1"), Caller.parse("FAR@10.0.0.1"), Caller.parse("ANY"))
    with Receiver(tmp_path / "out", port=0, callers=callers, say=lines.append) as receiver:
        for title, allowed in (("SCANNER", True), ("ANY", True), ("FAR", False), ("scanner", False)):
            assoc = connect(receiver, title)
            assert assoc.is_established == allowed, title
            if allowed:
                assoc.release()
    assert sum("not on the list" in line for line in lines) == 2


def test_where_it_may_listen(tmp_path):
    with pytest.raises(UsageError, match="callers"):
        Receiver(tmp_path, host="0.0.0.0")
    with pytest.raises(UsageError, match="title"):
        Receiver(tmp_path, title="much too long a name")
    with pytest.raises(UsageError, match="caller"):
        Caller.parse("A" * 17)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(XscanError, match="cannot listen"):
            Receiver(tmp_path, port=taken.getsockname()[1]).start()


def test_a_file_larger_than_allowed_cuts_its_sender_off(tmp_path, lines, scan):
    low, _ = write_scan(tmp_path / "s.dcs", scan)
    with Receiver(tmp_path / "out", port=0, config=DicosConfig(max_gb=1e-6), say=lines.append) as receiver:
        assoc = connect(receiver)
        assert not assoc.send_c_store(low)
        wait(lambda: any("more than" in line for line in lines))
    assert not any(p.suffix == ".dcs" for p in (tmp_path / "out").rglob("*") if "incomplete" not in p.parts)


def test_what_an_earlier_run_left_is_kept_aside(tmp_path, lines):
    left = tmp_path / "out" / ".incoming" / "1-1" / "1.2.3"
    left.mkdir(parents=True)
    (left / "a.dcs").write_bytes(b"half")
    with Receiver(tmp_path / "out", port=0, say=lines.append):
        pass
    assert (tmp_path / "out" / "incomplete" / "1-1" / "1.2.3" / "a.dcs").read_bytes() == b"half"
    assert "half received" in lines[0]

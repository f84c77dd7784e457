import dataclasses
import json

import numpy as np
import pytest

from xscan.bench import KERNELS, Case, Peer, line, markdown, parcel, rows
from xscan.bench.measure import measure

SMALL = parcel((36, 40, 44))


def test_a_parcel_is_the_same_each_time_and_has_goods():
    again = parcel((36, 40, 44))
    np.testing.assert_array_equal(SMALL.volume, again.volume)
    assert 0.01 < SMALL.mask().mean() < 0.9
    assert SMALL.name == "36×40×44"
    assert parcel((40, 40, 40)).name == "40³"
    assert SMALL.half().shape == (18, 20, 22)
    assert not np.array_equal(parcel((36, 40, 44), seed=2).volume, SMALL.volume)


@pytest.mark.parametrize("kernel", ["label", "component_statistics", "fill_holes", "label_slabs"])
def test_rows_compare_with_every_installed_peer(kernel):
    missing = []
    found = list(rows(SMALL, kernels=(kernel,), threads=(1, 2), limit_s=0.0, missing=missing.append))
    assert found
    assert all(row.equal for row in found)
    assert {row.threads for row in found} == {1, 2}
    for row in found:
        assert 0 < row.spread[0] <= row.seconds <= row.spread[1]
        assert (row.ratio is None) == (row.peer is None)
        json.dumps(dataclasses.asdict(row))
    assert "NOT EQUAL" not in "".join(map(line, found))
    assert markdown(found).startswith("### 36×40×44\n\n| kernel |")


def test_a_wrong_result_is_told():
    ones = np.ones(5)
    case = Case("k", "c", lambda t: ones, {"other": Peer(lambda: ones * 2, lambda a, b: bool((a == b).all()))}, 40)
    (row,) = measure(case, "s", (1,), {1: 1e9}, 0.0)
    assert not row.equal
    assert "NOT EQUAL" in line(row)
    assert markdown([row]).endswith("| NO |")
    wavering = iter(range(100))
    case = Case("k", "c", lambda t: ones * next(wavering), {"other": Peer(lambda: ones, lambda a, b: True)})
    assert not next(measure(case, "s", (1,), {1: 1e9}, 0.0)).equal


def test_peers_that_are_not_installed_are_left_out(monkeypatch):
    monkeypatch.setattr("xscan.bench.cases_label.installed", lambda name: None)
    missing = []
    found = list(rows(SMALL, kernels=("label",), case="> threshold, 6, given", threads=(1,), missing=missing.append))
    assert missing == ["cc3d"]
    assert [row.peer for row in found] == [None]
    assert "| — |" in markdown(found)
    assert found[0].equal


def test_every_kernel_makes_cases():
    for name, make in KERNELS.items():
        first = next(iter(make(SMALL)))
        assert first.kernel, name
        assert first.peers or first.ours, name

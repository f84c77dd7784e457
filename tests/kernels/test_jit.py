import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import xscan_kernels
from xscan_kernels._pool import enough, run, slabs, thread_count


def python(code, **environment):
    given = {name: value for name, value in os.environ.items() if name != "NUMBA_DISABLE_JIT"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**given, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_does_not_load_numba():
    assert python("import sys, xscan_kernels; print('numba' in sys.modules)") == "False"


def test_every_public_name_is_there_and_documented():
    for name in xscan_kernels.__all__:
        assert getattr(xscan_kernels, name).__doc__
    assert set(xscan_kernels.__all__) <= set(dir(xscan_kernels))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = xscan_kernels.nothing


def test_a_second_process_reads_what_the_first_compiled(tmp_path):
    code = (
        "import numpy as np, xscan_kernels as k; from xscan_kernels import _maps;"
        "k.dual_energy_polynomial(np.ones((1, 1, 2)), np.ones((1, 1, 2)), np.ones((1, 1, 1)));"
        "print(k.cache_folder()); print(sum(_maps.polynomial_map.stats.cache_hits.values()))"
    )
    environment = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    folder, hits = python(code, **environment).splitlines()[-2:]
    assert hits == "0"
    assert xscan_kernels._jit.source_hash() in folder
    assert python(code, **environment).splitlines()[-1] == "1"


def test_kernels_run_where_nothing_can_be_written(tmp_path):
    closed = tmp_path / "file"
    closed.write_text("")
    code = "import xscan_kernels._jit as j; j._private_folder = lambda f: False; assert j.cache_folder() is None;"
    assert python(code, XDG_CACHE_HOME=str(closed / "no")) == ""


def test_plain_python_gives_the_same():
    code = (
        "import numpy as np, xscan_kernels as k; r = np.random.default_rng(0); m = r.random((3, 4, 70)) < 0.4;"
        "g = r.integers(0, 9, m.shape).astype(np.uint16);"
        "a, n = k.label(m, connectivity=26, min_size=2); b, _ = k.label(g); s = k.region_statistics(a, (g,));"
        "parts = [a, b, s.sum[:, 1:], s.second_moments[1:], k.median3(g), k.distance(m), k.closing(m, 1.5),"
        "k.fill_holes(~m), k.watershed(g, a), k.surface_area(a), k.gaussian(g, 0.5), k.h_maxima(g, 2)];"
        "print([float(np.round(p.astype(float).sum() * (1 + np.isnan(p).sum()), 2)) for p in parts])"
    )
    assert python(code, NUMBA_DISABLE_JIT="1") == python(code)


def test_threads_are_capped(monkeypatch):
    monkeypatch.setenv("XSCAN_THREADS", "3")
    assert thread_count(8) == 3
    assert thread_count(2) == 2
    monkeypatch.setenv("XSCAN_THREADS", "many")
    with pytest.raises(ValueError, match="XSCAN_THREADS: got 'many'"):
        thread_count(None)
    monkeypatch.delenv("XSCAN_THREADS")
    assert thread_count(None) >= 1
    with pytest.raises(ValueError, match="threads: got True"):
        thread_count(True)


def test_results_come_in_order_and_errors_come_out():
    assert run(lambda a: a * a, [(i,) for i in range(50)], 4) == [i * i for i in range(50)]
    with pytest.raises(ZeroDivisionError):
        run(lambda a: 1 / a, [(1,), (0,), (2,)], 2)


def test_slabs_part_a_range():
    assert slabs(10, 3) == [(0, 3), (3, 6), (6, 10)]
    assert slabs(2, 8) == [(0, 1), (1, 2)]
    assert slabs(0, 4) == []


def test_many_callers_at_once_get_their_own_results():
    volumes = [np.random.default_rng(i).random((8, 9, 70)) < 0.3 for i in range(12)]
    alone = [xscan_kernels.label(v)[0] for v in volumes]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda v: xscan_kernels.label(v, threads=2)[0], volumes))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


def test_few_voxels_are_not_worth_many_threads(monkeypatch):
    monkeypatch.setattr("xscan_kernels._pool.WORTH", 100)
    assert [enough(4, voxels) for voxels in (0, 99, 250, 10_000)] == [1, 1, 2, 4]

"""``import xscan.dicos`` on its own: light, and every public name is there."""

import subprocess
import sys

import xscan.dicos


def test_every_public_name_is_there():
    for name in xscan.dicos.__all__:
        assert getattr(xscan.dicos, name).__doc__
    assert sorted(xscan.dicos.__all__) == sorted({*xscan.dicos._HOME, "write_scan"})


def test_importing_it_imports_nothing_heavy():
    code = (
        "import sys, xscan.dicos\n"
        "heavy = {'numba', 'numpy', 'scipy', 'cv2', 'h5py', 'pydicom', 'highdicom', 'pynetdicom'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_reading_a_report_needs_neither_scipy_nor_the_kernels(tmp_path, report):
    path = xscan.dicos.write_tdr(tmp_path / "a.tdr", report)
    code = (
        "import sys\nfrom xscan import dicos\n"
        "assert dicos.read_tdr(sys.argv[1]).alarm == 'ALARM' and not dicos.check(sys.argv[1])\n"
        "heavy = {'numba', 'scipy', 'cv2', 'skimage', 'trimesh', 'highdicom', 'pynetdicom'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr

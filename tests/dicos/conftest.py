"""Scans and reports small enough to be written and read a hundred times; the reference toolkit as an oracle."""

import json
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import numpy as np
import pytest

from xscan.dicos import Assessment, Device, Reference, Threat, ThreatReport
from xscan.model import Grid, Projection, Provenance, Scan, Unit, Volume

WHEN = datetime(2026, 11, 22, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def scan():
    """Two energies whose every voxel differs, on an oblique grid."""
    array = np.arange(6 * 8 * 10, dtype=np.uint16).reshape(6, 8, 10)
    c, s = np.cos(0.3), np.sin(0.3)
    grid = Grid(array.shape, (2.5, 0.8, 0.7), (-20, -30, 40), np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))
    channels = {"low": Volume(grid, array, Unit.MHU), "high": Volume(grid, array[::-1].copy(), Unit.MHU, 0.5, -3.0)}
    return Scan(
        channels, Provenance("made", "ab" * 32, scanner="Maker", parcel_id="P-7", kvp={"low": 100, "high": 160})
    )


@pytest.fixture
def projection():
    array = np.arange(48, dtype=np.uint16).reshape(6, 8)
    return Scan({"mono": Projection(array, (0.4, 0.5))}, Provenance("made", "cd" * 32))


@pytest.fixture
def bitmap():
    """Voxels of which no flip or exchange of axes maps them onto themselves."""
    found = np.zeros((2, 3, 5), np.bool_)
    found[0, 1, 2] = found[1, :, 4] = found[0, 0, :3] = True
    return found


@pytest.fixture
def report(bitmap):
    """An alarm with two objects, of which one has no bitmap and no mass."""
    gravest = Assessment("CONTRABAND", "HIGH_THREAT", 0.75, "Größe 12 ± 3 × 4")
    second = Assessment("ANOMALY", "THREAT", 0.25, "two", "SHIELD")
    corners = np.arange(24, dtype=np.float32).reshape(8, 3)
    threats = (
        Threat(
            3, (2, 3, 4), (2, 3, 5), bitmap, 12.5, 2.5, 7.5, 5000.0, (1, 2, 3), (1, 2, 4), corners, (gravest, second)
        ),
        Threat(9, (0, 0, 0), (1, 2, 3), assessments=(Assessment("PI", "THREAT"),)),
    )
    return ThreatReport(
        "ALARM",
        threats,
        "1.2.3",
        "1.2.4",
        (Reference("1.2.840.10008.5.1.4.1.1.501.1", "1.2.3.4.5"),),
        object_id="P-7",
        algorithm=("xscan", "1.0", "-a=b"),
        decided=WHEN,
        scanned=WHEN,
        milliseconds=1234.5,
        device=Device("Maker", "Site", "Street 1", "ST-1", "Model", "S-1", "xscan 1.0", WHEN),
    )


@pytest.fixture(scope="session")
def toolkit():
    """Run code against the reference toolkit, in a process of its own (it can crash); skip where it is missing."""
    probe = subprocess.run([sys.executable, "-c", "import pydicos"], capture_output=True, timeout=60)
    if probe.returncode:
        pytest.skip("the reference toolkit (pip install pydicos, Linux and Python 3.11 only) is not installed")

    def run(code, *paths):
        text = "import json, sys\nimport numpy as np\nimport pyDICOS as P\n" + textwrap.dedent(code)
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", text, *map(str, paths)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run

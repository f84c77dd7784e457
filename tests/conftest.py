"""What every room's tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of larger parcels, templates and real scans, which is not part of the repository."""
    folder = Path(os.environ.get("XSCAN_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "parcels").is_dir():
        pytest.skip(f"no parcels in {folder}; set XSCAN_DATA to a folder that has them")
    return folder


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """What `python -m fixtures` makes: two small parcels, a phantom of rods and a template library."""
    return ROOT / "fixtures"


@pytest.fixture(scope="session")
def parcel(fixtures) -> Path:
    """The small parcel in which disagreements are planted."""
    return fixtures / "parcel"

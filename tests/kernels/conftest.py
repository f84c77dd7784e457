"""Small volumes are given to many threads too, so that what is joined between slabs is tested."""

from collections.abc import Iterator

import pytest

from xscan_kernels import _pool


@pytest.fixture(scope="session", autouse=True)
def _every_thread_is_worth_it() -> Iterator[None]:
    before, _pool.WORTH = _pool.WORTH, 1
    yield
    _pool.WORTH = before

import json
import os
import subprocess
import sys

import pytest

TELL = """
import json, time, numba.core.event as event, numpy as np, xscan_kernels as k
told, spent, begun = [], {}, []
k.tell_compiling(told.append)
class Clock(event.Listener):
    def on_start(self, e):
        begun.append(time.process_time())
    def on_end(self, e):
        name = e.data['dispatcher'].py_func.__name__ + str(e.data['args'])
        spent[name] = time.process_time() - begun.pop()
event.register('numba:compile', Clock())
"""


def python(code, folder):
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder), "HOME": str(folder), "LOCALAPPDATA": str(folder)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run(
        [sys.executable, "-c", TELL + code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_compiling_is_told_once(tmp_path):
    code = "k.dual_energy_polynomial(*[np.ones((1, 1, 2))] * 2, np.ones((1, 1, 1))); print(json.dumps(told))"
    assert python(code, tmp_path) == ["polynomial_map"]
    assert python(code, tmp_path) == []


@pytest.mark.slow
def test_no_kernel_takes_long_to_compile_on_a_cold_cache(tmp_path):
    spent = python("k.warmup(); print(json.dumps(spent))", tmp_path)
    assert len(spent) > 50
    longest = sorted(spent.items(), key=lambda item: -item[1])
    print("\n".join(f"{seconds:6.1f} s  {name[:100]}" for name, seconds in longest[:20]))
    assert longest[0][1] < 10


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path):
    assert python("k.warmup(); print(json.dumps(told))", tmp_path)
    assert python("k.warmup(); print(json.dumps(told))", tmp_path) == []

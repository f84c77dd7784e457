"""What compiled code prints does not reach the program's output; what Python prints does."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import ctypes, os
from xscan.declaration.mute import silent_stdout
print("before")
with silent_stdout():
    os.write(1, b"noise by the descriptor")
    if os.name != "nt":
        ctypes.CDLL(None).puts(b"noise in the buffer of C")
print("after")
"""


def test_only_pythons_own_words_come_through() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["before", "after"]


def test_a_closed_output_is_no_mistake() -> None:
    code = "import os; os.close(1)\nfrom xscan.declaration.mute import silent_stdout\nwith silent_stdout(): pass"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stderr == b""

"""The command line as a user drives it, in a process of its own."""

import os
import subprocess
import sys

import pytest


def xscan(*args, env=None):
    return subprocess.run(
        [sys.executable, "-m", "xscan", *map(str, args)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | (env or {}),
    )


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(option):
    code = (
        "import sys\n"
        "from xscan.cli import main\n"
        f"try: main(['{option}'])\n"
        "except SystemExit as e: assert e.code == 0\n"
        "heavy = {'numba', 'numpy', 'scipy', 'cv2', 'h5py', 'pydantic', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "xscan" in done.stdout


def test_every_command_has_help():
    from click.testing import CliRunner

    from xscan.cli import COMMANDS
    from xscan.cli import xscan as group

    runner = CliRunner()
    for name in COMMANDS:
        result = runner.invoke(group, [name, "--help"])
        assert result.exit_code == 0, (name, result.output)
        assert "Usage:" in result.output


@pytest.mark.parametrize("args", [("nonsense",), ("analyze",), ("analyze", "a.h5"), ("analyze", "a.h5", "--bogus")])
def test_wrong_usage_exits_with_2(args):
    assert xscan(*args).returncode == 2


def test_a_missing_scan_is_one_line_and_exit_3(tmp_path):
    out = tmp_path / "out"
    done = xscan("analyze", tmp_path / "no.h5", "--out", out)
    assert done.returncode == 3
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "no.h5" in done.stderr
    assert not out.exists()


def test_config_show_is_read_back(tmp_path):
    shown = xscan("config", "show")
    assert shown.returncode == 0
    file = tmp_path / "settings.toml"
    file.write_text(shown.stdout)
    assert xscan("config", "show", "--config", file).stdout == shown.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [("[segment]\nno_such = 1\n", "segment.no_such"), ("memory_gb = -1\n", "memory_gb"), ("= x", "TOML")],
)
def test_a_wrong_setting_is_named(tmp_path, text, told):
    file = tmp_path / "settings.toml"
    file.write_text(text)
    done = xscan("config", "show", "--config", file)
    assert done.returncode == 3
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell):
    done = xscan("completion", shell)
    assert done.returncode == 0
    assert "_XSCAN_COMPLETE" in done.stdout

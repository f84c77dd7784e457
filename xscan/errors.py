"""The errors a user meets. Each is one line that says what, got, expected and what to do."""

from __future__ import annotations

from pathlib import Path

__all__ = ["InputError", "MissingLibraryError", "UsageError", "XscanError"]


class XscanError(Exception):
    """Base of every error that xscan raises on purpose; its text is one line fit for an operator."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class UsageError(XscanError):
    """The command or call is wrong: an unknown option value, two options that exclude each other."""

    exit_code = 2


class InputError(XscanError):
    """An input could not be read or is refused.

    Parameters
    ----------
    path : path of the input, or a word such as "declaration" where there is no file
    problem : what is wrong: what was got, and what was expected
    remedy : what the user can do about it
    """

    exit_code = 3

    def __init__(self, path: str | Path, problem: str, remedy: str = "") -> None:
        self.path = str(path)
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{path}: {problem}" + (f"; {remedy}" if remedy else ""))


class MissingLibraryError(XscanError):
    """A library, or a shared library beneath it, is not on this machine; the text says what to install."""

    exit_code = 1

"""Many reports in the order in which to open their parcels."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xscan.errors import InputError
from xscan.language import Language
from xscan.report.document import SCHEMA_NAME
from xscan.report.sentences import translated

__all__ = ["Row", "find_reports", "ranked", "read_truth", "with_truth"]

NAME = "report.json"
MAX_BYTES = 64 << 20
ORDER = {"detain": 0, "inspect": 1, "clear": 2}
SEARCHED = 4000  # characters of a row that filters look through
WRONG = {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True)
class Row:
    """One parcel in the list.

    Parameters
    ----------
    name : of the folder that holds its report
    parcel : its own id, or the path of the scan
    kind, message : of the gravest finding; empty where there is none
    findings : how many there are
    words : everything that a filter looks through
    wrong : whether something was to be found in it, where the truth is known
    """

    name: str
    parcel: str
    sender: str
    decision: str
    risk: float
    kind: str
    message: str
    findings: int
    measured_g: float | None
    declared_g: float | None
    report: Path
    words: str = ""
    wrong: bool | None = None

    @property
    def folder(self) -> Path:
        """Of the report."""
        return self.report.parent


def find_reports(paths: Sequence[Path]) -> Iterator[Path]:
    """Reports that `paths` name: a report.json, a folder that holds one, or folders of such folders."""
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob(NAME))
            if not found:
                raise InputError(path, f"holds no {NAME}", "name folders that `xscan analyze` or `batch` wrote")
            yield from found
        elif path.exists():
            yield path
        else:
            raise InputError(path, "does not exist", "name reports, or folders that hold them")


def ranked(paths: Sequence[Path], language: Language = "en") -> list[Row]:
    """Return one row a report, riskiest first, then by name.

    Raises
    ------
    InputError
        Where a file is no report of `xscan.report/1`.
    """
    rows = [_row(path, language) for path in find_reports(paths)]
    return sorted(rows, key=lambda r: (-r.risk, ORDER.get(r.decision, 3), r.name, str(r.report)))


def _row(path: Path, language: Language) -> Row:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path, f"is larger than the {MAX_BYTES >> 20} MB that a report may have")
        report = json.loads(path.read_text("utf-8"))
        schema = report["schema"]
        if schema == SCHEMA_NAME:
            report = translated(report, language)
        risk, decision, anomalies = float(report["risk"]), str(report["decision"]), report["anomalies"]
        grave = max(anomalies, key=lambda a: float(a["severity"]), default=None)
        declared = report.get("declaration") or {}
        mass = declared.get("mass") or {}
        sender = declared.get("consignor") or {}
        scan = report.get("scan") or {}
        row = Row(
            name=path.parent.name or path.stem,
            parcel=str(declared.get("parcel_id") or scan.get("parcel_id") or ""),
            sender=str(sender.get("name") or sender.get("id") or ""),
            decision=decision,
            risk=risk,
            kind=str(grave["kind"]) if grave else "",
            message=str(grave["message"]) if grave else "",
            findings=len(anomalies),
            measured_g=_number(mass.get("estimated_g")),
            declared_g=_number(mass.get("declared_g")),
            report=path,
        )
        told = [str(a["message"]) for a in anomalies] + [str(x.get("description")) for x in declared.get("lines", [])]
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(path, "is no report of xscan", "name a report.json that `xscan analyze` wrote") from None
    if schema != SCHEMA_NAME or not 0 <= risk <= 1:
        raise InputError(path, f"expected schema {SCHEMA_NAME} with a risk of 0 to 1, got {str(schema)[:40]!r}")
    return replace(row, words=" ".join([row.name, row.parcel, row.sender, *told])[:SEARCHED])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def read_truth(path: Path) -> dict[str, bool]:
    """Return, by name of a parcel, whether something was to be found in it.

    Parameters
    ----------
    path : a folder whose folders hold truth.json with a list ``expect`` (as `xscan simulate` writes); or a CSV file
        with columns ``name`` and ``wrong`` (1 or 0)

    Raises
    ------
    InputError
        It holds neither.
    """
    remedy = "give a folder of folders with truth.json, or a CSV file with columns name and wrong"
    try:
        if path.is_dir():
            files = sorted(path.glob("*/truth.json"))
            found = {f.parent.name: bool(json.loads(f.read_text("utf-8"))["expect"]) for f in files}
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                found = {row["name"]: WRONG[row["wrong"].strip().lower()] for row in csv.DictReader(file)}
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror or error})", remedy) from None
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error):
        raise InputError(path, "does not tell which parcels hold something", remedy) from None
    if not found:
        raise InputError(path, "tells of no parcel", remedy)
    return found


def with_truth(rows: Sequence[Row], truth: Mapping[str, bool]) -> list[Row]:
    """Return the rows with what is known of them."""
    return [replace(r, wrong=truth.get(r.name)) for r in rows]

"""What a scanner sends by DICOM C-STORE, received as whole files (extra ``net``: pynetdicom)."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from xscan.dicos.config import DicosConfig
from xscan.dicos.reading import is_tdr
from xscan.errors import InputError, MissingLibraryError, UsageError, XscanError
from xscan.io.config import IoConfig
from xscan.io.dicom.codecs import SYNTAXES
from xscan.io.dicom.elements import Parsed, parse_file
from xscan.io.dicom.encode import file_head, hashed_uid
from xscan.io.dicom.frames import check_pixels
from xscan.io.dicom.image import read_image

if TYPE_CHECKING:
    from pynetdicom import AE

__all__ = ["CLASSES", "Caller", "Receiver"]

_DICOS = "1.2.840.10008.5.1.4.1.1.501"
# by SOP class: a word that pynetdicom can call it by
CLASSES = {
    f"{_DICOS}.1": "DicosCTStorage",
    f"{_DICOS}.1.1": "DicosCT32Storage",
    f"{_DICOS}.1.2": "DicosCT64Storage",
    f"{_DICOS}.1.3": "DicosCTFloatStorage",
    **{f"{_DICOS}.2.{k}{e}": f"DicosDX{k}{e[1:]}Storage" for k in "12" for e in ("", ".1", ".2", ".3")},
    f"{_DICOS}.3": "DicosTDRStorage",
    "1.2.840.10008.5.1.4.1.1.2": "CTStorage",
    "1.2.840.10008.5.1.4.1.1.2.1": "EnhancedCTStorage",
    "1.2.840.10008.5.1.4.1.1.1.1": "DXPresentationStorage",
    "1.2.840.10008.5.1.4.1.1.1.1.1": "DXProcessingStorage",
}
_PLAIN = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99")
_STORED, _DUPLICATE, _NO_SPACE, _NO_MATCH, _NOT_UNDERSTOOD = 0x0000, 0x0111, 0xA700, 0xA900, 0xC000
_MOST_CALLERS = 8
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Caller:
    """Who may send: the name a sender gives itself (AE title), and from which address; any address where empty."""

    title: str
    address: str = ""

    @classmethod
    def parse(cls, text: str) -> Caller:
        """Make a caller of TITLE or TITLE@ADDRESS.

        Raises
        ------
        UsageError
            where the title is empty or longer than 16 characters
        """
        title, _, address = text.partition("@")
        if not 1 <= len(title.strip()) <= 16:
            raise UsageError(f"caller: expected TITLE or TITLE@ADDRESS of at most 16 characters, got {text!r}")
        return cls(title.strip(), address.strip())


@dataclass
class _Delivery:
    """What one association has brought so far."""

    caller: str
    folder: Path
    files: dict[str, list[Path]] = field(default_factory=dict)  # by scan
    since: int = 0  # bytes since the last whole file


class Receiver:
    """A DICOM storage server for CT, DX and threat reports.

    Files of a scan appear together in ``out/<scan UID>/`` when their sender has released the association, each
    written aside and renamed. A scan that is cut off midway goes to ``out/incomplete/`` and is named.

    Parameters
    ----------
    out : folder; made where it does not exist
    port, host : where it listens; port 0 takes a free one (`port` tells which)
    title : its own AE title
    callers : who may send; with none, anyone who reaches it, which is allowed on loopback only
    say : told in one line what happened
    arrived : told the folder of each scan that is whole

    Raises
    ------
    MissingLibraryError
        where pynetdicom is not installed
    UsageError
        where it would listen to a network without a list of callers, or the title is none
    """

    def __init__(
        self,
        out: Path,
        *,
        port: int = 11112,
        host: str = "127.0.0.1",
        title: str = "XSCAN",
        callers: Sequence[Caller] = (),
        config: DicosConfig = DicosConfig(),  # noqa: B008
        say: Say = lambda line: None,
        arrived: Callable[[Path], None] = lambda folder: None,
    ) -> None:
        if not callers and host not in _LOOPBACK:
            raise UsageError(
                f"host {host}: name the callers that may send (--allow TITLE@ADDRESS), or stay on loopback"
            )
        if not 1 <= len(title.strip()) <= 16 or not title.isascii():
            raise UsageError(f"title: expected 1 to 16 plain characters, got {title!r}")
        self.out = Path(out)
        self.host = host
        self.port = port
        self._title = title
        self._callers = tuple(callers)
        self._config = config
        self._say = say
        self._arrived = arrived
        self._deliveries: dict[Any, _Delivery] = {}
        self._lock = threading.Lock()
        self._count = 0
        self._open: list[tuple[threading.Thread, Any]] = []
        self._server: Any = None

    def start(self) -> None:
        """Listen, in threads of its own.

        Raises
        ------
        XscanError
            where the port or the folder cannot be had
        """
        try:
            from pynetdicom import _config, evt
        except ImportError:
            raise MissingLibraryError("receiving needs pynetdicom: pip install 'xscan[net]'") from None
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._sweep()
        _config.STORE_RECV_CHUNKED_DATASET = True  # to a file as it comes, never whole in memory
        handlers = [
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_DATA_RECV, self._data),
            (evt.EVT_RELEASED, self._released),
            (evt.EVT_ABORTED, self._cut),
        ]
        try:
            self._server = self._entity().start_server((self.host, self.port), block=False, evt_handlers=handlers)
        except OSError as error:
            raise XscanError(
                f"{self.host}:{self.port}: cannot listen ({error.strerror or error}); take another port"
            ) from error
        self.port = self._server.server_address[1]

    def stop(self) -> None:
        """Stop listening; what is half there is kept aside."""
        if self._server is not None:
            self._server.shutdown()
            self._server = None
        for assoc in list(self._deliveries):
            self._keep_aside(assoc)
        for thread, _ in self._open:
            thread.join(timeout=5.0)
        self._close_dead()
        shutil.rmtree(self._incoming, ignore_errors=True)

    def __enter__(self) -> Receiver:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _incoming(self) -> Path:
        return self.out / ".incoming"

    @property
    def _incomplete(self) -> Path:
        return self.out / "incomplete"

    def _entity(self) -> AE:
        from pynetdicom import AE, register_uid
        from pynetdicom.service_class import StorageServiceClass
        from pynetdicom.sop_class import _SERVICE_CLASSES, Verification

        entity = AE(ae_title=self._title)
        for uid, keyword in CLASSES.items():
            if uid not in _SERVICE_CLASSES and uid.startswith(_DICOS):
                register_uid(uid, keyword, StorageServiceClass)
            entity.add_supported_context(uid, [*_PLAIN, *SYNTAXES])
        entity.add_supported_context(Verification)
        entity.require_calling_aet = sorted({c.title for c in self._callers})
        entity.maximum_associations = _MOST_CALLERS
        entity.network_timeout = entity.acse_timeout = entity.dimse_timeout = self._config.idle_s
        return entity

    def _sweep(self) -> None:
        """Keep aside what an earlier run left half received."""
        for left in sorted(self._incoming.iterdir()):
            target = _free(self._incomplete / left.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(left, target)
            self._say(f"left half received by an earlier run: kept in {target}")

    def _requested(self, event: Any) -> None:
        asked = event.assoc.requestor
        title = str(asked.primitive.calling_ae_title).strip()
        if self._callers and not any(c.title == title and c.address in ("", asked.address) for c in self._callers):
            self._say(f"refused: {_clean(title)} at {asked.address} is not on the list of callers")
            if any(c.title == title for c in self._callers):  # else the negotiation that follows rejects it
                event.assoc.acse.send_reject(0x01, 0x01, 0x03)
            return
        self._close_dead()
        with self._lock:
            self._count += 1
            folder = self._incoming / f"{os.getpid()}-{self._count}"
            self._deliveries[event.assoc] = _Delivery(f"{_clean(title)} at {asked.address}", folder)

    def _data(self, event: Any) -> None:
        delivery = self._deliveries.get(event.assoc)
        if delivery is None:
            return
        delivery.since += len(event.data)
        if delivery.since > self._config.max_gb * 1e9:
            delivery.since = 0
            self._say(f"cut off {delivery.caller}: a file of more than {self._config.max_gb:g} GB")
            event.assoc.abort()

    def _store(self, event: Any) -> int:
        delivery = self._deliveries.get(event.assoc)
        if delivery is None:
            return _NOT_UNDERSTOOD
        delivery.since = 0
        try:
            return self._take(Path(event.dataset_path), event, delivery)
        except InputError as error:
            self._say(f"refused, from {delivery.caller}: {error.problem}")
            return _NOT_UNDERSTOOD
        except OSError as error:
            self._say(f"could not be kept, from {delivery.caller}: {error.strerror or error}")
            return _NO_SPACE

    def _take(self, received: Path, event: Any, delivery: _Delivery) -> int:
        """Keep one file aside until its sender has finished."""
        parsed = parse_file(received)
        data = parsed.data
        sop_class, instance = data.text(0x00080016), data.text(0x00080018)
        request = event.request
        if sop_class != str(request.AffectedSOPClassUID) or instance != str(request.AffectedSOPInstanceUID):
            self._say(f"refused, from {delivery.caller}: the file is not the one that was announced")
            return _NO_MATCH
        if not is_tdr(data):
            image = read_image(received)
            if image is not None:
                check_pixels(image, IoConfig())
        scan = data.text(0x0020000D) or "unknown"
        name = f"{_safe(instance)}.dcs" if sop_class.startswith(_DICOS) else f"{_safe(instance)}.dcm"
        part = delivery.folder / _safe(scan) / name
        part.parent.mkdir(parents=True, exist_ok=True)
        _copy(received, part, parsed, sop_class, instance)
        there = self.out / _safe(scan) / name
        if there.exists() and not filecmp.cmp(there, part, shallow=False):
            part.unlink()
            self._say(f"refused, from {delivery.caller}: {name} is there already, with other content")
            return _DUPLICATE
        delivery.files.setdefault(_safe(scan), []).append(part)
        return _STORED

    def _released(self, event: Any) -> None:
        with self._lock:
            delivery = self._deliveries.pop(event.assoc, None)
        if delivery is None:
            return
        for scan, files in delivery.files.items():
            folder = self.out / scan
            folder.mkdir(parents=True, exist_ok=True)
            for part in dict.fromkeys(files):
                os.replace(part, folder / part.name)
            count = len(dict.fromkeys(files))
            self._say(f"received: scan {scan}, {count} file{'' if count == 1 else 's'} from {delivery.caller}")
            self._arrived(folder)
        shutil.rmtree(delivery.folder, ignore_errors=True)

    def _cut(self, event: Any) -> None:
        self._keep_aside(event.assoc)

    def _keep_aside(self, assoc: Any) -> None:
        """Put what came of a scan before its sender fell silent where it is not taken for a whole one."""
        with self._lock:
            delivery = self._deliveries.pop(assoc, None)
        message = getattr(assoc.dimse, "message", None)  # what was being received
        half = getattr(message, "_data_set_path", None)
        file = getattr(message, "_data_set_file", None)
        if file is not None:
            self._open.append((assoc.dul, file))  # its thread may still write to it
        if delivery is None:
            return
        if half is not None and Path(half).exists():
            part = delivery.folder / "cut-off.part"
            part.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(half, part)
        else:
            half = None
        if half is not None or delivery.files:
            target = _free(self._incomplete / ("+".join(sorted(delivery.files))[:150] or delivery.folder.name))
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(delivery.folder, target)
            whole = sum(len(dict.fromkeys(f)) for f in delivery.files.values())
            tail = " and a part of another" if half is not None else ""
            self._say(f"cut off by {delivery.caller} after {whole} whole files{tail}: kept in {target}")
        shutil.rmtree(delivery.folder, ignore_errors=True)

    def _close_dead(self) -> None:
        """Close and remove what associations that are over were receiving."""
        for entry in [e for e in self._open if not e[0].is_alive()]:
            self._open.remove(entry)
            entry[1].close()
            Path(entry[1].name).unlink(missing_ok=True)


def _copy(received: Path, part: Path, parsed: Parsed, sop_class: str, instance: str) -> None:
    """Write a received data set as a file, under a file meta group that names DICOS where it is of DICOS."""
    with received.open("rb") as source, part.open("wb") as target:
        target.write(file_head(sop_class, instance, parsed.syntax, dicos=sop_class.startswith(_DICOS)))
        source.seek(parsed.body)
        shutil.copyfileobj(source, target, 2**20)
        target.flush()
        os.fsync(target.fileno())


def _safe(uid: str) -> str:
    """A UID as a name of a file or folder; a hash of it where it is none."""
    return uid if re.fullmatch(r"[0-9][0-9.]{0,63}", uid) and ".." not in uid else hashed_uid(uid)


def _clean(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", text)[:16]


def _free(path: Path) -> Path:
    """The path itself, or with a number where that is taken."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found

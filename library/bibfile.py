"""references.bib under our care: opened, patched, and saved so that nobody's work is lost.

A save takes a lock, reads the file again, and if another program changed it since, applies the
patches to what is there now. The new content goes into a temporary file beside the old one, is
forced to the disk, and then takes the old one's place in one step: at every moment the file is
wholly the old or wholly the new.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Final

from filelock import FileLock, Timeout

from library.entry import Entry
from library.errors import UsageError, WorldError
from library.formats.bibtex.blocks import EntryReading, decode
from library.formats.bibtex.difference import unified_diff
from library.formats.bibtex.document import Document
from library.formats.bibtex.patch import (
    AppendEntry,
    BrokenEntryError,
    BrokenFileError,
    KeyTakenError,
    MovedFromStringsError,
    MoveEntry,
    NoSuchEntryError,
    Patch,
    RemoveEntry,
    RemoveField,
    RenameKey,
    SetField,
    SetType,
)
from library.formats.bibtex.quoting import ValueRefusedError

__all__ = [
    "AppendEntry",
    "BibFile",
    "BibFileError",
    "BrokenEntryError",
    "BrokenFileError",
    "KeyTakenError",
    "LockedError",
    "MissingFileError",
    "MoveEntry",
    "MovedFromStringsError",
    "NoSuchEntryError",
    "Patch",
    "RemoveEntry",
    "RemoveField",
    "RenameKey",
    "SetField",
    "SetType",
    "ValueRefusedError",
]

_AT_ONCE: Final = 5000  # entries that `extend` writes at once
_IN_MEMORY: Final = 1 << 24  # bytes of a spooled file
LOCK_SECONDS = 30.0  # how long a save waits for another one to finish


class BibFileError(WorldError):
    """The file could not be read or written; what is on disk is whole."""


class MissingFileError(UsageError):
    """There is no such file."""

    def __init__(self, path: Path) -> None:
        """Name the `path`."""
        super().__init__(
            f"There is no file {path}. Nothing was changed. Is this the library's folder? "
            "For a new library, make an empty file of that name."
        )
        self.path = path


class LockedError(WorldError):
    """Another process holds the file."""

    def __init__(self, path: Path, seconds: float) -> None:
        """Name the `path`, and how long it was waited for."""
        super().__init__(
            f"Another process is writing {path}; it did not finish within {seconds:g} s. "
            "Nothing was changed; try again when it is done."
        )
        self.path = path


class BibFile:
    """One .bib file: its entries, patches to them, and the way back to the disk."""

    def __init__(self, path: Path, raw: bytes) -> None:
        """Take the bytes that were read from `path`; use `open`."""
        self.path = path
        self._base = Document(decode(raw))  # as on disk
        self._raw = raw
        self._now = self._base
        self._patches: list[Patch] = []
        self._lock: FileLock | None = None
        self._more: SpooledTemporaryFile[bytes] | None = None  # see `extend`
        self._more_keys: set[str] = set()

    @classmethod
    def open(cls, path: Path | str, *, create: bool = False) -> "BibFile":
        """Read the file.

        Args:
            path: the file; a symbolic link is followed, and stays a link when saving.
            create: begin with an empty file where there is none; nothing is written before `save`.

        Raises:
            MissingFileError: there is no such file, and it is not to be made.
            BibFileError: it cannot be read.
        """
        path = Path(path)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            if not create:
                raise MissingFileError(path) from None
            raw = b""
        except OSError as error:
            raise _unreadable(path, error) from error
        return cls(path, raw)

    @property
    def reading(self) -> EntryReading:
        """The entries and findings of the file as it is with the patches."""
        return self._now.reading

    @property
    def entries(self) -> list[Entry]:
        """The entries in the file's order; of several with one key, the first."""
        return self._now.reading.entries

    @property
    def keys(self) -> list[str]:
        """The citation keys in the file's order."""
        return [entry.key for entry in self._now.reading.entries if entry.key]

    @property
    def is_changed(self) -> bool:
        """Whether `save` would write anything."""
        return self._differs()

    def text(self, key: str, occurrence: int = 0) -> str:
        """Return an entry as it is written in the file.

        Raises:
            NoSuchEntryError: no entry has the key.
        """
        return self._now.text(key, occurrence)

    def content(self) -> bytes:
        """Return the whole file with the patches, in its own encoding."""
        return self._now.source.encode()

    def apply(self, patches: Iterable[Patch]) -> None:
        """Apply patches in memory; `save` writes them. One call with many is quicker than many.

        Raises:
            UsageError, RefusedError: a patch cannot be applied; then none of this call's is.
        """
        wanted = list(patches)
        self._now = self._now.patched(wanted)
        self._patches += wanted

    def extend(self, patches: Iterable[AppendEntry]) -> None:
        """Append very many entries: those behind the first thousands wait on the disk for `save`.

        `reading`, `content` and `diff` know nothing of those; after the save, open the file anew.

        Raises:
            UsageError, RefusedError: as `apply`.
        """
        waiting = iter(patches)
        if self._now.source.is_transcoded:
            self.apply(waiting)
            return
        self.apply(islice(waiting, _AT_ONCE))
        taken = set(self.keys)
        with self._forgetting():
            while batch := list(islice(waiting, _AT_ONCE)):
                if given := [one for one in batch if one.text is not None]:
                    self.apply(given)  # their macros are the whole file's
                self._wait([one for one in batch if one.text is None], taken)

    def _wait(self, patches: list[AppendEntry], taken: set[str]) -> None:
        for one in patches:
            if one.key in taken:
                raise KeyTakenError(one.key)
            taken.add(one.key)
            self._more_keys.add(one.key)
        if self._more is None:
            self._more = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - until it is saved
        self._more.write(self._now.behind(patches))

    @contextmanager
    def _forgetting(self) -> Iterator[None]:
        """Give up what waits on the disk where anything is raised."""
        try:
            yield
        except BaseException:
            if self._more is not None:
                self._more.close()
                self._more = None
            raise

    def rewrite(self, raw: bytes) -> None:
        """Take other bytes for the whole file; call it, and `save`, inside `locked`.

        Patches say what they change and are applied to whatever the file holds by then; this does
        not, so what others save in the meantime would be lost without the lock.
        """
        self._now = Document(decode(raw))

    def diff(self) -> str:
        """Return what the patches change, as a unified diff; "" where they change nothing."""
        return unified_diff(self._base.source, self._now.source, self.path.name)

    def save(self) -> bool:
        """Write the file if a patch changed it; return whether anything was written.

        If the file changed on disk since it was read, it is read again and the patches are applied
        to what it holds now.

        Raises:
            LockedError: another save is going on.
            BibFileError: the disk, the folder or the file does not let us; the old file is whole.
            UsageError, RefusedError: a patch does not fit the file as it is now (an entry is gone).
        """
        if not self._differs():
            return False
        with self._forgetting(), self.locked():
            self._take_up_changes()
            if not self._differs():
                return False
            raw = self.content()
            _replace(_target(self.path), self._parts(raw))
        self._raw, self._base, self._patches = raw, self._now, []
        return True

    def _parts(self, raw: bytes) -> Iterator[bytes]:
        """Yield the file to be written, with what waits on the disk."""
        if self._more is None:
            yield raw
            return
        end = self._now.end_of_entries
        data = self._now.source.data
        yield data[:end]
        self._more.seek(0)
        with self._more:
            while part := self._more.read(_IN_MEMORY):
                yield part
        self._more = None
        yield data[end:]

    @contextmanager
    def locked(self, seconds: float = LOCK_SECONDS) -> Iterator["BibFile"]:
        """Keep other processes from saving, and take up what they saved since the file was read.

        Inside, `save` takes no second lock.

        The lock is a file ".NAME.lock" beside the file, which stays (and git ignores `*.lock`).

        Raises:
            LockedError: another process has the lock for longer than `seconds`.
            BibFileError: the folder does not let us make the lock's file.
        """
        if self._lock is not None:
            yield self
            return
        target = _target(self.path)
        lock = FileLock(target.with_name(f".{target.name}.lock"), timeout=seconds)
        try:
            lock.acquire()
        except Timeout:
            raise LockedError(self.path, seconds) from None
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._lock = lock
        try:
            self._take_up_changes()
            yield self
        finally:
            self._lock = None
            lock.release()

    def _differs(self) -> bool:
        return self._now.source.data != self._base.source.data

    def _take_up_changes(self) -> None:
        """Put the patches on what the file holds now, if another program changed it."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            if not self._raw:
                return
            raise BibFileError(
                f"{self.path} is gone since it was read. Nothing was written; put it back "
                "(`git checkout`) and try again."
            ) from None
        except OSError as error:
            raise _unreadable(self.path, error) from error
        if raw != self._raw:
            base = Document(decode(raw))
            self._now = base.patched(self._patches)
            self._base, self._raw = base, raw
            if taken := self._more_keys.intersection(self.keys):
                raise KeyTakenError(min(taken))


def _target(path: Path) -> Path:
    """Return the file behind symbolic links: that one is replaced, the links stay."""
    return Path(os.path.realpath(path))


def _replace(target: Path, parts: Iterable[bytes]) -> None:
    """Put these bytes in the place of a file, in one step, with the old file's mode and owner."""
    temporary: str | None = None
    try:
        try:
            old = target.stat()
        except FileNotFoundError:
            old = None
        if old is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is read-only")
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(parts)
            stream.flush()
            if old is not None:
                os.fchmod(stream.fileno(), stat.S_IMODE(old.st_mode))
                if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                    with suppress(PermissionError):
                        os.fchown(stream.fileno(), old.st_uid, old.st_gid)
            else:
                os.fchmod(stream.fileno(), 0o666 & ~_umask())
            os.fsync(stream.fileno())
        Path(temporary).replace(target)
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk, where the file system knows how."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unreadable(path: Path, error: OSError) -> BibFileError:
    return BibFileError(f"{path} cannot be read ({_reason(error)}). Nothing was changed.")


def _unwritable(path: Path, error: OSError) -> BibFileError:
    hints = {
        errno.ENOSPC: " Make room on the disk and try again.",
        errno.EDQUOT: " Make room in your quota and try again.",
        errno.EACCES: " You need the right to write the file and its folder.",
        errno.EPERM: " You need the right to write the file and its folder.",
        errno.EROFS: " The file system is mounted read-only.",
    }
    return BibFileError(
        f"{path} could not be written ({_reason(error)}). The file is as it was."
        + hints.get(error.errno or 0, "")
    )


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__

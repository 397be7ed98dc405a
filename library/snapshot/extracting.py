"""The part of a snapshot that one library needs, as a snapshot of its own.

Its works, what they cite, what cites them, and the notices on any of these. The first two are found
by a merge join over sorted units; whoever cites them may stand anywhere, and for these the column
of cited DOIs is read through.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from library.errors import UsageError
from library.snapshot import converting, layout, questions
from library.snapshot.layout import Manifest
from library.snapshot.reading import Snapshot

_IN_ONE_UNIT: Final = 5000  # works, as in Crossref's own files


@dataclass(frozen=True, slots=True)
class Extracted:
    """What an extract holds."""

    manifest: Manifest
    own: int  # works of the library
    cited: int  # that these cite
    citing: int  # that cite these
    notices: int  # on any of them


def extract(snapshot: Snapshot, dois: Iterable[str], folder: Path) -> Extracted:
    """Write what a library with the works `dois` needs of a snapshot into an empty `folder`.

    Raises:
        UsageError: the folder is not empty.
        SnapshotError: the snapshot is damaged.
        OSError: the folder cannot be written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty. Name a new folder; nothing was written.")
    ask = questions.here(snapshot.folder, snapshot.manifest)
    records = snapshot.look_up(dois)
    own = len(records)
    wanted = {other for _, other in questions.cited(ask, records)}
    records |= snapshot.look_up(wanted - records.keys())
    cited = len(records)
    wanted = {one.citing_doi for one in questions.citing(ask, dois)}
    records |= snapshot.look_up(wanted - records.keys())
    citing = len(records)
    wanted = {notice for _, notice, _ in questions.notices(ask, records)}
    records |= snapshot.look_up(wanted - records.keys())
    manifest = _write(records, snapshot.date, folder)
    return Extracted(manifest, own, cited - own, citing - cited, len(records) - citing)


def _write(records: dict[str, bytes], date: str, folder: Path) -> Manifest:
    layout.make_folders(folder)
    ordered = sorted(records)
    units = [
        converting.convert_records(
            f"{start // _IN_ONE_UNIT}",
            [records[doi] for doi in ordered[start : start + _IN_ONE_UNIT]],
            folder,
        )
        for start in range(0, len(ordered), _IN_ONE_UNIT)
    ]
    # The date is the whole's: until then nothing else about these works was known.
    manifest = Manifest(date, layout.ordered(units))
    layout.write_manifest(folder, manifest)
    return manifest

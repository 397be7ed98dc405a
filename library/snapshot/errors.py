"""What can go wrong with a snapshot of Crossref."""

from library.errors import UsageError, WorldError


class SnapshotExtraMissingError(UsageError):
    """Snapshots need packages that are not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"A snapshot of Crossref needs {package}, which is not installed. Install it with: "
            "pip install 'library[snapshot]'. Nothing was done."
        )


class SnapshotError(WorldError):
    """A snapshot could not be made or read; the message says what was kept.

    It takes one text, so that it travels whole from a worker's process to the person.
    """


class NoSnapshotError(UsageError):
    """A folder holds no snapshot that can be used."""

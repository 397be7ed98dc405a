"""Every exception that is raised on purpose.

    Exception
    └── LibraryError                 the base: says what happened, what it means, what to do
        ├── UsageError               the request cannot be carried out as asked        exit code 2
        │   ├── IdentifierError      a text is not the identifier it should be (also a ValueError)
        │   └── SettingsError        metadata.yml has a setting we do not understand
        ├── RefusedError             the request was understood and is refused         exit code 1
        └── WorldError               disk, network, lock or process failed             exit code 3

A defect of the *data* is not an exception but a `library.findings.Finding`.
Modules add their own classes below the one whose exit code fits.
"""

from typing import ClassVar


class LibraryError(Exception):
    """What went wrong, in words for the person at the keyboard; `exit_code` is for the shell."""

    exit_code: ClassVar[int] = 3


class UsageError(LibraryError):
    """The request cannot be carried out as it was asked."""

    exit_code: ClassVar[int] = 2


class IdentifierError(UsageError, ValueError):
    """`text` is not the identifier it was taken for."""

    def __init__(self, kind: str, text: str, reason: str) -> None:
        """Say which `kind` ("DOI", "ISBN", …) was expected in `text`, and why it is not one."""
        shown = text if len(text) <= 80 else text[:77] + "…"  # noqa: PLR2004 - a line's worth
        super().__init__(f"{shown!r} is not {_article(kind)} {kind}: {reason}")
        self.kind = kind
        self.text = text
        self.reason = reason


class SettingsError(UsageError):
    """`metadata.yml` says something that cannot be followed."""


class RefusedError(LibraryError):
    """The request was understood, and is refused; nothing was changed."""

    exit_code: ClassVar[int] = 1


class WorldError(LibraryError):
    """The world (disk, network, lock, another process) failed; the message says what was kept."""


def _article(word: str) -> str:
    return "an" if word[:1] in "AEIOaeio" or word[:4] in {"ISBN", "ISSN"} else "a"

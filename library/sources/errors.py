"""How a source can fail us, in words for the person at the keyboard.

WorldError
└── SourceError            one service gave nothing that can be used
    ├── NoAnswerError      down, silent, or answering nonsense, also after several tries
    ├── BusyError          it asks us to come back later than we are willing to wait
    └── BlockedError       it refuses us (HTTP 403): asking on would make things worse
RefusedError
├── PrivateAddressError    a pasted address leads into a private network
└── TooLargeError          an answer is larger than any record
"""

from library.errors import RefusedError, WorldError


class SourceError(WorldError):
    """`service` gave nothing that can be used; what was fetched before is kept."""

    def __init__(self, service: str, message: str) -> None:
        super().__init__(message)
        self.service = service


class NoAnswerError(SourceError):
    """`service` is down, silent or answers nonsense."""

    def __init__(self, service: str, cause: str, tries: int = 1) -> None:
        asked = f"asked {tries} times" if tries > 1 else "asked once"
        super().__init__(
            service,
            f"no usable answer from {service} ({cause}; {asked}). "
            "What was fetched before is kept; run the same command again later.",
        )
        self.cause = cause
        self.tries = tries


class BusyError(SourceError):
    """`service` asks us to wait for `seconds`, longer than a person would."""

    def __init__(self, service: str, seconds: float) -> None:
        super().__init__(
            service,
            f"{service} asks us to wait {_duration(seconds)} before the next request. "
            "What was fetched before is kept; run the same command again after that.",
        )
        self.seconds = seconds


class BlockedError(SourceError):
    """`service` refuses us with HTTP 403; nothing more is asked of it in this run."""

    def __init__(self, service: str, detail: str = "") -> None:
        said = f" and says: {detail}" if detail else ""
        super().__init__(
            service,
            f"{service} refuses our requests (HTTP 403){said}. Nothing more was asked of it, and "
            "what was fetched before is kept. Check that the mail address in metadata.yml (or "
            "LIBRARY_MAILTO) is yours and can be read, then write to the service's support.",
        )


class PrivateAddressError(RefusedError):
    """A pasted address leads into a private network; it is not asked."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(f"{url} was not opened: {detail}. Paste the DOI of the work instead.")
        self.url = url


class TooLargeError(RefusedError):
    """An answer is larger than any record, and was not read to its end."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__(
            f"the answer of {url} is larger than {limit:,} bytes and was not read to its end."
        )
        self.url = url
        self.limit = limit


def _duration(seconds: float) -> str:
    if seconds < 120:  # noqa: PLR2004 - below two minutes, seconds say more
        return f"{seconds:.0f} seconds"
    if seconds < 7200:  # noqa: PLR2004 - below two hours, minutes say more
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours"

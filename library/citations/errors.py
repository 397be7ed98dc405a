"""What can go wrong while citations are formatted."""

from library.errors import UsageError, WorldError


class CiteExtraMissingError(UsageError):
    """Citation styles need packages that are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Formatting citations needs pandoc and the citation styles, which are not installed. "
            "Install them with: pip install 'library[cite]'."
        )


class CitationError(WorldError):
    """Pandoc could not format the works; nothing was changed."""

    def __init__(self, style: str, cause: str) -> None:
        said = " ".join(cause.split())[:300] or "it stopped without a word"
        super().__init__(
            f"The works could not be formatted in the style {style!r} ({said}). Nothing was "
            "changed. If it is a .csl file of yours, see whether it is valid CSL 1.0.2."
        )

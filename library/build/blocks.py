"""Small questions about blocks, asked by both ways of building."""

from collections.abc import Iterable, Mapping, Sequence

from library.build.reading import Found
from library.formats.bibtex.blocks import Piece, Source, read_pieces
from library.store.layout import BlockInfo, Kind, digest


def block_infos(
    source: Source, pieces: Sequence[Piece], offset: int, found: Mapping[int, Found]
) -> list[BlockInfo]:
    """Return what is remembered of each block; `found` is by offset in the file."""
    data = source.data
    infos = []
    for index, piece in enumerate(pieces):
        one = found.get(offset + piece.start)
        kind: Kind = "t"
        key = ""
        if one is not None:
            kind, key = ("e" if piece.plain is not None else "x"), one.key
        elif _may_define(piece):
            kind, key = "s", ",".join(strings_of(piece, source=source))
        block = data[piece.start : piece.end]
        if index + 1 < len(pieces):
            lines = pieces[index + 1].line - piece.line
        else:
            lines = line_ends(block)
        infos.append(BlockInfo(kind, key, len(block), lines, digest(block).hex()))
    return infos


def line_ends(data: bytes) -> int:
    """Return how many lines end in `data`: LF, CRLF and CR end one."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def strings_of(
    *pieces: Piece, source: Source, name: str = "", known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the @strings that are known behind `pieces`."""
    own = [piece for piece in pieces if _may_define(piece)]
    if not own:
        return dict(known or {})
    return read_pieces(source, own, name, dict(known or {})).strings


def _may_define(piece: Piece) -> bool:
    return piece.kind == "string" or (piece.odd is not None and piece.odd.type == "string")


def has_strings(infos: Iterable[BlockInfo]) -> bool:
    """Tell whether one of the blocks is a @string."""
    return any(info.kind == "s" for info in infos)

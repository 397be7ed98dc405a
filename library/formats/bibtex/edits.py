"""Changes inside one entry: which bytes go, which come, and in what style."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from library.formats.bibtex.macros import MONTHS, expand
from library.formats.bibtex.quoting import check_field_name, delimited, encoded
from library.formats.bibtex.source import Source
from library.formats.bibtex.style import ParsedEntry, Style, of_entry, parse

_BLANK = b" \t\r\n\f\v"


def is_month(value: str) -> bool:
    """Say whether a value of the field "month" is written as a macro."""
    return value in MONTHS


@dataclass(frozen=True, slots=True)
class Editor:
    """Writes into the entries of one file."""

    source: Source  # for its encoding
    style: Style  # the file's habits
    newline: bytes  # the file's line end

    def set_field(self, entry: ParsedEntry, name: str, value: str) -> tuple[bytes, str]:
        """Return the entry's bytes with the field set, and the value as it will read back.

        That is `value`, but for characters that the file's encoding lacks.
        """
        habits = of_entry(entry, self.style)
        index = self._last_index(entry, name)
        if index is None:
            return self._added(entry, habits, name, value)
        old = entry.value(index)
        quote = old[:1] if old[:1] in {b"{", b'"'} else habits.quote
        bare = old.isdigit() or (old[:1] not in {b"{", b'"'} and habits.has_bare_digits)
        written, back = self._written(name, value, quote, bare_digits=bare)
        part = entry.span.fields[index]
        return entry.data[: part.value_start] + written + entry.data[part.value_end :], back

    def new_entry(
        self, kind: str, key: str, fields: Mapping[str, str]
    ) -> tuple[bytes, dict[str, str]]:
        """Return a new entry's bytes in the file's style, and its fields as they will read back."""
        file = self.style
        back: dict[str, str] = {}
        parts: list[bytes] = []
        for given, value in fields.items():
            name = check_field_name(given)
            text, back[name] = self._field(file, name, value)
            parts.append(text)
        head = self.encoded("", f"@{file.spelled_type(kind)}{{{key},")
        body = file.opening + file.separator.join(parts) + file.closing if parts else self.newline
        return head + body + b"}", back

    def encoded(self, name: str, text: str) -> bytes:
        """Return text as bytes of the file; see `quoting.encoded`."""
        return encoded(self.source, name, text, self.newline)

    def _added(self, entry: ParsedEntry, habits: Style, name: str, value: str) -> tuple[bytes, str]:
        data, fields = entry.data, entry.span.fields
        text, back = self._field(habits, name, value)
        if not fields:
            return _first_field(entry, self.style, text), back
        present = [entry.name(i).decode("utf-8", "replace").lower() for i in range(len(fields))]
        place = habits.position(name, present)
        if place == len(fields) and _has_comment(data[fields[-1].value_end : entry.span.end - 1]):
            return _behind_comment(entry, habits, text, self.newline), back
        if place == 0 or (place < len(fields) and _has_comment(entry.between(place - 1))):
            at = fields[place].name_start
            return data[:at] + text + habits.separator + data[at:], back
        at = fields[place - 1].value_end
        return data[:at] + habits.separator + text + data[at:], back

    def _field(self, habits: Style, name: str, value: str) -> tuple[bytes, str]:
        """Return "name = value" in the style given, and the value as it will read back."""
        spelled = self.encoded("", habits.spelled(name))
        written, back = self._written(name, value, habits.quote, bare_digits=habits.has_bare_digits)
        return spelled + habits.alignment.around(spelled) + written, back

    def _written(
        self, name: str, value: str, quote: bytes, *, bare_digits: bool
    ) -> tuple[bytes, str]:
        text = delimited(name, value, like=quote, bare_digits=bare_digits)
        data = self.encoded(name, text)
        back = replace(self.source, data=data).text(0, len(data))
        return data, expand(back, {}).text

    def _last_index(self, entry: ParsedEntry, name: str) -> int | None:
        """Return which field has the name: the last one counts, as in reading."""
        for index in reversed(range(len(entry.span.fields))):
            written = str(entry.name(index), self.source.encoding, "replace")
            if written.lower() == name:
                return index
        return None


def remove_field(entry: ParsedEntry, name: str) -> bytes:
    """Return the entry's bytes without the field, however often it stands there."""
    data = entry.data
    found: ParsedEntry | None = entry
    while found is not None:
        names = [found.name(i).decode("utf-8", "replace") for i in range(len(found.span.fields))]
        index = next((i for i, written in enumerate(names) if written.lower() == name), None)
        if index is None:
            break
        data = _without(found, index)
        found = parse(data)
    return data


def _without(entry: ParsedEntry, index: int) -> bytes:
    data, fields = entry.data, entry.span.fields
    part = fields[index]
    if index > 0 and not _has_comment(entry.between(index - 1)):
        # The comma before goes, the one behind stays: so the entry ends as it did.
        return data[: fields[index - 1].value_end] + data[part.value_end :]
    if index + 1 < len(fields):
        return data[: part.name_start] + data[fields[index + 1].name_start :]
    if index > 0:
        return data[: part.name_start].rstrip(b" \t") + data[part.end :].lstrip(b" \t\r\n")
    blanks = data[: part.name_start].rstrip(_BLANK)
    return (blanks if blanks.endswith(b",") else data[: part.name_start]) + data[part.end :]


def _first_field(entry: ParsedEntry, file: Style, text: bytes) -> bytes:
    """Put the first field into an entry that has none."""
    data, span = entry.data, entry.span
    rest = data[span.key_end : span.end - 1]
    if _has_comment(rest):
        comma = b"" if b"," in rest.partition(b"%")[0] else b","
        return data[: span.key_end] + comma + rest + text + file.closing + data[span.end - 1 :]
    return data[: span.key_end] + b"," + file.opening + text + file.closing + data[span.end - 1 :]


def _behind_comment(entry: ParsedEntry, habits: Style, text: bytes, newline: bytes) -> bytes:
    """Put a last field behind the comment that follows the field before it."""
    data, last = entry.data, entry.span.fields[-1]
    has_comma = last.end > last.value_end
    close = entry.span.end - 1
    tail = data[last.end : close]
    blanks = len(tail) - len(tail.rstrip(_BLANK))
    indent = habits.separator.rpartition(b"\n")[2] if b"\n" in habits.separator else b"  "
    indent = indent.rpartition(b"\r")[2].lstrip(b",") or b"  "
    closing = tail[len(tail) - blanks :] or newline
    return (
        data[: last.value_end]
        + b","
        + tail[: len(tail) - blanks]
        + newline
        + indent
        + text
        + (b"," if has_comma else b"")
        + closing
        + data[close:]
    )


def _has_comment(between: bytes) -> bool:
    return b"%" in between

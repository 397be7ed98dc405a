"""A source's JSON object, read without trust: any value may be missing or of another shape."""

from collections.abc import Iterator, Mapping
from typing import Any

from library.findings import Finding, Severity
from library.values.markup import from_markup

_LONGEST_SHOWN = 60


class Record:
    """Typed looks into one JSON object. What has the wrong shape is left out, with a finding.

    Objects inside share the findings of the record they stand in.
    """

    def __init__(
        self, data: object, source: str, findings: list[Finding] | None = None, path: str = ""
    ) -> None:
        """Take any parsed JSON value; all but an object count as an empty one."""
        self.source = source
        self.findings: list[Finding] = [] if findings is None else findings
        self._path = path
        self._data: Mapping[str, Any] = {}
        if isinstance(data, Mapping):
            self._data = data
        elif data is not None:
            self.find("wrong-shape", f"{path or 'the record'} is not an object; it was left out")

    def find(
        self, check: str, message: str, *, field: str | None = None, severity: Severity = "warning"
    ) -> None:
        """Add a finding about this record."""
        self.findings.append(
            Finding(check, message, severity=severity, source=self.source, field=field)
        )

    def __contains__(self, key: str) -> bool:
        return self._data.get(key) not in (None, "", [], {})

    def keys(self) -> Iterator[str]:
        """Return the names of the values that are there."""
        return (key for key in self._data if isinstance(key, str) and key in self)

    def raw(self, key: str) -> object:
        """Return the value as it came."""
        return self._data.get(key)

    def string(self, key: str) -> str | None:
        """Return one string as it came; of a list its first, a number in its digits."""
        return next(self._strings(key), None)

    def text(self, key: str) -> str | None:
        """Return one string, cleaned of markup."""
        return next(iter(self.texts(key)), None)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return every string under `key`, cleaned, each once, in order; a bare string counts."""
        cleaned = (from_markup(text) for text in self._strings(key))
        return tuple(dict.fromkeys(text for text in cleaned if text))

    def strings(self, key: str) -> tuple[str, ...]:
        """Return every string under `key` as it came."""
        return tuple(self._strings(key))

    def child(self, key: str) -> "Record":
        """Return the object under `key`; of a list its first; an empty one where there is none."""
        return next(iter(self.children(key)), Record({}, self.source, self.findings))

    def children(self, key: str) -> "list[Record]":
        """Return the objects in the list under `key`; one object alone counts as a list."""
        value = self._data.get(key)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        path = f"{self._path}.{key}" if self._path else key
        found = []
        for item in items:
            if isinstance(item, Mapping):
                found.append(Record(item, self.source, self.findings, path))
            elif item not in (None, "", []):
                self._wrong(key, item)
        return found

    def count(self, key: str) -> int | None:
        """Return a whole number."""
        value = self._data.get(key)
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int):
            return value
        if isinstance(value, str) and value.strip().isdecimal():
            return int(value)
        self._wrong(key, value)
        return None

    def _strings(self, key: str) -> Iterator[str]:
        value = self._data.get(key)
        if value is None:
            return
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                if item.strip():
                    yield item
            elif isinstance(item, (bool, Mapping, list)):
                self._wrong(key, item)
            elif isinstance(item, (int, float)):
                yield f"{item:g}" if isinstance(item, float) else str(item)

    def _wrong(self, key: str, value: object) -> None:
        shown = repr(value)[:_LONGEST_SHOWN]
        self.find("wrong-shape", f"{key} holds {shown}, which cannot be read", field=key)

"""Where a library lies, and what its metadata.yml asks for.

The file is Datasette's metadata; our own settings stand in it under `plugins: library:`. A key of
ours that we do not know is refused with its line, since a setting that is silently ignored is
worse than none.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from library.errors import SettingsError, UsageError
from library.judgement.citation_keys import DEFAULT, parse_pattern

METADATA_NAME = "metadata.yml"
BIB_NAME = "references.bib"
DATABASE_NAME = "library.db"
RECORDS_NAME = "records.db"

Event = Literal["print", "online", "earliest"]
Source = Literal["services", "snapshot"]
Protect = Literal["none", "words", "title"]
FieldPolicy = Literal["fill", "replace", "never"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a command may need to know before it starts; made by `load`."""

    root: Path  # the library's folder
    mailto: str | None = None  # for the polite pools; LIBRARY_MAILTO overrides
    crossref_url: str = "https://api.crossref.org"  # LIBRARY_CROSSREF_URL overrides
    key_pattern: str = DEFAULT  # citation keys of new entries
    event: Event = "print"  # which publication event gives year, volume, issue and pages
    protect: Protect = "words"  # what the writer puts in braces in titles
    dialect: Literal["biblatex", "bibtex"] = "biblatex"  # of new entries
    site_url: str | None = None  # the site's public address, for canonical links and feeds
    source: Source = "services"  # where records come from: Crossref and others, or a snapshot
    snapshot: str | None = None  # its folder, from here; LIBRARY_SNAPSHOT overrides
    record_age_days: int = 0  # stored records older than this are asked again; 0: never
    enrich: Mapping[str, FieldPolicy] = field(default_factory=dict)  # policy by field
    people: Mapping[str, str] = field(default_factory=dict)  # name as printed -> person's name
    venues: Mapping[str, str] = field(default_factory=dict)  # venue as printed -> venue's name
    source_urls: Mapping[str, str] = field(default_factory=dict)  # source's name -> base URL
    history: bool = False  # whether git's history is published: names of authors, dates
    checks: Mapping[str, str] = field(default_factory=dict)  # check -> severity, or "off"
    waived: Mapping[str, str] = field(default_factory=dict)  # citation key -> "check: reason; …"
    warnings: tuple[str, ...] = ()  # about keys of metadata.yml that Datasette will ignore

    @property
    def metadata(self) -> Path:
        """The file these settings come from."""
        return self.root / METADATA_NAME

    @property
    def bib(self) -> Path:
        """The library's one .bib file."""
        return self.root / BIB_NAME

    @property
    def database(self) -> Path:
        """The published database."""
        return self.root / DATABASE_NAME

    @property
    def records(self) -> Path:
        """The store of raw records."""
        return self.root / RECORDS_NAME

    @property
    def snapshot_folder(self) -> Path:
        """The folder of the snapshot of Crossref.

        Raises:
            SettingsError: none is named.
        """
        if self.snapshot is None:
            raise SettingsError(
                "No snapshot of Crossref is named. Say where it lies: `snapshot: FOLDER` under "
                f"plugins: library in {METADATA_NAME}, or LIBRARY_SNAPSHOT. Nothing was done."
            )
        return self.root / Path(self.snapshot).expanduser()


def find_root(explicit: Path | None = None) -> Path:
    """Return the library's folder: `explicit`, else LIBRARY_ROOT, else the nearest parent.

    Raises:
        UsageError: there is no folder with a metadata.yml there or above.
    """
    named = explicit or (
        Path(os.environ["LIBRARY_ROOT"]) if os.environ.get("LIBRARY_ROOT") else None
    )
    if named is not None:
        if not named.is_dir():
            raise UsageError(
                f"{named} is not a folder. Name the folder that holds {METADATA_NAME}."
            )
        return named.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / METADATA_NAME).is_file():
            return folder
    raise UsageError(
        f"No library here: neither {here} nor a folder above it holds {METADATA_NAME}. "
        "Go to the library's folder, or name it with --root."
    )


def load(root: Path) -> Settings:
    """Read metadata.yml in `root`, with what the environment names (`VARIABLES`) put over it.

    A missing file gives the defaults.

    Raises:
        SettingsError: the file is not YAML, or a setting of ours is unknown or of the wrong kind.
    """
    path = root / METADATA_NAME
    node, data = _parse(path)
    ours = _mapping(data.get("plugins", {}), "plugins", path).get("library") or {}
    given: dict[str, Any] = dict(_mapping(ours, "plugins: library", path))
    if isinstance(given.get("checks"), dict):
        # YAML takes a bare off for false.
        given["checks"] = {
            name: "off" if value is False else value for name, value in given["checks"].items()
        }
    for name, value in given.items():
        if name not in SETTINGS:
            raise SettingsError(
                f"{path.name}:{_line(node, 'plugins', 'library', name)}: there is no setting "
                f"{name!r} under plugins: library{_nearest(name, SETTINGS)}. Nothing was done; the "
                f"settings are {', '.join(sorted(SETTINGS))}."
            )
        _check(name, value, f"{path.name}:{_line(node, 'plugins', 'library', name)}")
    for variable, name in VARIABLES.items():
        if os.environ.get(variable):
            given[name] = os.environ[variable]
    return Settings(root=root, warnings=_unknown_metadata(path, node, data), **given)


_TEXT, _NUMBER, _TABLE = "a text", "a whole number, 0 or more", "a table of texts"
_FLAG = "true or false"


@dataclass(frozen=True, slots=True)
class Setting:
    """One of our settings, in words; docs/reference/settings.md is made of these."""

    kind: str | tuple[str, ...]  # what it must be: in words, or one of some words
    text: str
    example: str


SETTINGS: Final[dict[str, Setting]] = {
    "mailto": Setting(_TEXT, "An e-mail address, sent to the services that are asked: they are kinder to who can be reached.", "library@example.org"),
    "site_url": Setting(_TEXT, "The site's public address, for canonical links, the sitemap and feeds.", "https://library.example.org"),
    "key_pattern": Setting(_TEXT, "How citation keys of new entries are made.", '"{author}{year}{title}"'),
    "event": Setting(get_args(Event), "Which of a record's publication dates gives year, volume, issue and pages.", "print"),
    "protect": Setting(get_args(Protect), "What is put in braces in titles against a style's change of case.", "words"),
    "dialect": Setting(("biblatex", "bibtex"), "Whose names of fields new entries have.", "biblatex"),
    "enrich": Setting(_TABLE, "By field, or under `default`: whether `library enrich` may fill a gap (`fill`), put another value in its place (`replace`), or not touch it (`never`).", "{abstract: never, pages: replace}"),
    "people": Setting(_TABLE, "Which person is behind a name as printed; also `KEY: name` for one work.", '{"J. Doe": 0000-0002-1825-0097}'),
    "venues": Setting(_TABLE, "Which venue is meant by a name as printed.", '{"J Ex": Journal of Examples}'),
    "checks": Setting(_TABLE, "How grave a check is (`error`, `warning`, `info`), or `off`.", "{unprotected-acronym: off}"),
    "waived": Setting(_TABLE, "Which checks are waived for an entry, each with a reason.", '{doe2014: "missing-field: it bears no date"}'),
    "history": Setting(_FLAG, "Whether git's history of entries is published, with the names of those who committed.", "true"),
    "source": Setting(get_args(Source), "Where records come from: Crossref and other services, or a snapshot of Crossref.", "snapshot"),
    "snapshot": Setting(_TEXT, "The folder of the snapshot.", "/data/crossref"),
    "record_age_days": Setting(_NUMBER, "Stored records that are older are asked for again; 0: never.", "365"),
    "crossref_url": Setting(_TEXT, "Another address of Crossref's REST API: a mirror.", "https://crossref.example.org"),
    "source_urls": Setting(_TABLE, "Other addresses of the other services.", "{datacite: https://datacite.example.org}"),
}  # fmt: skip
"""All settings under `plugins: library:` of metadata.yml."""

VARIABLES: Final = {
    "LIBRARY_MAILTO": "mailto",
    "LIBRARY_CROSSREF_URL": "crossref_url",
    "LIBRARY_SNAPSHOT": "snapshot",
}
"""Variables of the environment that override a setting."""

# Datasette 0.65: "Metadata", "Configuration" and their per-database and per-table keys at the top.
_DATASETTE_KEYS = frozenset(
    (
        *("title", "description", "description_html", "license", "license_url", "source"),
        *("source_url", "about", "about_url", "databases", "plugins", "allow", "allow_sql"),
        *("extra_css_urls", "extra_js_urls", "settings", "permissions"),
    )
)


def _check(name: str, value: object, place: str) -> None:
    kind = SETTINGS[name].kind
    if isinstance(kind, tuple):
        good = value in kind
        wanted = "one of " + ", ".join(kind)
    else:
        wanted = kind
        good = {
            _TEXT: isinstance(value, str),
            _FLAG: isinstance(value, bool),
            _NUMBER: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
            _TABLE: isinstance(value, dict)
            and all(isinstance(part, str) for pair in value.items() for part in pair),
        }[kind]
    if name == "enrich" and good and isinstance(value, dict):
        policies = get_args(FieldPolicy)
        good = all(policy in policies for policy in value.values())
        wanted = "a table from field to one of " + ", ".join(policies)
    if name == "key_pattern" and isinstance(value, str):
        try:
            parse_pattern(value)
        except SettingsError as error:
            raise SettingsError(f"{place}: {error}") from error
    if not good:
        raise SettingsError(
            f"{place}: the setting {name!r} must be {wanted}, not {value!r}. Nothing was done."
        )


def _parse(path: Path) -> tuple[yaml.Node | None, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, {}
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path.name} is not UTF-8 (byte {error.start}). Save it as UTF-8; nothing was done."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}). Nothing was done."
        ) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(
            f"{path.name}:{line}: this is not YAML ({error.problem}). "
            "Mend that line; nothing was done."
        ) from error
    except yaml.YAMLError as error:
        raise SettingsError(
            f"{path.name}: this is not YAML ({error}). Nothing was done."
        ) from error
    return node, dict(_mapping(data or {}, "the file", path))


def _mapping(value: object, what: str, path: Path) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(
            f"{path.name}: {what} must be a table of keys and values. Nothing was done."
        )
    return value


def _line(node: yaml.Node | None, *keys: str) -> int:
    """Return the line (from 1) on which the key at the end of the path `keys` stands."""
    line = 1
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            break
        for name, value in node.value:
            if name.value == key:
                line, node = name.start_mark.line + 1, value
                break
    return line


def _nearest(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _unknown_metadata(
    path: Path, node: yaml.Node | None, data: Mapping[str, Any]
) -> tuple[str, ...]:
    return tuple(
        f"{path.name}:{_line(node, str(name))}: Datasette knows no key {str(name)!r}"
        f"{_nearest(str(name), _DATASETTE_KEYS)}; it is ignored."
        for name in data
        if name not in _DATASETTE_KEYS
    )

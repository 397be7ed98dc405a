"""Who brought an entry into a .bib file and who changed it last, as git's history tells.

One `git blame` of the file as it stands on disk: each line names the commit that last wrote it.
The line on which an entry begins was written when it was added (or given another key or type); the
newest of its lines when it was last edited. `blame.ignoreRevsFile` is git's own way to look past
commits that only formatted.

Source: git-blame(1), "The porcelain format".
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_START: Final = re.compile(r"\s*@\s*[A-Za-z]+\s*[{(]\s*([^,\s{}()]+)\s*,")
_HEAD: Final = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)")
_UNCOMMITTED: Final = re.compile(r"0+")
_COMMENT: Final = re.compile(r"\s*@\s*(?:comment|string|preamble)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit that wrote lines of an entry."""

    id: str  # whole
    date: str  # of the author, UTC: "2026-11-23T18:40:00Z"
    author: str  # name alone
    summary: str  # first line of its message
    lines: int  # of the entry, as it stands


@dataclass(frozen=True, slots=True)
class EntryHistory:
    """What git tells of one entry."""

    key: str
    added: Commit | None  # None: not committed yet, or older than a shallow clone
    edited: Commit | None
    commits: tuple[Commit, ...]  # the newest first


@dataclass(slots=True)
class _About:
    date: str = ""
    author: str = ""
    summary: str = ""
    is_known: bool = True  # False: not committed, or the edge of a shallow clone


def state(bib: Path) -> str | None:
    """Return what the history of a file hangs on: the commit that is checked out.

    None where there is no git, no repository, no commit, or git does not know the file.
    """
    if _git(bib, "ls-files", "--error-unmatch", "--", bib.name) is None:
        return None
    head = _git(bib, "rev-parse", "HEAD")
    return head.strip() if head else None


def history(bib: Path) -> dict[str, EntryHistory]:
    """Return what git tells of each entry of a file, by citation key; {} where it tells nothing."""
    if state(bib) is None:
        return {}
    said = _git(bib, "blame", "--porcelain", "--", bib.name)
    if said is None:
        return {}
    is_shallow = (_git(bib, "rev-parse", "--is-shallow-repository") or "").strip() == "true"
    lines: dict[str, list[str]] = {}  # citation key -> commit of each line, in order
    about: dict[str, _About] = {}
    key: str | None = None
    for commit, text in _lines(said, about, is_shallow=is_shallow):
        start = _START.match(text)
        if start is not None and not _COMMENT.match(text):
            # Of two entries with one key the first counts, as everywhere.
            key = start[1] if start[1] not in lines else None
            if key is not None:
                lines[key] = []
        if key is not None and text.strip():
            lines[key].append(commit)
    return {key: _of(key, commits, about) for key, commits in lines.items()}


def _lines(said: str, about: dict[str, _About], *, is_shallow: bool) -> Iterator[tuple[str, str]]:
    """Yield (commit, text) of each line, and note what is said about each commit on the way."""
    commit = ""
    for line in said.split("\n"):
        if line.startswith("\t"):
            yield commit, line[1:]
            continue
        head = _HEAD.match(line)
        if head is not None:
            commit = head[1]
            about.setdefault(commit, _About(is_known=not _UNCOMMITTED.fullmatch(commit)))
            continue
        name, _, value = line.partition(" ")
        if name == "author":
            about[commit].author = value
        elif name == "author-time":
            moment = datetime.fromtimestamp(int(value), UTC)
            about[commit].date = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif name == "summary":
            about[commit].summary = value
        elif name == "boundary" and is_shallow:
            about[commit].is_known = False


def _of(key: str, commits: list[str], about: dict[str, _About]) -> EntryHistory:
    each = [
        Commit(one, about[one].date, about[one].author, about[one].summary, commits.count(one))
        for one in dict.fromkeys(commits)
        if about[one].is_known
    ]
    newest = tuple(sorted(each, key=lambda one: (one.date, one.id), reverse=True))
    added = next((one for one in each if one.id == commits[0]), None)
    is_edited = all(about[one].is_known for one in commits)
    return EntryHistory(key, added, newest[0] if newest and is_edited else None, newest)


def _git(bib: Path, *arguments: str) -> str | None:
    """Return what git prints; None where it fails or is not installed."""
    try:
        done = subprocess.run(  # noqa: S603 - git, with our own arguments
            ["git", *arguments],  # noqa: S607 - wherever the user has it
            cwd=bib.parent,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None

"""`library keys` and `library rekey`."""

from pathlib import Path

import click

from library import tasks
from library.cli.output import print_json, root_option, say, tell
from library.errors import UsageError
from library.settings import Settings
from library.tasks import keying


@click.command("keys", epilog="Example: library keys --rename doe2014 doe2014leaves --apply")
@click.argument("keys", nargs=-1)
@click.option("--make", is_flag=True, help="Give them the keys that the pattern makes.")
@click.option("--rename", nargs=2, metavar="OLD NEW", help="Give one entry another key.")
@click.option("--pin", is_flag=True, help="Keep the keys of KEYS, whatever the pattern makes.")
@click.option("--unpin", is_flag=True, help="Let go of them.")
@click.option("--apply", is_flag=True, help="Write what --make or --rename would change.")
@click.option("--old", is_flag=True, help="List the keys that entries had before.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
@root_option
def keys_command(
    config: Settings,
    keys: tuple[str, ...],
    rename: tuple[str, str] | None,
    *,
    make: bool,
    pin: bool,
    unpin: bool,
    apply: bool,
    old: bool,
    as_json: bool,
) -> None:
    """Show the citation keys that do not fit the pattern; make, pin and change keys.

    The pattern is `key_pattern` in metadata.yml. A key that changes stays known: the entry keeps
    it among its `ids`, the site leads from it to the work, and library rekey puts the new one into
    your documents.
    """
    if sum((make, rename is not None, pin, unpin, old)) > 1:
        raise UsageError("Give one of --make, --rename, --pin, --unpin and --old.")
    if pin or unpin:
        if not keys:
            raise UsageError("Say which keys: library keys --pin KEY…")
        tasks.pin(config, keys, pinned=pin)
        tell(f"{'pinned' if pin else 'let go of'} {len(keys):,}.")
        return
    if old:
        _show([("", one, now) for one, now in keying.old_keys(config).items()], as_json=as_json)
        return
    if rename is not None:
        changes = [rename]
    else:
        changes = [
            (key, new)
            for key, new, pinned in keying.by_pattern(config, keys)
            if new != key and not pinned
        ]
    done = tasks.rename(config, changes, apply=apply and (make or rename is not None))
    _show([("", *pair) for pair in done.keys], as_json=as_json)
    if done.build is not None:
        tell(f"changed {len(done.keys):,}; library rekey brings your documents up to date.")
    elif done.keys and (make or rename):
        tell(f"{len(done.keys):,} would change; write them with --apply.")
    else:
        tell(f"{len(done.keys):,} do not fit the pattern {config.key_pattern}.")


def _show(rows: list[tuple[str, str, str]], *, as_json: bool) -> None:
    if as_json:
        print_json([{"old": old, "new": new} for _, old, new in rows])
        return
    for _, old, new in rows:
        say(f"{old} → {new}")


@click.command("rekey", epilog="Example: library rekey paper.tex chapters/*.tex --apply")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="FILE...")
@click.option(
    "--tex", multiple=True, type=click.Path(path_type=Path, exists=True), help="The same as FILE."
)
@click.option("--apply", is_flag=True, help="Write them.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of the files.")
@root_option
def rekey_command(
    config: Settings,
    files: tuple[Path, ...],
    tex: tuple[Path, ...],
    *,
    apply: bool,
    as_json: bool,
) -> None:
    r"""Put the keys of now into documents that cite by keys of before.

    LaTeX's commands for citing (also natbib's and biblatex's, with all their arguments) and, in
    .md, .qmd and .rmd files, [@key]. Nothing else in the files changes.
    """
    paths = [*files, *tex]
    if not paths:
        raise UsageError("Say which documents: library rekey paper.tex")
    changed = tasks.rekey(config, paths, apply=apply)
    if as_json:
        print_json([{"file": str(path), "lines": count} for path, count in changed.items()])
    else:
        for path, count in changed.items():
            say(f"{path}: {count:,} {'line' if count == 1 else 'lines'}")
    word = "changed" if apply else "would change"
    tell(f"{len(changed):,} of {len(paths):,} {'file' if len(paths) == 1 else 'files'} {word}.")

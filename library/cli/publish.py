"""`library publish`."""

import subprocess
from pathlib import Path

import click

from library import build
from library.cli.output import Stages, print_json, root_option, say, tell
from library.cli.serve import DATASETTE_SETTINGS, known_settings
from library.errors import WorldError
from library.publish import datasette_arguments, publish, split_command
from library.settings import Settings


@click.command(
    "publish",
    epilog="Example: library publish site -- package --tag my-library",
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("datasette", nargs=-1, metavar="[-- DATASETTE...]")
@click.option("--address", metavar="URL", help="Where FOLDER will be on the web.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@root_option
def publish_command(
    config: Settings, folder: Path, datasette: tuple[str, ...], address: str | None, as_json: bool
) -> None:
    """Write the site to FOLDER: for a container, a host, or Datasette Lite.

    FOLDER gets the database (up to date, compacted, counted), the site's metadata and templates,
    the library itself as a wheel, and a Dockerfile. It is replaced when it is published again.

    What stands after "--" goes to Datasette with all of FOLDER: "package" makes a Docker image,
    "publish cloudrun" and others send it to a host.
    """
    if datasette:
        split_command(datasette)  # refuses before anything is written
    stages = Stages()
    try:
        build.build(config, progress=stages)
        known = known_settings()
        limits = {name: value for name, (value, _) in DATASETTE_SETTINGS.items() if name in known}
        stages("copying and counting")
        done = publish(config, folder, limits, address=address)
    finally:
        stages.close()
    if as_json:
        print_json({"folder": str(done.folder), "works": done.works, "bytes": done.size})
    else:
        say(
            f"{done.folder}: {done.works:,} works, {done.size / 1e6:,.1f} MB. "
            "Its README says how on."
        )
    if datasette:
        command = datasette_arguments(done.folder, datasette)
        tell(f"library: running datasette {' '.join(datasette)} …")
        code = subprocess.run(command, check=False).returncode  # noqa: S603 - what the user asked for
        if code:
            raise WorldError(
                f"datasette {datasette[0]} ended with {code}: see above. "
                f"{done.folder.name} is written and whole."
            )

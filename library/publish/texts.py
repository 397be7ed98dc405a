"""The texts of a published folder: its Dockerfile, its README, its page for Datasette Lite."""

import html
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

PYTHON: Final = "3.12"
LITE: Final = "https://lite.datasette.io/"


@dataclass(frozen=True, slots=True)
class Site:
    """What a published folder holds."""

    database: str  # file names in the folder
    metadata: str
    wheel: str  # in install/
    works: int
    limits: Mapping[str, Any]  # Datasette's settings


def setting_arguments(limits: Mapping[str, Any]) -> list[str]:
    """Return Datasette's settings as arguments of `datasette serve`."""
    return [
        part
        for name, value in limits.items()
        for part in ("--setting", name, str(int(value) if isinstance(value, bool) else value))
    ]


def serve_arguments(site: Site) -> list[str]:
    """Return the command that serves the folder from inside it."""
    return [
        *("datasette", "serve", "--immutable", site.database),
        *("--inspect-file", "inspect-data.json", "--metadata", site.metadata),
        *("--template-dir", "templates", *setting_arguments(site.limits)),
    ]


def dockerfile(site: Site) -> str:
    """Return a Dockerfile that needs nothing from outside but Python and the pinned packages."""
    # exec: the server itself gets the signal to stop. PORT: hosts say it so.
    command = f'exec {shlex.join(serve_arguments(site))} --host 0.0.0.0 --port "$PORT"'
    return f"""\
FROM python:{PYTHON}-slim
WORKDIR /site
COPY install install
RUN pip install --no-cache-dir -r install/requirements.txt && \\
    pip install --no-cache-dir --no-deps install/{site.wheel}
COPY . .
RUN useradd --no-create-home reader
USER reader
ENV PORT=8001
EXPOSE 8001
CMD {json.dumps(["sh", "-c", command])}
"""


def readme(site: Site) -> str:
    """Return what the folder is, and the ways on from here."""
    return f"""\
# A published library of {site.works:,} works

Written by `library publish`, and written anew by the next run: change nothing here.

Here: `pip install -r install/requirements.txt && pip install --no-deps install/{site.wheel}`, then
`{shlex.join(serve_arguments(site))}`.

As a container: `docker build -t my-library . && docker run -p 8001:8001 my-library`.

In the browser alone: put this folder on any host of files that lets other sites read them (CORS),
such as GitHub Pages, and open its index.html: Datasette Lite shows the tables, without our pages.
"""


def lite_page(site: Site, address: str | None) -> str:
    """Return the page that opens the folder's database in Datasette Lite.

    Where the folder's address is unknown the page works it out from its own when it is opened.
    """
    base = (address.rstrip("/") + "/") if address else ""
    asked = urlencode({"url": base + site.database, "metadata": base + site.metadata})
    link = html.escape(f"{LITE}?{asked}")
    database = html.escape(site.database)
    finder = "" if address else _FINDER % {"lite": LITE}
    return f"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A library of {site.works:,} works</title>
<style>
:root {{ color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif }}
body {{ max-width: 38rem; margin: 3rem auto; padding: 0 1rem }}
</style>
<h1>A library of {site.works:,} works</h1>
<p><a id="lite" href="{link}">Search it in Datasette Lite</a>: the database comes to your browser,
which needs a minute the first time.</p>
<p>Or take <a href="{database}">{database}</a>, an SQLite file, as it is.</p>
{finder}</html>
"""


_FINDER: Final = """\
<script>
const link = document.getElementById("lite");
const asked = new URL(link.href).searchParams;
for (const [name, file] of asked) asked.set(name, new URL(file, location.href).href);
link.href = "%(lite)s?" + asked;
</script>
"""

"""People in front of the add page of a Datasette of this process."""

import asyncio
import html
import re
import time
from typing import Any

from library.site.compat import Datasette

SEED = """\
@article{present2014,
  author  = {Grace, Aimee M. and Ahn, Roy},
  title   = {Integrating Curricula on Human Trafficking Into Medical Education},
  journal = {Academic Medicine},
  year    = {2014},
}
"""
DOI = "10.1001/jamapediatrics.2017.2391"  # its key will be sandy2017influenza
OTHER = "10.5555/loopback.organisation"
HOSTILE = "10.5555/loopback.hostile"
RETRACTED = "10.5555/loopback.retracted"


class Person:
    """Somebody with a browser: keeps cookies, takes the token out of the page's form."""

    def __init__(self, datasette: Datasette, name: str | None = None) -> None:
        self.datasette = datasette
        self.cookies: dict[str, str] = {}
        if name is not None:
            self.cookies["ds_actor"] = datasette.sign({"a": {"id": name}}, "actor")

    async def get(self, path: str) -> Any:  # noqa: ANN401 - an httpx answer on 0.65, an httpx2 one on 1.0
        """Return the answer to a GET."""
        answer = await self.datasette.client.get(path, cookies=self.cookies)
        self.cookies.update(answer.cookies)
        return answer

    async def token(self) -> str:
        """Return the token of the form's page."""
        found = re.search(r'name="csrftoken" value="([^"]*)"', (await self.get("/-/add")).text)
        return found[1] if found else ""

    async def post(self, path: str, **fields: str) -> Any:  # noqa: ANN401 - as above
        """Send a form as a browser would."""
        data = {"csrftoken": await self.token(), **fields}
        return await self.datasette.client.post(path, data=data, cookies=self.cookies)

    async def ask(self, text: str) -> str:
        """Paste something, and return the path of the job's page."""
        answer = await self.post("/-/add", text=text)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def told(self, job: str) -> dict[str, Any]:
        """Wait until a job is no longer under way, and return its JSON."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            told: dict[str, Any] = (await self.get(job + ".json")).json()
            if told["state"] not in ("asked", "confirmed"):
                return told
            await asyncio.sleep(0.05)
        raise AssertionError(told)

    async def page(self, job: str) -> str:
        """Wait likewise, and return the job's page."""
        await self.told(job)
        return str((await self.get(job)).text)

    async def take(self, job: str, *positions: int) -> dict[str, Any]:
        """Choose works of a preview, and return what came of it."""
        await self.told(job)
        answer = await self.post(job, **{f"take-{position}": "1" for position in positions})
        assert answer.status_code == 303, answer.text
        return await self.told(job)


def words(page: str) -> str:
    """Return the text of a page, blanks joined."""
    bare = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())

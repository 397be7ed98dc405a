"""The add page: who may use it, what is shown before anything is written, what is written then."""

import asyncio
import re
import sqlite3
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from library import build, settings
from library.bibfile import BibFile
from library.cli import serve
from library.site import adding_pages
from library.site.adding_pages import MOST_BYTES, MOST_REQUESTS, MOST_WORKS, bookmarklet, worker_of
from library.site.compat import Datasette, is_one
from library.sources.jobs import Jobs, turn
from library.sources.records import Records
from tests.loopback.faults import Silent
from tests.loopback.world import World
from tests.site.adding import DOI, HOSTILE, OTHER, RETRACTED, SEED, Person, words

METADATA = """\
title: A small library
permissions:
  library-add:
    id: [ann, ben]
plugins:
  library: {}
"""


@pytest.fixture
def folder(
    tmp_path: Path, loopback_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return a small library of its own, and point this process at the loopback services."""
    for name, value in loopback_environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "references.bib").write_text(SEED, encoding="utf-8")
    (tmp_path / "metadata.yml").write_text(METADATA, encoding="utf-8")
    build.build(settings.load(tmp_path))
    return tmp_path


@pytest.fixture
def datasette(folder: Path) -> Iterator[Datasette]:
    """Return a Datasette as `library serve` runs it."""
    instance = serve.application(settings.load(folder))
    yield instance
    worker = worker_of(instance)
    assert worker is not None
    worker.stop()
    for database in instance.databases.values():
        database.close()


@pytest.fixture
def ann(datasette: Datasette) -> Person:
    """Return somebody who may add works."""
    return Person(datasette, "ann")


def _bib(folder: Path) -> str:
    return (folder / "references.bib").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [None, "eve"])
async def test_everyone_else_gets_403_and_sees_no_form_and_no_link(
    datasette: Datasette, folder: Path, name: str | None
) -> None:
    eve = Person(datasette, name)
    job = "/-/add/0123456789abcdef"
    for path in ("/-/add", "/-/add?url=https://example.org", job, job + ".json"):
        answer = await eve.get(path)
        assert answer.status_code == 403, path
        assert "<form" not in answer.text
    for path in ("/-/add", job):
        assert (await eve.post(path, text=DOI)).status_code == 403
    for path in ("/", "/works", "/missing", "/library"):
        assert "/-/add" not in (await eve.get(path)).text
    assert not (folder / "records.db").exists()


async def test_nobody_may_add_unless_metadata_says_who(folder: Path) -> None:
    (folder / "metadata.yml").write_text("title: A library\n", encoding="utf-8")
    datasette = serve.application(settings.load(folder))
    for name in ("ann", "root", None):
        assert (await Person(datasette, name).get("/-/add")).status_code == 403


async def test_who_may_add_finds_the_way_from_our_pages_and_from_datasettes(ann: Person) -> None:
    assert 'href="/-/add"' in (await ann.get("/")).text
    assert 'href="/-/add"' in (await ann.get("/library")).text
    assert (await ann.get("/-/add")).status_code == 200


async def test_a_page_kept_by_the_browser_from_before_signing_in_is_not_used(
    datasette: Datasette, ann: Person
) -> None:
    before = (await Person(datasette).get("/works")).headers["etag"]
    answer = await datasette.client.get(
        "/works", headers={"if-none-match": before}, cookies=ann.cookies
    )
    assert answer.status_code == 200
    assert 'href="/-/add"' in answer.text


@pytest.mark.skipif(is_one(), reason="1.0 goes by the browser's headers, see the next test")
async def test_a_form_without_its_token_is_refused(datasette: Datasette, ann: Person) -> None:
    await ann.get("/-/add")
    answer = await datasette.client.post("/-/add", data={"text": DOI}, cookies=ann.cookies)
    assert answer.status_code == 403


@pytest.mark.skipif(not is_one(), reason="0.65 goes by the token, see the test before")
async def test_a_form_from_another_site_is_refused(datasette: Datasette, ann: Person) -> None:
    answer = await datasette.client.post(
        "/-/add",
        data={"text": DOI},
        cookies=ann.cookies,
        headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    )
    assert answer.status_code == 403


async def test_a_preview_writes_nothing_and_marks_what_is_new_here_and_doubtful(
    ann: Person, folder: Path
) -> None:
    before = _bib(folder)
    text = f"{DOI}\n10.5555/nobody.knows\nno identifier\n{RETRACTED}\n10.5555/loopback.seed-grace"
    told = await ann.told(await ann.ask(text))
    assert told["state"] == "looked-up"
    assert [item["status"] for item in told["items"][:4]] == [
        *("added", "not-found", "not-understood", "added")
    ]
    assert told["items"][0]["key"] == "sandy2017influenza"
    assert "+@article{sandy2017influenza," in told["diff"]
    assert _bib(folder) == before


async def test_a_preview_shows_the_work_and_warns_of_its_retraction(ann: Person) -> None:
    page = words(await ann.page(await ann.ask(f"{DOI} {RETRACTED}")))
    assert "Influenza A Infections in Infants" in page
    assert "Kate Sandy" in page
    assert "There is a notice about it" in page


async def test_only_the_chosen_works_are_added_and_seen_at_once(ann: Person, folder: Path) -> None:
    job = await ann.ask(f"{DOI}\n{OTHER}")
    told = await ann.take(job, 0)
    assert told["state"] == "done"
    assert _bib(folder).startswith(SEED)
    assert "sandy2017influenza" in _bib(folder)
    assert OTHER not in _bib(folder)
    assert "+@article{sandy2017influenza," in told["diff"]
    assert "sandy2017influenza" in words(await ann.page(job))
    assert (await ann.get("/w/sandy2017influenza")).status_code == 200
    provenance = sqlite3.connect(folder / "records.db").execute(
        "SELECT DISTINCT citation_key, source FROM provenance"
    )
    assert provenance.fetchall() == [("sandy2017influenza", "crossref")]


async def test_bibtex_is_added_as_it_was_written_beside_identifiers(
    ann: Person, folder: Path
) -> None:
    mine = (
        "@Book{mine2020,\n\ttitle = {On Wells},\n   AUTHOR = {Ash, Ann}, month = jan, year=2020 }"
    )
    job = await ann.ask(f"{DOI}\n\n{mine}\n% a remark\n")
    told = await ann.told(job)
    assert [item["key"] for item in told["items"]] == ["sandy2017influenza", "mine2020"]
    await ann.take(job, 0, 1)
    assert mine in _bib(folder)
    assert "On Wells" in words((await ann.get("/w/mine2020")).text)


async def test_bibtex_with_macros_takes_their_values_along(ann: Person, folder: Path) -> None:
    await ann.take(
        await ann.ask("@string{jw = {Journal of Wells}}\n@article{w1, title={W}, journal = jw}"), 0
    )
    assert "{Journal of Wells}" in _bib(folder)
    assert "jw" not in _bib(folder)


async def test_broken_and_doubtful_entries_say_why_and_cannot_be_chosen(
    ann: Person, folder: Path
) -> None:
    text = (
        "@article{present2014, title={Another Thing Altogether}, author={Elm, Eve}}\n"
        "@article{x, author={Grace, Aimee M. and Ahn, Roy}, journal={Academic Medicine},"
        " title={Integrating curricula on human trafficking into medical education}, year={2014}}\n"
        "@article{y, note={nothing}}\n@article{open, title={never closed\n"
        "@article{fine, title={Fine}}\n@article{fine, title={Fine too}}\n"
    )
    job = await ann.ask(text)
    told = await ann.told(job)
    statuses = [item["status"] for item in told["items"]]
    assert statuses == [*("refused", "present", "refused", "not-understood", "added", "refused")]
    assert told["items"][1]["key"] == "present2014"
    page = words(await ann.page(job))
    assert "has (or had) the key 'present2014' already" in page
    assert "Already in the library as present2014" in page
    answer = await ann.post(job, **{"take-0": "1", "take-1": "1"})
    assert answer.status_code == 400
    assert "No work is chosen" in answer.text
    assert _bib(folder) == SEED


async def test_two_who_add_at_once_both_succeed_and_a_work_comes_once(
    datasette: Datasette, ann: Person, folder: Path
) -> None:
    ben = Person(datasette, "ben")
    jobs = await asyncio.gather(ann.ask(f"{DOI}\n{OTHER}"), ben.ask(DOI))
    for person, job in zip((ann, ben), jobs, strict=True):
        await person.told(job)
    first, second = await asyncio.gather(ann.take(jobs[0], 0, 1), ben.take(jobs[1], 0))
    assert (first["state"], second["state"]) == ("done", "done")
    assert _bib(folder).count(DOI) == 1
    assert _bib(folder).count(OTHER) == 1
    assert {second["items"][0]["key"], first["items"][0]["key"]} == {"sandy2017influenza"}


async def test_nobody_sees_the_jobs_of_another(datasette: Datasette, ann: Person) -> None:
    job = await ann.ask(DOI)
    await ann.told(job)
    ben = Person(datasette, "ben")
    assert (await ben.get(job)).status_code == 404
    assert (await ben.get(job + ".json")).status_code == 404
    assert (await ben.post(job, **{"take-0": "1"})).status_code == 404
    assert job not in (await ben.get("/-/add")).text
    assert job in (await ann.get("/-/add")).text


async def test_sending_a_choice_twice_adds_once(ann: Person, folder: Path) -> None:
    job = await ann.ask(DOI)
    await ann.take(job, 0)
    assert (await ann.post(job, **{"take-0": "1"})).status_code == 303
    assert (await ann.told(job))["state"] == "done"
    assert _bib(folder).count(DOI) == 1


async def test_leaving_a_preview_forgets_it(ann: Person, folder: Path) -> None:
    job = await ann.ask(DOI)
    await ann.told(job)
    assert (await ann.post(job, drop="1")).headers["location"] == "/-/add"
    assert (await ann.get(job)).status_code == 404
    assert _bib(folder) == SEED
    with closing(sqlite3.connect(folder / "records.db")) as records:
        assert records.execute("SELECT pasted FROM jobs").fetchall() == [("",)]


async def test_a_service_that_is_down_is_said_and_can_be_asked_again(
    ann: Person, monkeypatch: pytest.MonkeyPatch, loopback_environment: Mapping[str, str]
) -> None:
    monkeypatch.setenv("LIBRARY_CROSSREF_URL", "http://127.0.0.1:9")
    worker = worker_of(ann.datasette)
    assert worker is not None
    worker.settings = settings.load(worker.settings.root)
    job = await ann.ask(DOI)
    told = await ann.told(job)
    assert told["items"][0]["status"] == "error"
    page = await ann.page(job)
    assert "Ask again for what got no answer" in page
    monkeypatch.setenv("LIBRARY_CROSSREF_URL", loopback_environment["LIBRARY_CROSSREF_URL"])
    worker.settings = settings.load(worker.settings.root)
    told = await ann.told(await ann.ask(DOI))
    assert told["items"][0]["status"] == "added"


async def test_a_missing_bib_file_fails_the_job_with_its_sentence(
    ann: Person, folder: Path, loopback: World
) -> None:
    (folder / "references.bib").unlink()
    job = await ann.ask(DOI)
    assert (await ann.told(job))["state"] == "failed"
    assert "There is no file" in words(await ann.page(job))
    assert not loopback.log


@pytest.mark.parametrize("text", ["", "   \n\n", "# only a remark"])
async def test_nothing_pasted_is_said(ann: Person, text: str) -> None:
    answer = await ann.post("/-/add", text=text)
    assert answer.status_code == 400
    assert "There is nothing to add in this" in answer.text


async def test_too_many_works_are_refused_and_stay_in_the_field(ann: Person) -> None:
    text = "\n".join(f"10.5555/many.{number}" for number in range(MOST_WORKS + 1))
    answer = await ann.post("/-/add", text=text)
    assert answer.status_code == 400
    assert "at most 500" in answer.text
    assert "10.5555/many.500" in answer.text


async def test_what_is_too_long_is_refused_unread_with_a_sentence(ann: Person) -> None:
    answer = await ann.post("/-/add", text="x" * MOST_BYTES)
    assert answer.status_code == 413
    assert "nothing of it was read" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_what_is_too_long_and_does_not_say_so_is_refused_too(datasette: Datasette) -> None:
    await datasette.invoke_startup()
    sent = []
    pieces = iter([b"x" * 400_000] * 10)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": next(pieces), "more_body": True}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def unread(*_: object) -> None:
        pytest.fail("the application was asked")

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/-/add",
        "raw_path": b"/-/add",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    await adding_pages.limited(unread, datasette)(scope, receive, send)
    assert sent[0]["status"] == 413
    assert len(list(pieces)) == 6


async def test_who_asks_too_often_is_told_to_wait(
    datasette: Datasette, ann: Person, folder: Path
) -> None:
    with Records(folder / "records.db") as records:
        for _ in range(MOST_REQUESTS):
            job = Jobs(records).ask("ann", DOI, 1)
            Jobs(records).fail(job, "for this test")
    answer = await ann.post("/-/add", text=DOI)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert DOI in answer.text
    await Person(datasette, "ben").ask(DOI)


async def test_hostile_titles_and_texts_are_shown_as_text(ann: Person, folder: Path) -> None:
    nasty = "<img src=x onerror=alert(1)>\"'</textarea><script>alert(2)</script>"
    job = await ann.ask(f"{HOSTILE}\n{nasty}")
    pages = [await ann.page(job)]
    told = await ann.take(job, 0)
    assert told["state"] == "done"
    pages += [await ann.page(job), (await ann.get("/-/add")).text]
    pages.append((await ann.get("/-/add?url=" + urllib.parse.quote(nasty))).text)
    for page in pages:
        scripts = re.findall(r"<script[^>]*>", page)
        assert all("src=" in script for script in scripts)
        assert "<img" not in page
        assert " onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", page)
    assert "title = {Injected}" in words(pages[0])
    assert len(BibFile.open(folder / "references.bib").keys) == 2


async def test_our_policy_holds_on_every_page_of_it(ann: Person) -> None:
    job = await ann.ask(DOI)
    answers = [await ann.get("/-/add"), await ann.get(job)]
    await ann.told(job)
    answers += [await ann.get(job), await ann.post("/-/add", text="")]
    await ann.take(job, 0)
    answers += [await ann.get(job), await ann.get("/-/add/0123456789abcdef")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["cache-control"] == "private, no-store"
        assert not re.search(r"<script>| style=| onclick=", answer.text)


async def test_the_bookmarklet_brings_the_address_and_sends_nothing(
    ann: Person, folder: Path
) -> None:
    page = (await ann.get("/-/add?url=https%3A%2F%2Fexample.org%2Farticle%3Fa%3D1%26b%3D2")).text
    assert "https://example.org/article?a=1&amp;b=2</textarea>" in page
    assert "javascript:location.href=%22http://localhost/-/add?url=%22+encode" in page
    with closing(sqlite3.connect(folder / "records.db")) as records:
        assert records.execute("SELECT count(*) FROM jobs").fetchone() == (0,)


def test_the_bookmarklet_cannot_be_broken_out_of() -> None:
    made = bookmarklet('https://x.example/"+alert(1)+"\'/')
    assert urllib.parse.unquote(made) == (
        'javascript:location.href="https://x.example/\\"+alert(1)+\\"\'/?url="'
        "+encodeURIComponent(location.href)"
    )


async def test_a_job_that_a_stopped_server_left_is_taken_up_at_the_next_start(
    folder: Path,
) -> None:
    with Records(folder / "records.db") as records:
        jobs = Jobs(records)
        looked_for = jobs.ask("ann", DOI, 1)
        jobs.begin()  # and the process ended here
    datasette = serve.application(settings.load(folder))
    await datasette.invoke_startup()
    ann = Person(datasette, "ann")
    told = await ann.told(f"/-/add/{looked_for}")
    assert told["state"] == "looked-up"
    with Records(folder / "records.db") as records:
        Jobs(records).confirm(looked_for, "ann", [0])
        Jobs(records).begin()
    datasette = serve.application(settings.load(folder))
    await datasette.invoke_startup()
    told = await Person(datasette, "ann").told(f"/-/add/{looked_for}")
    assert told["state"] == "done"
    assert "sandy2017influenza" in _bib(folder)


async def test_a_server_that_is_told_to_stop_does_not_wait_for_a_silent_service(
    ann: Person, folder: Path, loopback: World
) -> None:
    loopback.fail(Silent(), times=1)
    job = await ann.ask(DOI)
    worker = worker_of(ann.datasette)
    assert worker is not None
    await asyncio.sleep(0.5)
    start = time.monotonic()
    await asyncio.to_thread(worker.stop)
    assert time.monotonic() - start < 3
    with Records(folder / "records.db") as records:
        left = Jobs(records).get(job.rsplit("/", 1)[1], "ann")
    assert left is not None
    assert (left.state, left.begun) == ("asked", 0)


async def test_a_job_waits_while_another_process_has_its_turn(ann: Person, folder: Path) -> None:
    with turn(folder / "records.db") as mine:
        assert mine
        job = await ann.ask(DOI)
        await asyncio.sleep(0.8)
        assert (await ann.get(job + ".json")).json()["state"] == "asked"
    assert (await ann.told(job))["state"] == "looked-up"


async def test_a_site_of_another_database_has_no_add_page(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE t (a)")
    datasette = type(serve.application(settings.Settings(tmp_path)))([str(tmp_path / "other.db")])
    answer = await datasette.client.get("/-/add")
    assert answer.status_code == 404

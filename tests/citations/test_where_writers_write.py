"""The files that writing programs take, given to these programs."""

import shutil
import subprocess
from pathlib import Path

import pytest
import typst

from library import build, citations, export, settings
from library.store import schema

ROOT = Path(__file__).resolve().parents[2]
KEY = "todres2014responding"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the seed in the formats of writing programs."""
    made = tmp_path_factory.mktemp("writing")
    for name in ("references.bib", "metadata.yml"):
        shutil.copy(ROOT / name, made)
    config = settings.load(made)
    build.build(config)
    connection = schema.connect_reading(config.database)
    for name, file in (
        ("bib", "works.bib"),
        ("csljson", "works.json"),
        ("hayagriva", "works.yml"),
        ("cleanbib", "clean.bib"),
    ):
        pieces = export.stream(connection, "SELECT citation_key FROM works", [], name)
        (made / file).write_bytes(b"".join(pieces))
    connection.close()
    return made


@pytest.mark.skipif(not citations.available(), reason="the cite extra is not installed")
@pytest.mark.parametrize("file", ["works.bib", "works.json", "clean.bib"])
def test_pandoc_cites_from_it(folder: Path, file: str) -> None:
    done = subprocess.run(
        [str(citations.engine.pandoc()), "--citeproc", "--bibliography", file, "-t", "plain"],
        input=f"As was said [@{KEY}].\n",
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "(Todres and Clayton 2014)" in done.stdout
    assert "Responding to the Sexual Exploitation of Minors" in " ".join(done.stdout.split())
    assert "not found" not in done.stderr


@pytest.mark.parametrize("file", ["works.yml", "works.bib", "clean.bib"])
def test_typst_cites_from_it(folder: Path, file: str) -> None:
    (folder / "a.typ").write_text(f'@{KEY}\n#bibliography("{file}", style: "ieee")\n')
    assert typst.compile(str(folder / "a.typ"), format="pdf").startswith(b"%PDF")


@pytest.mark.skipif(
    not (shutil.which("pdflatex") and shutil.which("biber")),
    reason="pdflatex and biber are not installed",
)
def test_latex_and_biber_cite_from_it(folder: Path) -> None:
    (folder / "a.tex").write_text(
        "\\documentclass{article}\\usepackage[style=authoryear]{biblatex}\n"
        "\\addbibresource{works.bib}\\begin{document}\\nocite{*}\\printbibliography\\end{document}\n"
    )
    latex = ["pdflatex", "-interaction=nonstopmode", "a.tex"]
    for command in (latex, ["biber", "a"], latex):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        if command[0] == "biber":
            assert "WARN" not in done.stdout
            assert "ERROR" not in done.stdout
    assert (folder / "a.pdf").read_bytes().startswith(b"%PDF")

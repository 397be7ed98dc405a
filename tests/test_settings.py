"""metadata.yml: what is understood, and what is said about what is not."""

from pathlib import Path

import pytest
import yaml

from library import settings
from library.errors import SettingsError, UsageError


def _write(folder: Path, text: str) -> Path:
    (folder / "metadata.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_settings_gets_the_defaults(tmp_path: Path) -> None:
    loaded = settings.load(_write(tmp_path, "title: Mine\n"))
    assert loaded.event == "print"
    assert loaded.bib == tmp_path / "references.bib"
    assert loaded.warnings == ()


def test_the_environment_overrides_the_mail_address_and_the_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIBRARY_MAILTO", "team@library.example")
    monkeypatch.setenv("LIBRARY_CROSSREF_URL", "http://127.0.0.1:9")
    loaded = settings.load(_write(tmp_path, "plugins:\n  library:\n    mailto: x@y.example\n"))
    assert (loaded.mailto, loaded.crossref_url) == ("team@library.example", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "title: x\nplugins:\n  library:\n    mailtoo: a@b.example\n",
            "metadata.yml:4: there is no setting 'mailtoo' under plugins: library "
            "(did you mean 'mailto'?)",
        ),
        (
            "plugins:\n  library:\n    event: tomorrow\n",
            "metadata.yml:3: the setting 'event' must be one of print, online, earliest",
        ),
        (
            "plugins:\n  library:\n    record_age_days: -1\n",
            "metadata.yml:3: the setting 'record_age_days' must be a whole number, 0 or more",
        ),
        (
            "plugins:\n  library:\n    enrich: {abstract: sometimes}\n",
            "metadata.yml:3: the setting 'enrich' must be a table from field to one of fill",
        ),
        (
            "plugins:\n  library:\n    key_pattern: '{autor}'\n",
            "metadata.yml:3: The key pattern '{autor}' cannot be read",
        ),
        ("title: [\n", "metadata.yml:2: this is not YAML"),
        ("- a\n- b\n", "metadata.yml: the file must be a table"),
        ("plugins: 3\n", "metadata.yml: plugins must be a table"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        settings.load(_write(tmp_path, text))
    assert said in str(error.value)


def test_a_file_that_is_not_utf8_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "metadata.yml").write_bytes(b"title: caf\xe9\n")
    with pytest.raises(SettingsError, match="metadata.yml is not UTF-8"):
        settings.load(tmp_path)


def test_a_key_that_datasette_ignores_is_a_warning(tmp_path: Path) -> None:
    loaded = settings.load(_write(tmp_path, "title: x\nlicence: MIT\n"))
    assert loaded.warnings == (
        "metadata.yml:2: Datasette knows no key 'licence' (did you mean 'license'?); "
        "it is ignored.",
    )


def test_the_library_is_the_nearest_folder_above_with_a_metadata_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIBRARY_ROOT", raising=False)
    _write(tmp_path, "title: x\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert settings.find_root() == tmp_path


def test_outside_a_library_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIBRARY_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="name it with --root"):
        settings.find_root()


@pytest.mark.parametrize("name", settings.SETTINGS)
def test_each_setting_can_be_given_as_its_example_says(name: str, tmp_path: Path) -> None:
    text = f"plugins:\n  library:\n    {name}: {settings.SETTINGS[name].example}\n"
    (tmp_path / "metadata.yml").write_text(text, encoding="utf-8")
    given = yaml.safe_load(text)["plugins"]["library"][name]
    if name == "checks":
        given = {"unprotected-acronym": "off"}  # YAML takes a bare off for false
    assert getattr(settings.load(tmp_path), name) == given

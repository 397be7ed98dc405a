"""`python -m pages`: write every generated page."""

from pages import checks, cli, formats, settings, tables

for module in (checks, cli, formats, settings, tables):
    module.PATH.write_text(module.page(), encoding="utf-8")
    print(f"wrote {module.PATH}")

"""`python -m pages`: write every generated page."""

from pages import checks, cli, formats, tables

for module in (checks, cli, formats, tables):
    module.PATH.write_text(module.page(), encoding="utf-8")
    print(f"wrote {module.PATH}")

"""`python -m pages`: write every generated page."""

from pages import cli, tables

for module in (cli, tables):
    module.PATH.write_text(module.page(), encoding="utf-8")
    print(f"wrote {module.PATH}")

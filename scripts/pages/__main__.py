"""`python -m pages`: write every generated page."""

from pages import cli

for module in (cli,):
    module.PATH.write_text(module.page(), encoding="utf-8")
    print(f"wrote {module.PATH}")

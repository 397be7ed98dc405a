"""The generated pages of docs/reference: each module has `page() -> str` and `PATH`."""

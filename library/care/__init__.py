"""Keeping a library right: what is wrong with it now, and what happened to its works since."""

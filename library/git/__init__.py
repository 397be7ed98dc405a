"""references.bib in git: merged by entries and fields, differences in words, installed once."""

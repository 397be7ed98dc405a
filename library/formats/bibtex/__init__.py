"""BibTeX and biblatex: the text of a .bib file, and what it means."""

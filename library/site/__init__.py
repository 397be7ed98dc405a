"""The site: a Datasette plugin.

Datasette loads its plugins in the middle of importing itself, so `datasette.app` comes first here:
whoever imports one of our modules alone gets a whole Datasette with us registered in it.
"""

import datasette.app  # noqa: F401 - see above

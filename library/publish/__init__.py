"""The site as a folder that goes elsewhere: a container, a host, a page of Datasette Lite.

The database is copied, compacted and counted; beside it stand the site's metadata and templates,
our own plugin as a wheel with what it needs pinned, and a Dockerfile.
"""

from library.publish.folder import Published, publish
from library.publish.wrapped import datasette_arguments, split_command

__all__ = ["Published", "datasette_arguments", "publish", "split_command"]

"""A twin of publishers' sites: pages by path, redirects, and pages that keep programs out."""

from .messages import Reply, Request


class Pages:
    """Answers from `pages`: path -> HTML; `moved`: path -> address it redirects to.

    `status` says with which status a path answers: 301 or 302 for one that has moved, else any.
    """

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.moved: dict[str, str] = {}
        self.status: dict[str, int] = {}
        self.closed: set[str] = set()  # paths that answer 403

    def pool(self, request: Request) -> str:
        """All requests count alike."""
        del request
        return "single"

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        path = request.path
        if path in self.closed:
            return Reply.text("<html><body>Are you a robot?</body></html>", 403, "text/html")
        if path in self.moved:
            status = self.status.get(path, 302)
            return Reply(status, b"", headers={"Location": self.moved[path]})
        if path in self.status:
            return Reply.text("<html></html>", self.status[path], "text/html")
        if path not in self.pages:
            return Reply.text("<html><body>No such page.</body></html>", 404, "text/html")
        return Reply.text(self.pages[path], 200, "text/html; charset=utf-8")

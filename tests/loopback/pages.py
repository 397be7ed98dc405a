"""A twin of publishers' sites: pages by path, redirects, and pages that keep programs out."""

from .messages import Reply, Request


class Pages:
    """Answers from `pages`: path -> HTML; `moved`: path -> address it redirects to."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.moved: dict[str, str] = {}
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
            return Reply(302, b"", headers={"Location": self.moved[path]})
        if path not in self.pages:
            return Reply.text("<html><body>No such page.</body></html>", 404, "text/html")
        return Reply.text(self.pages[path], 200, "text/html; charset=utf-8")

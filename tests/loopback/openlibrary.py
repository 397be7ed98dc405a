"""A twin of Open Library's Books API: /api/books?bibkeys=ISBN:…&jscmd=data."""

from typing import Any

from .messages import Reply, Request


class OpenLibrary:
    """Answers from `books`: ISBN-13 -> the "data" form of a book."""

    def __init__(self, books: dict[str, dict[str, Any]]) -> None:
        self.books = books

    def pool(self, request: Request) -> str:
        """All requests count alike."""
        del request
        return "list"

    def answer(self, request: Request) -> Reply:
        """Answer one request; unknown books are absent."""
        if request.segments != ["api", "books"]:
            return Reply.text("not found", 404)
        keys = request.query.get("bibkeys", "").split(",")
        books = {key: self.books.get(key.removeprefix("ISBN:")) for key in keys}
        return Reply.json({key: book for key, book in books.items() if book is not None})

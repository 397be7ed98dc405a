"""A name in parts, as CSL 1.0.2 has them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One person or organisation as it is printed on one work. Text is Unicode without LaTeX.

    A person has `family` (and mostly `given`); an organisation, or a name that cannot be split,
    has `literal` alone. None means "not stated"; "" never occurs.
    """

    family: str | None = None  # "Beethoven"
    given: str | None = None  # "Ludwig"
    non_dropping_particle: str | None = None  # "van", sorts and prints with the family name
    dropping_particle: str | None = None  # "de" in "La Fontaine, Jean de"
    suffix: str | None = None  # "Jr.", "III"
    literal: str | None = None  # "World Health Organization"

    def display(self) -> str:
        """Return the name in reading order: "Ludwig van Beethoven", "Martin Luther King Jr."."""
        if self.literal is not None:
            return self.literal
        parts = (
            self.given,
            self.dropping_particle,
            self.non_dropping_particle,
            self.family,
            self.suffix,
        )
        return " ".join(part for part in parts if part)

    def inverted(self) -> str:
        """Return the name in index order: "van Beethoven, Ludwig", "King, Martin Luther, Jr."."""
        if self.literal is not None:
            return self.literal
        head = " ".join(part for part in (self.non_dropping_particle, self.family) if part)
        tail = " ".join(part for part in (self.given, self.dropping_particle) if part)
        return ", ".join(part for part in (head, tail, self.suffix) if part)

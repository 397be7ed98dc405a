"""How a work is written down: each format reads text into works and writes works as text."""

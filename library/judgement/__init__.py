"""Pure decisions about works: no network, no disk."""

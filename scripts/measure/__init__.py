"""What `scripts/bench` and `scripts/conformance` run: one module per name."""

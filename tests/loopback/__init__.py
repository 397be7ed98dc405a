"""The services that the library asks, on 127.0.0.1: real HTTP servers for tests and measurements.

Nothing here is imported by the library. `fixtures.py` gives them to tests, `scripts/loopback`
starts them for trying by hand.
"""

"""The command line: each command parses, calls one function of `tasks`, and prints."""

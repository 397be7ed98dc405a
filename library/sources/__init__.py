"""Where records come from: an identifier in, a raw record out, stored before it is read."""

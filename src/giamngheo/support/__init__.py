"""Support that reaches: who is entitled to what, what was given, and where the two do not meet."""

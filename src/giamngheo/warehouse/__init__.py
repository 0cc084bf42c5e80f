"""Columnar copies of the register as it stood at one moment, for analysis: immutable, dated, with their dictionary."""

"""Workbooks of agencies: read whole, every problem told, rows matched to persons, applied whole or not at all."""

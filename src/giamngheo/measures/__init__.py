"""Poverty statistics over tables of households: pure column expressions, without database, clock or web."""

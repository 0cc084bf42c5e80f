"""The two-sided engine: what was given twice, what was not given, out of rights and deliveries side by side."""

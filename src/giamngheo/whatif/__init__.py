"""What-if: a changed line, cut-off, clock or amount tried on the households of a round, before anyone decides it."""

"""What goes out of the house: official reports and the papers of the annual review."""

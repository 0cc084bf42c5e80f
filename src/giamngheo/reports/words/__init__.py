"""Reports in words: monthly, quarterly, annual, interim and final, as Word and PDF from one frozen document."""

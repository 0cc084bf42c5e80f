"""Maps and charts drawn on the server, the same for pages, PDF and Word."""

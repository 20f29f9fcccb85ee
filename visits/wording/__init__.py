"""Labels for codes, and map data, for all pages."""

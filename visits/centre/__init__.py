"""Records on their way to the national server."""

"""Transfer of accepted records to the national server."""

"""To come: printed cards on their way to the resident's hand."""

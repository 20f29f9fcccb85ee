"""To come: figures for the head of office."""

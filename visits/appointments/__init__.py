"""What families were told: published visits and their states, arrival intervals, promises, telephone numbers."""

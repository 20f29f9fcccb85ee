"""What families were told: published visits and their states, arrival intervals, promises, call-offs, telephone numbers."""

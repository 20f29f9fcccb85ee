"""Random walks through every door of a small office on a real database, held against a referee of its own."""

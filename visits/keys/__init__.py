"""Keys of the office and of persons, what is sealed under them, and which life of the database this is."""

"""The office's keys, sealing under the keys of persons, and the database's epoch."""

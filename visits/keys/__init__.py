"""The office's keys, sealing under the keys of persons, the database's epoch and its backups."""

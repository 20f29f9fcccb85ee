"""Django's PostgreSQL backend, for processes that outlive their database."""

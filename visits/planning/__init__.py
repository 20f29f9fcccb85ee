"""Plain-Python planning engine: data in, plan out. Imports no Django."""

"""The door of the tablets: HTTP in, a service called, JSON out. The shapes are in `visits.sync.shapes`."""

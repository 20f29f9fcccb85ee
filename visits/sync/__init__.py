"""The tablet protocol: what tablets are sent, and how their manifests are read. Writes nothing."""

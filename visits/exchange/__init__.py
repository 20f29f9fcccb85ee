"""Files to and from other systems: lists, bundles. Empty so far."""

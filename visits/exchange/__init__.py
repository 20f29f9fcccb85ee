"""To come: files to and from other systems: lists, bundles."""

"""What tablets are told and how their manifests read: no writes here."""

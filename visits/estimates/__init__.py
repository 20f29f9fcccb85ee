"""How long visits and drives take: learned from reports, fitted, and audited against what families were told."""

"""Estimates of visit durations and driving speed: learned from reports, fitted, and audited against what
came."""

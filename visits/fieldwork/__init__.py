"""What tablets report from the road: events, what they change, and where the teams are."""

"""Teams, officers, shifts, the working calendar, messages to teams, and the rights of the office's accounts."""

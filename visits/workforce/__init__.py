"""Teams, officers, shifts, the working calendar, messages to teams, and roles of accounts."""

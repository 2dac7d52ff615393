"""The keeper's room: the data that the rules rest on, the calendars and the credit register."""

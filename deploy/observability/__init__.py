"""What to watch in production: the scrape configuration, the three alarms and the tests of their rules."""

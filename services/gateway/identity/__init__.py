"""Who is this: accounts, partners' programs, sessions, password resets."""

"""The rules of notices: what each event says to the applicant, and how patiently it is delivered."""

"""Single values and their one stored form: identifiers, names, dates, inline markup."""

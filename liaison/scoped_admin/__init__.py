"""The admin behind the first wall: every list, form, filter, search and act begins in the account's scope."""

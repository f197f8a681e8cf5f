"""The papers of an account: bills as PDF and the codes they are checked by."""

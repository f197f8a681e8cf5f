"""The database itself refuses to change or remove what the journal holds."""

from django.db import migrations

FORBID = """
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'journal entries are never changed or removed';
END $$;
CREATE TRIGGER journal_append_only
    BEFORE UPDATE OR DELETE ON journal_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_no_truncate
    BEFORE TRUNCATE ON journal_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
"""
ALLOW = """
DROP TRIGGER journal_no_truncate ON journal_journalentry;
DROP TRIGGER journal_append_only ON journal_journalentry;
DROP FUNCTION journal_refuse();
"""


class Migration(migrations.Migration):
    """Add the refusing triggers."""

    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]

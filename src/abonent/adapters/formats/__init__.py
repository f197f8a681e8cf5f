"""Files of banks and agents: layouts that are data, and the statement of 1C."""

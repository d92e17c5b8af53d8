"""Every change of the tables, one step a file, up and down."""

"""Small builders of files that people send by mistake or on purpose."""

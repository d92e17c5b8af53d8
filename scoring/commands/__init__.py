"""What the command `scoring` can do, one module a command: each adds its arguments and runs."""

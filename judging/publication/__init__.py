"""What the public sees: notices with their window, objections and rulings, certificates and their check."""

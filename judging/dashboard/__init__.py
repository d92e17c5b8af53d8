"""The desks: pages that read from every stage and write nothing."""

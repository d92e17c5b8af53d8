"""The scripts and components of the pages, tried in Chromium on a server of their own."""

"""The models behind calibration: arrays in, arrays out; nothing here knows of files, tables to print or rounding."""

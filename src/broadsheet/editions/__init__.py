"""The published outputs, one file or package each; `base` says what they share."""

"""The provincial platform's room: hand cases on under its own numbers, and follow them by cursor."""

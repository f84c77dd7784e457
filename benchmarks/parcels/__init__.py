"""Seeded parcels in three grades, and the score of what was found in them; see README.md."""

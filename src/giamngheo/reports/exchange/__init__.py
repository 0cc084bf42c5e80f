"""Series taken away: as tables for people, as SDMX for other systems."""

"""Does it last: who holds after escaping poverty and who falls back, and which households to keep an eye on."""

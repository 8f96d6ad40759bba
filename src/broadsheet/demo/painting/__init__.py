"""How the sample web's pictures are painted: a canvas, palettes and scenes. Deterministic; no files, no clock."""

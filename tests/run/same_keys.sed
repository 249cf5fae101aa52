# In a guest every tool has this name.
s/@cm\[tool\]/@cm[same_keys]/

# In a guest every tool has this name.
s/\btool\b/arrays/g

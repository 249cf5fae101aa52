# with: of_load
# must match: setresuid ruid=3

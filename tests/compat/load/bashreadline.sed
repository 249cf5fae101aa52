# must match: echo one

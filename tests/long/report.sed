s/"next": [0-9]+/"next": ADDRESS/

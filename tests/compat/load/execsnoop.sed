# must match: marker
/^[0-9]/{/one|marker/!d; s/^[0-9]+ +/T /}

# must match: ^HH:MM:SS .* load .* 127\.0\.0\.1:

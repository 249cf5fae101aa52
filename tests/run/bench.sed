s/ [0-9]{1,9} +[0-9]{2,6}$/ TIME ITERATIONS/

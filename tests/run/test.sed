s/\([0-9]+ (ns|μs|ms)\)/(TIME)/

#pragma once
#define HEADER 7
struct of_header {
	int x;
	char y;
};
enum hue { HUE_A = 4 };

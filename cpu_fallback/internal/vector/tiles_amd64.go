package vector

// Tiles512 are the AVX-512 tiles by rows - 1 and vectors of 16 columns - 1. The
// argument is the address of a Tile's first field.
var Tiles512 = [12][2]func(t *int){
	{tile512x1x1, tile512x1x2},
	{tile512x2x1, tile512x2x2},
	{tile512x3x1, tile512x3x2},
	{tile512x4x1, tile512x4x2},
	{tile512x5x1, tile512x5x2},
	{tile512x6x1, tile512x6x2},
	{tile512x7x1, tile512x7x2},
	{tile512x8x1, tile512x8x2},
	{tile512x9x1, tile512x9x2},
	{tile512x10x1, tile512x10x2},
	{tile512x11x1, tile512x11x2},
	{tile512x12x1, tile512x12x2},
}

// Tiles256 are the AVX2 tiles of 16 columns, by rows - 1. They need FMA and
// write all 16 columns.
var Tiles256 = [6]func(t *int){tile256x1, tile256x2, tile256x3, tile256x4, tile256x5, tile256x6}

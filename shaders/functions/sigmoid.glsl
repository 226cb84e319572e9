// uses: exp
// 1 / (1 + e^-x): no overflow at either end.
float fsigmoid(float x) {
	precise float y = 1.0 / (1.0 + fexp(-x));
	return y;
}

#include "textflag.h"

// func call(entry *byte, args *Args)
TEXT ·call(SB), 0, $8-16
	MOVQ entry+0(FP), AX
	MOVQ args+8(FP), DI
	CALL AX
	RET

#include "textflag.h"

// func CopyAhead(dst *float32, src *float32, next *float32, blocks int)
// Requires: AVX
TEXT ·CopyAhead(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), AX
	MOVQ src+8(FP), CX
	MOVQ next+16(FP), DX
	MOVQ blocks+24(FP), BX

loop:
	PREFETCHT1 (DX)

	// PREFETCHW 1024(AX), which the assembler does not know.
	BYTE $0x0F; BYTE $0x0D; BYTE $0x88; LONG $1024
	VMOVUPS (CX), Y0
	VMOVUPS 32(CX), Y1
	VMOVUPS Y0, (AX)
	VMOVUPS Y1, 32(AX)
	ADDQ    $64, AX
	ADDQ    $64, CX
	ADDQ    $64, DX
	DECQ    BX
	JNZ     loop
	VZEROUPPER
	RET

// func ClearRows(dst *float32, stride uintptr, rows int, blocks int)
// Requires: AVX
TEXT ·ClearRows(SB), NOSPLIT, $0-32
	MOVQ   dst+0(FP), AX
	MOVQ   stride+8(FP), CX
	MOVQ   rows+16(FP), DX
	MOVQ   CX, R10
	SHLQ   $4, R10
	ADDQ   AX, R10
	VXORPS Y0, Y0, Y0

row:
	MOVQ blocks+24(FP), BX
	MOVQ AX, R9
	MOVQ R10, R11

block:
	// PREFETCHW (R11), 16 rows ahead.
	BYTE $0x41; BYTE $0x0F; BYTE $0x0D; BYTE $0x0B
	VMOVUPS Y0, (R9)
	ADDQ    $32, R9
	ADDQ    $32, R11
	DECQ    BX
	JNZ     block
	ADDQ    CX, AX
	ADDQ    CX, R10
	DECQ    DX
	JNZ     row
	VZEROUPPER
	RET

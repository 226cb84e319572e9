//go:build cgo && (linux || windows)

#include "play.h"

#include <stddef.h>

#ifdef _WIN32
#define GLCALL __stdcall
#else
#define GLCALL
#endif

enum { SHADER_STORAGE_BUFFER = 0x90D2, TEXTURE_BUFFER = 0x8C2A, TEXTURE0 = 0x84C0 };

static uint64_t wide(const uint32_t *w) { return w[0] | (uint64_t)w[1] << 32; }

int64_t play_list(const play_functions *f, const uint32_t *words, int64_t count, int64_t times, uint32_t before) {
	void (GLCALL *use)(unsigned) = f->UseProgram;
	void (GLCALL *range)(unsigned, unsigned, unsigned, ptrdiff_t, ptrdiff_t) = f->BindBufferRange;
	void (GLCALL *active)(unsigned) = f->ActiveTexture;
	void (GLCALL *texture)(unsigned, unsigned) = f->BindTexture;
	void (GLCALL *uniforms)(int, int, const uint32_t *) = f->Uniform1uiv;
	void (GLCALL *barrier)(unsigned) = f->MemoryBarrier_;
	void (GLCALL *dispatch)(unsigned, unsigned, unsigned) = f->DispatchCompute;
	for (int64_t n = 0; n < times; n++) {
		if (before) barrier(before);
		for (int64_t i = 0; i < count;) {
			const uint32_t *w = words + i;
			switch (w[0]) {
			case PLAY_PROGRAM: use(w[1]); i += 2; break;
			case PLAY_STORAGE: range(SHADER_STORAGE_BUFFER, w[1], w[2], wide(w + 3), wide(w + 5)); i += 7; break;
			case PLAY_TEXTURE: active(TEXTURE0 + w[1]); texture(TEXTURE_BUFFER, w[2]); i += 3; break;
			case PLAY_UNIFORMS: uniforms(w[1], w[2], w + 3); i += 3 + w[2]; break;
			case PLAY_BARRIER: barrier(w[1]); i += 2; break;
			case PLAY_DISPATCH: dispatch(w[1], w[2], w[3]); i += 4; break;
			default: return i;
			}
		}
	}
	return -1;
}

void play_empty(const play_functions *f, int64_t times) {
	void (GLCALL *dispatch)(unsigned, unsigned, unsigned) = f->DispatchCompute;
	while (times-- > 0) dispatch(1, 1, 1);
}

uint32_t play_reset_status(const play_functions *f) {
	unsigned (GLCALL *status)(void) = f->GetGraphicsResetStatus;
	return status ? status() : 0;
}

void play_buffer_storage(const play_functions *f, uint32_t target, int64_t size, uint32_t flags) {
	void (GLCALL *storage)(unsigned, ptrdiff_t, const void *, unsigned) = f->BufferStorage;
	storage(target, size, NULL, flags);
}

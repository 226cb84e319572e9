// Plays a flat list of OpenGL commands: one cgo call for a whole step.
#ifndef GLEARN_PLAY_H
#define GLEARN_PLAY_H

#include <stdint.h>

// The commands, as 32-bit words: the code, then its arguments.
enum {
	PLAY_PROGRAM = 1, // program
	PLAY_STORAGE,     // slot, buffer, offset low, high, size low, high
	PLAY_TEXTURE,     // unit, texture
	PLAY_UNIFORMS,    // location, count, words...
	PLAY_BARRIER,     // bits
	PLAY_DISPATCH,    // x, y, z
};

typedef struct {
	void *UseProgram, *BindBufferRange, *ActiveTexture, *BindTexture;
	void *Uniform1uiv, *MemoryBarrier_, *DispatchCompute;
	void *GetGraphicsResetStatus; // or NULL
	void *BufferStorage;          // or NULL
} play_functions;

// play_list runs count words of commands, times times over, with a barrier of
// the given bits (if any) before each run. It returns the place of a word that
// is no command, or -1.
int64_t play_list(const play_functions *f, const uint32_t *words, int64_t count, int64_t times, uint32_t before);

// play_empty is the floor that replaying is measured against: a loop of
// glDispatchCompute.
void play_empty(const play_functions *f, int64_t times);

// play_reset_status is what the driver says of the context: 0, or why it was
// reset.
uint32_t play_reset_status(const play_functions *f);

// play_buffer_storage is glBufferStorage, which OpenGL 4.3 does not have, of
// size bytes without content.
void play_buffer_storage(const play_functions *f, uint32_t target, int64_t size, uint32_t flags);

#endif

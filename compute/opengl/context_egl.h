// A context without a window, through EGL. libEGL is loaded at run time, so a
// program builds without its headers and starts without the library.
#ifndef GLEARN_CONTEXT_EGL_H
#define GLEARN_CONTEXT_EGL_H

typedef struct {
	void *display; // shared by all contexts of one device
	void *context;
	int slot;      // of the display in the table that counts its users
} glearn_egl;

// glearn_egl_open makes a context of the device numbered device (-1: the
// default display, surfaceless) and makes it current on this thread. On
// failure it returns 0 and writes the reason to why.
int glearn_egl_open(glearn_egl *e, int device, char *why, int whylen);

// glearn_egl_devices counts the devices EGL lists, or returns -1 when the
// library or its device extension is missing, with the reason in why.
int glearn_egl_devices(char *why, int whylen);

// glearn_egl_close gives the context back.
void glearn_egl_close(glearn_egl *e);

// glearn_egl_proc is the address of an OpenGL function.
void *glearn_egl_proc(const char *name);

#endif

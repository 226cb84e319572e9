//go:build cgo && linux && !glfw

#include "context_egl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// The part of EGL 1.5 and its extensions that is used here, from the Khronos
// registry.
typedef void *Display, *Config, *Context, *Device;
typedef intptr_t Attrib;
enum {
	EXTENSIONS = 0x3055,
	PLATFORM_DEVICE = 0x313F,
	PLATFORM_SURFACELESS_MESA = 0x31DD,
	OPENGL_API = 0x30A2,
	SURFACE_TYPE = 0x3033,
	RENDERABLE_TYPE = 0x3040,
	OPENGL_BIT = 0x0008,
	NONE = 0x3038,
	MAJOR_VERSION = 0x3098,
	MINOR_VERSION = 0x30FB,
	PROFILE_MASK = 0x30FD,
	CORE_PROFILE_BIT = 1,
	ROBUST_ACCESS = 0x31B2,
	RESET_STRATEGY = 0x31BD,
	LOSE_CONTEXT_ON_RESET = 0x31BF,
};

static struct {
	void *library;
	void *(*GetProcAddress)(const char *);
	const char *(*QueryString)(Display, int);
	Display (*GetDisplay)(void *);
	Display (*GetPlatformDisplay)(unsigned, void *, const Attrib *);
	unsigned (*QueryDevices)(int, Device *, int *);
	unsigned (*Initialize)(Display, int *, int *);
	unsigned (*Terminate)(Display);
	unsigned (*BindAPI)(unsigned);
	unsigned (*ChooseConfig)(Display, const int *, Config *, int, int *);
	Context (*CreateContext)(Display, Config, Context, const int *);
	unsigned (*MakeCurrent)(Display, void *, void *, Context);
	unsigned (*DestroyContext)(Display, Context);
	unsigned (*ReleaseThread)(void);
	int (*GetError)(void);
} egl;

// EGL hands out one display a device, and terminating it ends every context
// on it: users are counted.
static struct { Display display; int users; } displays[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int load(char *why, int whylen) {
	if (egl.library) return 1;
	void *lib = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		snprintf(why, whylen, "libEGL.so.1 cannot be loaded (%s); install libegl1 and a driver, for instance libgl1-mesa-dri", dlerror());
		return 0;
	}
#define FIND(field, name) \
	*(void **)&egl.field = dlsym(lib, name); \
	if (!egl.field) { snprintf(why, whylen, "libEGL.so.1 lacks %s", name); return 0; }
	FIND(GetProcAddress, "eglGetProcAddress")
	FIND(QueryString, "eglQueryString")
	FIND(GetDisplay, "eglGetDisplay")
	FIND(Initialize, "eglInitialize")
	FIND(Terminate, "eglTerminate")
	FIND(BindAPI, "eglBindAPI")
	FIND(ChooseConfig, "eglChooseConfig")
	FIND(CreateContext, "eglCreateContext")
	FIND(MakeCurrent, "eglMakeCurrent")
	FIND(DestroyContext, "eglDestroyContext")
	FIND(ReleaseThread, "eglReleaseThread")
	FIND(GetError, "eglGetError")
#undef FIND
	*(void **)&egl.GetPlatformDisplay = egl.GetProcAddress("eglGetPlatformDisplay");
	if (!egl.GetPlatformDisplay) *(void **)&egl.GetPlatformDisplay = egl.GetProcAddress("eglGetPlatformDisplayEXT");
	*(void **)&egl.QueryDevices = egl.GetProcAddress("eglQueryDevicesEXT");
	egl.library = lib;
	return 1;
}

static int has(const char *list, const char *name) {
	size_t n = strlen(name);
	for (const char *at = list; at && (at = strstr(at, name)); at += n)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0)) return 1;
	return 0;
}

int glearn_egl_devices(char *why, int whylen) {
	int n = -1;
	pthread_mutex_lock(&lock);
	if (load(why, whylen)) {
		const char *client = egl.QueryString(NULL, EXTENSIONS);
		Device list[64];
		if (!has(client, "EGL_EXT_device_base") && !has(client, "EGL_EXT_device_enumeration"))
			snprintf(why, whylen, "EGL has no EGL_EXT_device_enumeration");
		else if (!egl.QueryDevices || !egl.QueryDevices(64, list, &n)) {
			n = -1;
			snprintf(why, whylen, "eglQueryDevicesEXT failed");
		}
	}
	pthread_mutex_unlock(&lock);
	return n;
}

static Display find_display(int device, char *why, int whylen) {
	const char *client = egl.QueryString(NULL, EXTENSIONS);
	if (device >= 0) {
		Device list[64];
		int n = 0;
		if (!egl.QueryDevices || !egl.QueryDevices(64, list, &n) || device >= n) {
			snprintf(why, whylen, "EGL has no device %d", device);
			return NULL;
		}
		if (!egl.GetPlatformDisplay || !has(client, "EGL_EXT_platform_device")) {
			snprintf(why, whylen, "EGL has no EGL_EXT_platform_device");
			return NULL;
		}
		return egl.GetPlatformDisplay(PLATFORM_DEVICE, list[device], NULL);
	}
	if (egl.GetPlatformDisplay && has(client, "EGL_MESA_platform_surfaceless"))
		return egl.GetPlatformDisplay(PLATFORM_SURFACELESS_MESA, NULL, NULL);
	return egl.GetDisplay(NULL);
}

static void drop_display(int slot) {
	if (--displays[slot].users == 0) {
		egl.Terminate(displays[slot].display);
		displays[slot].display = NULL;
	}
}

static int open_locked(glearn_egl *e, int device, char *why, int whylen) {
	int major, minor;
	if (!load(why, whylen)) return 0;
	e->display = find_display(device, why, whylen);
	if (!e->display) {
		if (!why[0]) snprintf(why, whylen, "EGL gives no display (error 0x%x)", egl.GetError());
		return 0;
	}
	if (!egl.Initialize(e->display, &major, &minor)) {
		snprintf(why, whylen, "eglInitialize failed (error 0x%x)", egl.GetError());
		return 0;
	}
	e->slot = -1;
	for (int i = 0; i < 64; i++) {
		if (displays[i].users && displays[i].display == e->display) { e->slot = i; break; }
		if (!displays[i].users && e->slot < 0) e->slot = i;
	}
	if (e->slot < 0) {
		snprintf(why, whylen, "more than 64 displays are in use");
		return 0;
	}
	displays[e->slot].display = e->display;
	displays[e->slot].users++;

	const char *extensions = egl.QueryString(e->display, EXTENSIONS);
	if (!has(extensions, "EGL_KHR_surfaceless_context")) {
		snprintf(why, whylen, "the display has no EGL_KHR_surfaceless_context");
		drop_display(e->slot);
		return 0;
	}
	if (!egl.BindAPI(OPENGL_API)) {
		snprintf(why, whylen, "the display has no desktop OpenGL");
		drop_display(e->slot);
		return 0;
	}
	const int want[] = {SURFACE_TYPE, 0, RENDERABLE_TYPE, OPENGL_BIT, NONE};
	Config config = NULL;
	int count = 0;
	if (!egl.ChooseConfig(e->display, want, &config, 1, &count) || count < 1) config = NULL;
	if (!config && !has(extensions, "EGL_KHR_no_config_context")) {
		snprintf(why, whylen, "the display has no OpenGL configuration");
		drop_display(e->slot);
		return 0;
	}
	// A robust context reports a reset instead of failing in unknown ways; not
	// every driver grants one.
	const int robust[] = {MAJOR_VERSION, 4, MINOR_VERSION, 3, PROFILE_MASK, CORE_PROFILE_BIT,
		RESET_STRATEGY, LOSE_CONTEXT_ON_RESET, NONE};
	const int plain[] = {MAJOR_VERSION, 4, MINOR_VERSION, 3, PROFILE_MASK, CORE_PROFILE_BIT, NONE};
	e->context = egl.CreateContext(e->display, config, NULL, robust);
	if (!e->context) e->context = egl.CreateContext(e->display, config, NULL, plain);
	if (!e->context) {
		snprintf(why, whylen, "the driver gives no OpenGL 4.3 core context (EGL error 0x%x)", egl.GetError());
		drop_display(e->slot);
		return 0;
	}
	if (!egl.MakeCurrent(e->display, NULL, NULL, e->context)) {
		snprintf(why, whylen, "eglMakeCurrent failed (error 0x%x)", egl.GetError());
		egl.DestroyContext(e->display, e->context);
		drop_display(e->slot);
		return 0;
	}
	return 1;
}

int glearn_egl_open(glearn_egl *e, int device, char *why, int whylen) {
	why[0] = 0;
	pthread_mutex_lock(&lock);
	int ok = open_locked(e, device, why, whylen);
	pthread_mutex_unlock(&lock);
	return ok;
}

void glearn_egl_close(glearn_egl *e) {
	pthread_mutex_lock(&lock);
	egl.MakeCurrent(e->display, NULL, NULL, NULL);
	egl.DestroyContext(e->display, e->context);
	drop_display(e->slot);
	egl.ReleaseThread();
	pthread_mutex_unlock(&lock);
}

void *glearn_egl_proc(const char *name) { return egl.GetProcAddress(name); }

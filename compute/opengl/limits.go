//go:build cgo && (linux || windows)

package opengl

import (
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// limits is what a driver says of itself and what it can do.
type limits struct {
	vendor, renderer, version string
	platform                  string
	software                  bool     // a CPU renders
	blockWords                int      // longest window of a storage block
	blockAlign                int      // bytes that a window's start is a multiple of
	blocks                    int      // storage blocks of one kernel
	groups                    int      // work groups along an axis
	groupSize                 int      // invocations of a group
	sharedBytes               int      // memory a group shares
	texels                    int      // longest buffer texture
	texelAlign                int      // bytes that its window's start is a multiple of
	memory                    int64    // bytes that may be filled; 0 where unknown
	storage                   bool     // buffers may stay mapped (GL_ARB_buffer_storage, or OpenGL 4.4)
	resetStatus               string   // the function that reports resets; empty for none
	extensions                []string // of those that matter here
}

// Extensions that are used where they are there, and two that half precision
// would need.
var knownExtensions = []string{
	"GL_ARB_robustness", "GL_KHR_robustness", "GL_ARB_buffer_storage", "GL_ARB_get_program_binary", "GL_KHR_parallel_shader_compile", "GL_ARB_parallel_shader_compile",
	"GL_NVX_gpu_memory_info", "GL_ATI_meminfo", "GL_NV_gpu_shader5", "GL_AMD_gpu_shader_half_float",
}

// maxLoop is how many iterations the loops of one invocation may take in all:
// llvmpipe silently stops at 65,535.
const maxLoop = 60000

// maxBufferWords keeps buffers below 4 GiB, where Mesa's sizes end.
const maxBufferWords = 1<<30 - 4

// fits is true when a window that holds words [offset, offset+words) can be
// bound, wherever it starts.
func (l limits) fits(words int) bool { return words+l.blockAlign/4 <= l.blockWords }

func getInt(name uint32) int {
	var v int32
	gl.GetIntegerv(name, &v)
	return int(v)
}

func readLimits(platform string) limits {
	var block int64
	gl.GetInteger64v(gl.MAX_SHADER_STORAGE_BLOCK_SIZE, &block)
	var groups int32
	gl.GetIntegeri_v(gl.MAX_COMPUTE_WORK_GROUP_COUNT, 0, &groups)
	l := limits{
		vendor:      gl.GoStr(gl.GetString(gl.VENDOR)),
		renderer:    gl.GoStr(gl.GetString(gl.RENDERER)),
		version:     gl.GoStr(gl.GetString(gl.VERSION)),
		platform:    platform,
		blockWords:  int(min(block/4, maxBufferWords)),
		blockAlign:  max(getInt(gl.SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT), 16),
		blocks:      min(getInt(gl.MAX_COMPUTE_SHADER_STORAGE_BLOCKS), getInt(gl.MAX_SHADER_STORAGE_BUFFER_BINDINGS)),
		groups:      min(int(groups), 65535),
		groupSize:   getInt(gl.MAX_COMPUTE_WORK_GROUP_INVOCATIONS),
		sharedBytes: getInt(gl.MAX_COMPUTE_SHARED_MEMORY_SIZE),
		texels:      getInt(gl.MAX_TEXTURE_BUFFER_SIZE),
		texelAlign:  max(getInt(gl.TEXTURE_BUFFER_OFFSET_ALIGNMENT), 16),
	}
	name := strings.ToLower(l.renderer)
	for _, software := range []string{"llvmpipe", "softpipe", "swrast", "swiftshader", "gdi generic", "basic render"} {
		l.software = l.software || strings.Contains(name, software)
	}
	extensions := map[string]bool{}
	for i := range getInt(gl.NUM_EXTENSIONS) {
		extensions[gl.GoStr(gl.GetStringi(gl.EXTENSIONS, uint32(i)))] = true
	}
	for _, name := range knownExtensions {
		if extensions[name] {
			l.extensions = append(l.extensions, name)
		}
	}
	l.storage = extensions["GL_ARB_buffer_storage"] || 10*getInt(gl.MAJOR_VERSION)+getInt(gl.MINOR_VERSION) >= 44
	switch {
	case extensions["GL_KHR_robustness"]:
		l.resetStatus = "glGetGraphicsResetStatus"
	case extensions["GL_ARB_robustness"]:
		l.resetStatus = "glGetGraphicsResetStatusARB"
	}
	l.memory = deviceMemory(l.software, extensions)
	return l
}

// deviceMemory asks the extensions that tell it; a software renderer fills the
// machine's own memory.
func deviceMemory(software bool, extensions map[string]bool) int64 {
	const (
		totalMemoryNVX  = 0x9048 // GL_GPU_MEMORY_INFO_TOTAL_AVAILABLE_MEMORY_NVX, in KiB
		freeMemoryATI   = 0x87FB // GL_VBO_FREE_MEMORY_ATI, in KiB
		bytesPerKibiATI = 1024
	)
	switch {
	case software:
		return hostMemory()
	case extensions["GL_NVX_gpu_memory_info"]:
		return int64(getInt(totalMemoryNVX)) * 1024
	case extensions["GL_ATI_meminfo"]:
		var free [4]int32
		gl.GetIntegerv(freeMemoryATI, &free[0])
		return int64(free[0]) * bytesPerKibiATI
	}
	return 0
}

//! How the C library's allocator gets memory from the system. It is made for programs that run long, and grows in small
//! steps, for each thread apart: this one runs for milliseconds, one thread after the other.

/// Has one heap for all threads, which grows by half a megabyte at a time and is never given back in parts: a twentieth
/// of a check's CPU time. Must be called before there is a second thread.
#[cfg(target_env = "gnu")]
#[allow(unsafe_code, reason = "there is no other way to set up the C library's allocator")]
pub(crate) fn set_up() {
    const KIB: libc::c_int = 1 << 10;
    let settings = [
        (libc::M_ARENA_MAX, 1),
        (libc::M_TOP_PAD, 512 * KIB),
        (libc::M_TRIM_THRESHOLD, 64 * 1024 * KIB),
        // Larger blocks are mapped, and given back when they are freed: images that are unpacked.
        (libc::M_MMAP_THRESHOLD, 8 * 1024 * KIB),
    ];
    for (name, value) in settings {
        // SAFETY: mallopt only sets the allocator's own numbers, and there is no other thread yet. A number that it
        // does not take is none that this program needs.
        unsafe { libc::mallopt(name, value) };
    }
}

/// Other C libraries' allocators have nothing of the kind to set.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn set_up() {}

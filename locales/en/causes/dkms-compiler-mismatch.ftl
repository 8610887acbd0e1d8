name = Wrong compiler for the kernel
title = Compiler does not fit kernel { $kernel }: { $version } was not built
explanation =
    { $builder } could not build driver { $version } for kernel { $kernel }, because the compiler is not the one that the kernel was built with. The first error is: { $reason }. The log is { $log }. { $on_disk ->
        [none] That kernel has no nvidia module.
       *[other] The module on disk is still { $on_disk }.
    }
what = A kernel module has to be compiled with the options of its kernel. A compiler of another version, or gcc instead of clang, does not know some of them, and the build stops.
why = The kernel came from another release (a hardware enablement or backported kernel) than the default compiler, the default compiler was changed by hand (update-alternatives, CC), or the kernel was built with clang.
see =
    cat /proc/version
    gcc --version
    update-alternatives --display gcc
    grep -n -m3 -E 'compiler differs|unrecognized|CC version' /var/lib/dkms/nvidia*/*/build/make.log
helps =
    Install the compiler that /proc/version names, beside the present one:
    Debian, Ubuntu: apt install gcc-12, with the version that the kernel was built with
    Fedora, RHEL: dnf install gcc, after an upgrade of the whole system
    If the default compiler was changed by hand, set it back: update-alternatives --auto gcc
    Then build again:
    dkms autoinstall -k $(uname -r)
    akmods --force --kernels $(uname -r)
    Until then an older kernel for which the module exists can be booted.
avoid = Do not set IGNORE_CC_MISMATCH to get past the check: it hides the cause. Do not replace the system's default compiler for the module's sake; a second one beside it is enough.

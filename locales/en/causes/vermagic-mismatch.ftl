name = Module built for another kernel
title = Kernel { $kernel } refuses a module that was built for another kernel
explanation = The module { $path } { $built_for ->
        [none] does not fit kernel { $kernel }.
       *[other] was built for kernel { $built_for }.
    } A kernel takes only modules that were compiled against its own headers.
what = The nvidia module lies in this kernel's directory and was compiled for another kernel: "Exec format error", "version magic", "disagrees about version of symbol".
why = A module was copied or linked from another kernel, the kernel was rebuilt under the same release, headers did not match the kernel when DKMS built, or a ready-made module package lags behind the kernel.
see =
    uname -r
    modinfo -F vermagic nvidia
    dmesg | grep -E 'version magic|disagrees about version'
    dkms status
helps =
    Install the headers of exactly this kernel, then build again:
    dkms remove nvidia/535.261.03 -k $(uname -r), with the name and version that dkms status shows
    dkms install nvidia/535.261.03 -k $(uname -r)
    akmods --force --kernels $(uname -r)
    Ready-made modules: install the module package for this kernel, or boot the kernel that it is for.
avoid = Do not force the module in (modprobe --force): it can crash the kernel. Do not rename or link another kernel's module directory.

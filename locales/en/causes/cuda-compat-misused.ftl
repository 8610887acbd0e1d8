name = cuda-compat where it cannot serve
title = cuda-compat { $version } is loaded first and cannot serve here
explanation = Programs get { $path } (version { $version }) before the driver's own libcuda, and the driver is { $driver }. { $reason ->
        [consumer] { $gpu } is not among the GPUs for which CUDA's forward compatibility works: error 804.
       *[older] It is not newer than what the driver brings itself, and refuses a newer module: error 803 or 804.
    }
what = cuda-compat brings a newer libcuda that works on an older kernel module. It works on data-centre GPUs only, and only on the older branches that it was made for. Anywhere else programs fail as soon as the loader finds it first.
claim-compat-injected = The container runtime put the image's own cuda-compat in front
why = LD_LIBRARY_PATH or a file in /etc/ld.so.conf.d names the compat directory: left from before a driver upgrade, taken over from a container image, or installed as a dependency of the toolkit. In a container, NVIDIA's runtime itself puts the image's cuda-compat in front when it is newer than the host's driver, also on GPUs that it cannot serve.
see =
    echo "$LD_LIBRARY_PATH"
    grep -r compat /etc/ld.so.conf.d
    ldconfig -p | grep libcuda.so.1
    ls -l /usr/local/cuda/compat
helps =
    Take the directory off the path: from LD_LIBRARY_PATH where it is set, or from /etc/ld.so.conf.d, then ldconfig
    Or remove the package: apt remove cuda-compat-12-4, or dnf remove cuda-compat-12-4, with its version
    In a container: remove cuda-compat from the image, or use an image of a CUDA version that the host's driver supports. On the host, cuda-compat-mode = "disabled" under [nvidia-container-runtime.modes.legacy] in /etc/nvidia-container-runtime/config.toml switches it off for all.
    If a newer CUDA is needed, upgrade the driver, or use a toolkit that it supports.
avoid = Do not reinstall the driver: it is right. Do not delete the driver's own libcuda in favour of the compat one.

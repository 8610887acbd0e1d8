name = Stub library loaded
title = { $library } is a stub: it cannot do anything
explanation = Programs get { $path } for { $library }. It is a stub of the CUDA toolkit, made for linking only. { $variable ->
        [none] The loader's configuration leads there.
       *[other] { $variable } leads there.
    }{ $bare ->
        [yes] {" "}Only programs that open this very name, without .1, get the stub and fail; by { $library }.1 the driver's own library is found.
       *[no] {""}
    }
what = The CUDA toolkit has stub libraries, so that programs can be linked on machines without a driver. When a program loads a stub, every call fails ("CUDA driver is a stub library", error 34).
why = The directory lib64/stubs was put into LD_LIBRARY_PATH or /etc/ld.so.conf.d, often by a build script, a Dockerfile, or advice to cure "cannot find -lcuda".
see =
    echo $LD_LIBRARY_PATH
    ldconfig -p | grep libcuda
    ldd /usr/bin/nvidia-smi
    grep -r stubs /etc/ld.so.conf.d ~/.bashrc ~/.profile /etc/profile.d /etc/environment
helps =
    Take the stubs directory out of LD_LIBRARY_PATH where it is set: ~/.bashrc, /etc/profile.d, /etc/environment, a systemd unit, a Dockerfile.
    If a file of /etc/ld.so.conf.d names it: keep a copy, take the line out, and run ldconfig.
    For building use LIBRARY_PATH or -L instead: these act at link time only.
    Then open a new shell and try again.
avoid = Do not delete the stubs: they are needed for linking. Do not make a link libcuda.so.1 to a stub.

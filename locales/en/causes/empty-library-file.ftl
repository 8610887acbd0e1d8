name = Empty library files
title = Driver library { $path } is empty
explanation = { $path } has 0 bytes and belongs to no package. { $found ->
        [first] Programs get this file first and fail with "file too short".
       *[beside] Programs do not get it now.
    } Such files found in all: { $count }.
what = Files with the name of a driver library and no content lie in a directory of the loader.
why = A container runtime makes empty files as mount points for the host's libraries; when such a container is committed to an image, or a chroot is used in both ways, they stay. A full disk or a power cut during an upgrade leaves the same trace.
see =
    find /usr/lib /usr/lib64 -name 'lib*nvidia*.so.*' -size 0
    find /usr/lib /usr/lib64 -name 'libcuda.so.*' -size 0
    ldconfig -p | grep -E 'libcuda|libnvidia'
    df -h /usr
helps =
    Move the empty files aside:
    mkdir -p /root/nvidia-backup
    mv, with each empty file, to /root/nvidia-backup
    ldconfig
    If libraries are then missing, reinstall the package that brings them.
    In an image: remove them in the layer that was committed, or build the image from a Dockerfile instead of a running container.
avoid = Do not delete by pattern: the files beside them are real. Do not fill an empty file with a copy of another version.

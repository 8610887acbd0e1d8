name = Leftover driver libraries
title = Leftover library { $version } beside driver { $expected }
explanation = { $path } is of driver version { $version } and belongs to no package, while the module is { $expected }. { $found ->
        [first] Programs get this file first, and the module turns them away.
       *[beside] Programs do not get it now; the next run of ldconfig may change that.
    } Such files found in all: { $count }.
what = Libraries of another driver version, owned by no package, lie in a directory of the system's loader. When the loader takes them, programs meet a module of another version.
why = They remain from a .run installation, from an uninstaller that put old backups back, from files copied by hand, or from an upgrade that broke off.
see =
    ldconfig -p | grep -E 'libcuda|libnvidia'
    ls -l /usr/lib/x86_64-linux-gnu/libcuda.so* /usr/lib64/libcuda.so*
    dpkg -S /usr/lib/x86_64-linux-gnu/libcuda.so.1
    rpm -qf /usr/lib64/libcuda.so.1
    cat /var/log/nvidia-uninstall.log
helps =
    Move the files aside, never delete them at once:
    mkdir -p /root/nvidia-backup
    mv, with each leftover file, to /root/nvidia-backup
    ldconfig
    Then see that the links lead to the right version, and if not, reinstall the library packages:
    Debian, Ubuntu: apt install --reinstall, with the package of libcuda and libnvidia-ml
    Fedora, RHEL: dnf reinstall '*nvidia*libs*'
avoid = Do not delete by pattern in /usr/lib. What a container runtime has mounted, and what a .run driver that is in use installed, is unowned too, and right.

name = Files of a driver package are gone
# $listed: the size that the package gave it. The value is the size that it has.
claim-file-size = This file should have { $listed } bytes, and has
# No arguments. The value is the file.
claim-file-content = This file was written after its package was installed, and its digest is another
title = Package { $package } is installed, but files of it are { $state ->
        [gone] gone
        [altered] altered
       *[damaged] damaged
    }
explanation = The package manager lists { $package } as installed, but { $path } is { $state ->
        [gone] not there.
        [altered] not the file that it brought.
       *[damaged] damaged.
    } Files affected in all: { $count }. { $state ->
        [altered] Someone or something else wrote it; whether it serves is not certain
       *[other] Programs that need them fail
    }, and the package manager does not notice by itself.
what = The package database says that a driver package, or one of libglvnd, through which programs reach the driver's graphics, is installed whole, and files of it are gone, damaged or altered on disk.
why = Files were removed or overwritten by hand or by another installer (a .run uninstaller, a clean-up script), a disk error or power cut damaged them, or an upgrade of another series took them away.
see =
    dpkg --verify libcuda1 libnvidia-ml1 libnvidia-compute-535 libgl1 libegl1 libglx0 libglvnd0
    rpm -Va '*nvidia*' 'libglvnd*'
    pacman -Qkk nvidia-utils
    ldconfig -p | grep -E 'libcuda|libnvidia-ml'
helps =
    Reinstall exactly the package that the file belongs to, at the version that is installed:
    Debian, Ubuntu: apt install --reinstall, with the package's name
    Fedora, RHEL: dnf reinstall, with the package's name
    Arch: pacman -S, with the package's name
    ldconfig
    If files are damaged without anyone having touched them, look at the disk: dmesg, smartctl -a
avoid = Do not copy the library from another machine or out of a .run file, and do not make links to another version in its place.

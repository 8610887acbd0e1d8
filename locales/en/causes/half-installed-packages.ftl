name = Packages not fully installed
title = Package { $package } is { $state }
explanation = The package manager has not finished with { $package }: its state is "{ $state }". Driver packages that are not fully installed, in all: { $count }. Until that is settled, files of the old and the new version may lie side by side.
what = Packages of the driver were unpacked or removed only in part. Their scripts did not run to the end, so the module may not be built and links may be missing.
why = The upgrade was interrupted (power, a full disk, a closed terminal), or a package's script failed, most often because the module could not be built.
see =
    dpkg --audit
    dpkg -l | grep -i nvidia | grep -v '^ii'
    rpm -qa --last | grep -i nvidia
    dnf check --duplicates
    df -h / /boot /var
    tail -50 /var/log/apt/term.log
helps =
    Look at the first error in the package manager's log, and at the free space. Then finish the transaction:
    Debian, Ubuntu: dpkg --configure -a, then apt install -f
    Fedora, RHEL, SUSE: of a package that is there twice, remove the older version by its full name
    Arch: pacman -Syu
    If building the module is what fails, cure that first: headers, compiler, driver version.
avoid = Do not remove the lock file of a package manager that is running. Do not edit /var/lib/dpkg/status. Do not start another installation on top.

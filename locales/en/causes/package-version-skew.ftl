name = Driver packages of different versions
title = { $seen ->
        [no] Module { $kernel_version } runs, the driver libraries are older: { $user_version }
       *[yes] Module { $kernel_version }, libraries { $user_version }: packages differ
    }
explanation = { $seen ->
        [no] The running nvidia module is { $kernel_version }, and the driver libraries are { $user_version }. The two must be the same to the last digit. Libraries that are older than the module are no upgrade that waits for a reboot: most likely the packages of the two halves are of different versions. But neither the packages nor the module on disk were looked at.
       *[yes] The kernel side of the driver is installed at version { $kernel_version } and the user side at { $user_version }. The two must be the same to the last digit. { $held ->
            [none] A reboot would not help: the module on disk stays as it is.
           *[other] Package { $held } is held back, which keeps the two apart; a reboot would not help.
        }
    }
what = The packages that carry the kernel module and those that carry the libraries are of different driver versions. The package manager may call this consistent, but the driver does not: module and libraries refuse each other.
why = The upgrade was only half done: a repository held one half only, some packages were held (apt-mark hold, versionlock, IgnorePkg) and others not, a dependency brought in a newer library, or dnf ran with --skip-broken.
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
    apt-mark showhold
    apt-cache policy libcuda1 nvidia-kernel-dkms
helps =
    Note the installed packages first (dpkg -l or rpm -qa to a file), and back up /etc/apt or /etc/yum.repos.d.
    Then bring all driver packages to one version in one transaction:
    Debian, Ubuntu: apt update, apt-mark unhold what is held, then apt install with every nvidia and libnvidia package at the same version
    Fedora, RHEL: dnf distro-sync '*nvidia*'
    Arch: pacman -Syu
    If no version is complete in your repositories, go back to the last one that was, all packages together.
    Then reload the module, or reboot.
avoid = Do not just reboot. Do not hold single packages: hold all or none. Do not fetch the missing half from another repository.

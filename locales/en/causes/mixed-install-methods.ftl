name = Driver installed in two ways
title = { $package ->
        [none] { $packaged ->
            [none] Driver installed by a .run file over packages
           *[other] Driver from a .run file, and a kernel module from elsewhere
        }
       *[other] Driver installed by .run file and by packages
    }
explanation = NVIDIA's .run installer put a driver here ({ $runfile ->
        [none] version unknown
       *[other] version { $runfile }
    }), and { $package ->
        [none] { $packaged ->
            [none] it found that packages had installed a driver before. Whether these are still there was not looked at.
           *[other] the nvidia module on disk is neither its own nor that of a package: someone built and installed version { $packaged }. Both must be of exactly the same version, to the last part.
        }
       *[other] driver packages are installed as well: { $package } ({ $packaged ->
            [none] version unknown
           *[other] version { $packaged }
        }).
    } Each overwrites files of the other, so what fits today is torn apart by the next upgrade.
what = Two ways of installing keep the same files: NVIDIA's .run installer, and the package manager. Neither knows of the other, and libraries, links and modules end up from different versions.
why = Someone ran the .run file on a system with driver packages, or a package (a CUDA meta-package, an application) pulled in driver packages on a system with the .run driver.
see =
    ls -l /usr/bin/nvidia-uninstall /var/log/nvidia-installer.log
    nvidia-installer --driver-info
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
    dkms status
helps =
    Decide for one way; packages are the better one, for they follow the kernel.
    Back up first: /etc/X11, /etc/modprobe.d, and the list of installed packages.
    To stay with packages: nvidia-uninstall, then reinstall them
    Debian, Ubuntu: apt install --reinstall, with the driver packages
    Fedora, RHEL: dnf reinstall '*nvidia*'
    If a module was built by hand: build it anew from the sources of the .run file's version, or install the user space of the module's version with its .run file and --no-kernel-modules.
    To stay with the .run file: purge the driver packages, then run it again with --dkms
    ldconfig, then rebuild the initramfs and reboot.
avoid = Do not delete the .run driver's files by hand while nvidia-uninstall is there. After it has run, look for old links: it restores what it once backed up, and those may be older still.
# No arguments. The value is the version that the installer installed.
claim-over-packages = NVIDIA's installer found a driver of packages and installed over it

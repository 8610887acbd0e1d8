name = Old kernel module still loaded
title = { $on_disk ->
        [none] { $library ->
            [none] Module { $loaded } runs, and the driver libraries are of another version
           *[other] Module { $loaded } runs, the driver libraries are already { $library }
        }
       *[other] Module { $loaded } still runs, the disk has { $on_disk }
    }
explanation = { $on_disk ->
        [none] The running nvidia module is { $loaded } and turns away the driver libraries, which are { $library ->
            [none] of another version.
           *[other] of version { $library }.
        } Most likely the driver was upgraded under the running module, and a reload or a reboot brings both together. But the module on disk was not looked at: if it is still { $loaded }, the driver was only half upgraded, and a reboot changes nothing. Look before you act: modinfo -F version nvidia
       *[other] The driver was upgraded to { $on_disk } while the nvidia module { $loaded } was running. { $library ->
            [none] No driver library was found that would clash with it yet, but any that is installed will.
           *[other] Programs now get libraries of version { $library }, and each of them is turned away by the old module.
        } Everything on disk fits together: only the running kernel still holds the old module.
    }
what = The kernel still runs the nvidia module from before a driver upgrade, while the module file and the libraries on disk are already new. Programs that start now load the new libraries, and the old module refuses them: "Driver/library version mismatch".
why = A package upgrade replaces files, but it cannot replace a module that is in use. Unattended upgrades do this overnight. Programs that were already running keep the old libraries in memory and go on working, which is why the fault shows only later.
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    nvidia-smi
    ldconfig -p | grep -E 'libcuda.so.1|libnvidia-ml.so.1'
    grep -i nvidia /var/log/apt/history.log /var/log/dnf.log
helps =
    Without a reboot: stop what uses the GPU (display manager, nvidia-persistenced, containers, CUDA jobs), then
    systemctl stop nvidia-persistenced
    modprobe -r nvidia_drm nvidia_modeset nvidia_uvm nvidia
    modprobe nvidia
    Or simply reboot.
    To keep it from happening again, hold all driver packages or exclude them from unattended upgrades, and upgrade when the machine may restart:
    Debian, Ubuntu: apt-mark hold every nvidia and libnvidia package, not only the meta-package
    Fedora, RHEL: dnf versionlock add
avoid = Do not reinstall or purge the driver: nothing on disk is wrong. Do not force a module out with rmmod -f, and do not unload halfway: without nvidia_uvm CUDA is dead although the old module still runs.

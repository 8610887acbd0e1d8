name = GSP firmware missing
title = GSP firmware of version { $version } is missing
explanation = The module { $version } starts the GPU by firmware files of its very own version, and these are not in /lib/firmware/nvidia/{ $version }. { $there ->
        [none] No GSP firmware of any version is there.
       *[other] The newest that is there is { $there }.
    } The GPU cannot be initialised without them.
what = GPUs since Turing have a processor of their own (GSP) that runs most of the driver. The module loads its firmware from /lib/firmware/nvidia, from the directory of exactly its version.
why = The firmware package was not installed or not upgraded with the module, was removed with an old version while the old module is still loaded, or the initramfs holds the module without the firmware.
see =
    cat /sys/module/nvidia/version
    ls /lib/firmware/nvidia
    dmesg | grep -E 'gsp|No firmware image'
    dpkg -l | grep -E 'firmware-nvidia-gsp|nvidia-firmware'
helps =
    Install the firmware package of the module's version:
    Debian: apt install firmware-nvidia-gsp
    Ubuntu: apt install nvidia-firmware-535, with your branch and version
    Fedora, RHEL: dnf reinstall nvidia-gpu-firmware xorg-x11-drv-nvidia-power, as far as they are installed
    Then load the modules anew, or reboot. If the module is in the initramfs, rebuild that too: update-initramfs -u, or dracut -f
avoid = Do not copy or link the firmware of another version: the module checks it and refuses. linux-firmware's nvidia files are for nouveau and do not help.
claim-firmware-versions = GSP firmware that is there
